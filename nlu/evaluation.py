"""Accuracy over labelled sentences: the share read rightly, and the confusions."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from nlu.intents.lexicon import lexicon
from nlu.intents.score import OUT_OF_SCOPE
from nlu.languages.shipped import KNOWN, Known
from nlu.parse import parse
from values.locale import ENGLISH

INTENTS = tuple(sorted({*lexicon(ENGLISH).names, "inform", OUT_OF_SCOPE}))
"""What a sentence may mean: the catalogue that the shipped languages share."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence of a language with the intent that is right; `asked` is the entity waited for when it was said."""

    text: str
    lang: str
    intent: str
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Misread:
    """A sentence and the intent that it was read as."""

    sentence: Labelled
    read_as: str


@dataclass
class Measured:
    """The result of reading them: the number by language, and the misread ones, in order."""

    of: Counter[str] = field(default_factory=Counter[str])
    misread: list[Misread] = field(default_factory=list[Misread])

    @property
    def share(self) -> float:
        """The share that was read right; 1 where there was nothing to read."""
        return 1 - len(self.misread) / self.of.total() if self.of else 1.0

    def wrong(self, lang: str) -> int:
        """Return how many of a language were misread."""
        return sum(one.sentence.lang == lang for one in self.misread)

    @property
    def confusions(self) -> list[tuple[str, str, list[Misread]]]:
        """The right intent, the one read instead, and the sentences; the most frequent first."""
        found: dict[tuple[str, str], list[Misread]] = {}
        for one in self.misread:
            found.setdefault((one.sentence.intent, one.read_as), []).append(one)
        return sorted(((*pair, rows) for pair, rows in found.items()), key=lambda row: -len(row[2]))


def measure(sentences: Iterable[Labelled], known: Known = KNOWN) -> Measured:
    """Read each sentence and compare."""
    found = Measured()
    for sentence in sentences:
        found.of[sentence.lang] += 1
        read_as = parse(sentence.text, sentence.lang, sentence.asked, known)["intent"]["name"]
        if read_as != sentence.intent:
            found.misread.append(Misread(sentence, read_as))
    return found


def from_lines(lines: Iterable[str]) -> Iterator[Labelled]:
    """Read a JSON object a line: `text`, `lang`, `intent`, `asked` if need be. Errors: ValueError names the line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _labelled(line, number)


def from_table(toml: str) -> Iterator[Labelled]:
    """Read lists of sentences by language and intent. Errors: ValueError for another form."""
    for lang, by_intent in tomllib.loads(toml).items():
        if not isinstance(by_intent, dict):
            raise ValueError(f"{lang}: a table is needed: a list of sentences for each intent")
        for intent, texts in cast("dict[str, Any]", by_intent).items():
            if not isinstance(texts, list):
                raise ValueError(f"{lang}.{intent}: a list of sentences is needed")
            yield from (Labelled(str(text), lang, intent) for text in cast("list[Any]", texts))


def _labelled(line: str, number: int) -> Labelled:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    match row:
        case {"text": str(text), "lang": str(lang), "intent": str(intent)}:
            asked = cast("dict[str, Any]", row).get("asked")
            return Labelled(text, lang, intent, asked if isinstance(asked, str) else None)
        case _:
            raise ValueError(f'line {number}: {{"text", "lang", "intent"}} is needed, each a string')
