"""Accuracy over labelled sentences: the share read rightly, and the confusions."""

import tomllib
from collections.abc import Iterable, Iterator
from typing import Any, cast

from msgspec import MsgspecError, Struct, convert, json

from nlu.intents.lexicon import vocabulary
from nlu.intents.score import OUT_OF_SCOPE
from nlu.languages.shipped import KNOWN, Known
from nlu.parse import parse
from values.locale import ENGLISH

INTENTS = tuple(sorted({*vocabulary(ENGLISH).names, "inform", OUT_OF_SCOPE}))
"""The catalogue of intents that the shipped languages share."""


class Labelled(Struct, frozen=True):
    """A sentence of a language with the intent that is right.

    `asked` is the entity waited for when it was said, `also` names other intents that are right, too, and `kind` says
    what sort of sentence it is (colloquial, long …), for the table.
    """

    text: str
    lang: str
    intent: str
    asked: str | None = None
    also: tuple[str, ...] = ()
    kind: str = ""


class ReadSentence(Struct, frozen=True):
    """A sentence and the intent that it was read as."""

    sentence: Labelled
    read_as: str

    @property
    def right(self) -> bool:
        """Return whether that is what it means."""
        return self.read_as == self.sentence.intent or self.read_as in self.sentence.also

    @property
    def meant(self) -> str:
        """The intent that counts: of several right ones the one that was read."""
        return self.read_as if self.right else self.sentence.intent


class Measured(Struct, frozen=True):
    """The result of reading sentences, in their order."""

    readings: tuple[ReadSentence, ...]

    def of(self, *, lang: str | None = None, kind: str | None = None) -> "Measured":
        """Return the part of one language, of one kind."""
        kept = (one for one in self.readings if lang in (None, one.sentence.lang) and kind in (None, one.sentence.kind))
        return Measured(tuple(kept))

    @property
    def share(self) -> float:
        """The share that was read right; 1 where there was nothing to read."""
        return sum(one.right for one in self.readings) / len(self.readings) if self.readings else 1.0

    @property
    def macro_f1(self) -> float:
        """The mean of the intents' F1, each counting alike however many sentences it has."""
        every = {one.meant for one in self.readings}
        return sum(self.score(intent).f1 for intent in every) / len(every) if every else 1.0

    def score(self, intent: str) -> "Score":
        """Return how well one intent is read."""
        read = [one.meant == intent for one in self.readings if one.read_as == intent]
        meant = sum(one.meant == intent for one in self.readings)
        return Score(sum(read) / len(read) if read else 0.0, sum(read) / meant if meant else 0.0)

    @property
    def confusions(self) -> list[tuple[str, str, list[ReadSentence]]]:
        """The right intent, the one read instead, and the sentences; the most frequent first."""
        found: dict[tuple[str, str], list[ReadSentence]] = {}
        for one in self.readings:
            if not one.right:
                found.setdefault((one.sentence.intent, one.read_as), []).append(one)
        return sorted(((*pair, rows) for pair, rows in found.items()), key=lambda row: -len(row[2]))


class Score(Struct, frozen=True):
    """Of those read as an intent the share that means it, and of those that mean it the share read so."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def measure(sentences: Iterable[Labelled], known: Known = KNOWN) -> Measured:
    """Read each sentence."""
    return Measured(
        tuple(ReadSentence(one, parse(one.text, one.lang, one.asked, known)["intent"]["name"]) for one in sentences)
    )


def from_lines(lines: Iterable[str]) -> Iterator[Labelled]:
    """Read a JSON object a line: `text`, `lang`, `intent`; `asked`, `also`, `kind` if need be.

    Lines about entries of a seller's FAQ (`faq`) are passed over: they are examples of no intent. Errors: ValueError
    names the line.
    """
    for number, line in enumerate(lines, 1):
        try:
            row = json.decode(line) if line.strip() else {"faq": ""}
            if not (isinstance(row, dict) and isinstance(cast("dict[str, Any]", row).get("faq"), str)):
                yield convert(row, Labelled)
        except (MsgspecError, RecursionError) as wrong:
            raise ValueError(f'line {number}: {{"text", "lang", "intent"}} is needed, each a string') from wrong


def from_table(toml: str) -> Iterator[Labelled]:
    """Read lists of sentences by language and intent. Errors: ValueError for another form."""
    try:
        table = convert(tomllib.loads(toml), dict[str, dict[str, list[str]]])
    except MsgspecError as wrong:
        raise ValueError(f"a list of sentences is needed for each language and intent: {wrong}") from wrong
    yield from (
        Labelled(text, lang, intent)
        for lang, by_intent in table.items()
        for intent, texts in by_intent.items()
        for text in texts
    )
