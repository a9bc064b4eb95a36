"""Cues of intents, and their index by the words without which they can't hold.

The language of cues, compiled: "hasl* zapomn*/nie_pamiet* !wifi ?=0.9". Terms are joined by "and". `a/b` is either,
`a*` a beginning, `a_b` words in a row, `!a` none of it, `?` a question, `!?` none, `^a` the message begins so, `<4`
fewer than four words, a last `=0.9` the weight of the whole cue.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

from msgspec import Struct

from values.parsing import fold_words, unaccent

_PHRASES = Path(__file__).parents[1] / "phrases"
_WEIGHTS = (0.0, 0.55, 0.75, 0.85)
LONGEST_PREFIX = 16
"""Beginnings of words are known up to this length."""


class CueMessage(Struct, frozen=True):
    """A message prepared for the test of many cues: its words, every beginning of a word, its kind."""

    words: tuple[str, ...]
    exact: frozenset[str]
    beginnings: frozenset[str]
    question: bool

    @staticmethod
    def of(words: list[str], question: bool, repaired: dict[str, str] | None = None) -> "CueMessage":
        """`repaired` gives for a misspelled word the known word or beginning it stands for."""
        known = tuple([repaired.get(w, w) for w in words] if repaired else words)
        return CueMessage(known, *_looked_up((*words, *known) if repaired else known), question)


@lru_cache(maxsize=4)  # several readers look at one message in a row
def _looked_up(words: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return words, each once, and every beginning of one."""
    every = frozenset(words)
    return every, frozenset({w[:n] for w in every for n in range(1, min(len(w), LONGEST_PREFIX) + 1)})


class _Word(Struct, frozen=True):
    text: str
    begins: bool

    def fits(self, word: str) -> bool:
        return word.startswith(self.text) if self.begins else word == self.text


Phrase = tuple[_Word, ...]


class _Term(Struct, frozen=True):
    choices: tuple[Phrase, ...]
    negated: bool
    first: bool

    def holds(self, message: CueMessage) -> bool:
        for phrase in self.choices:  # plain loops here: they are gone through for every cue of every message
            if _at(phrase, message.words, 0) if self.first else _anywhere(phrase, message):
                return not self.negated
        return self.negated


class Cue(Struct, frozen=True):
    """One compiled cue of an intent."""

    terms: tuple[_Term, ...]
    question: bool | None
    fewer_than: int
    weight: float

    def holds(self, message: CueMessage) -> bool:
        if self.question is not None and self.question is not message.question:
            return False
        if self.fewer_than and len(message.words) >= self.fewer_than:
            return False
        return all(term.holds(message) for term in self.terms)

    def names(self, word: str) -> bool:
        """Return whether a word stands in the cue itself, not among those that it excludes."""
        return any(one.fits(word) for phrase in self._phrases for one in phrase)

    def without(self, words: list[str]) -> list[str]:
        """Return the words without the phrases that the cue holds by."""
        for phrase in self._phrases:
            at = next((start for start in range(len(words)) if _at(phrase, words, start)), None)
            words = words if at is None else words[:at] + words[at + len(phrase) :]
        return words

    @property
    def _phrases(self) -> list[Phrase]:
        return [phrase for term in self.terms if not term.negated for phrase in term.choices]

    @property
    def words(self) -> list[str]:
        """The words and beginnings of the cue, for the repair of typing mistakes."""
        return [w.text for t in self.terms for p in t.choices for w in p]


def _anywhere(phrase: Phrase, message: CueMessage) -> bool:
    for word in phrase:  # most phrases fail at their first word
        if word.text not in (message.beginnings if word.begins else message.exact):
            return False
    return len(phrase) == 1 or any(_at(phrase, message.words, i) for i in range(len(message.words) - len(phrase) + 1))


def _at(phrase: Phrase, words: Sequence[str], start: int) -> bool:
    if start + len(phrase) > len(words):
        return False
    return all(word.fits(words[start + i]) for i, word in enumerate(phrase))


def compile_cue(text: str) -> Cue:
    """Compiles one cue; raises ValueError for one without a positive term or with a beginning too long."""
    terms: list[_Term] = []
    question: bool | None = None
    fewer_than, weight = 0, 0.0
    for part in text.split():
        if part in ("?", "!?"):
            question = part == "?"
        elif part.startswith("<"):
            fewer_than = int(part[1:])
        elif part.startswith("="):
            weight = float(part[1:])
        elif part != "!":
            terms.append(_term(part))
    positive = sum(not t.negated for t in terms)
    if not positive:
        raise ValueError(f"a cue without a positive term: {text!r}")
    return Cue(tuple(terms), question, fewer_than, weight or _WEIGHTS[min(positive, 3)])


def _term(part: str) -> _Term:
    negated, first = part.startswith("!"), part.startswith("^")
    choices = tuple(_phrase(choice) for choice in part.lstrip("!^").split("/"))
    return _Term(tuple(c for c in choices if c), negated, first)


def _phrase(choice: str) -> Phrase:
    phrase = tuple(
        _Word(fold_words(unaccent(w)).replace(" ", ""), w.endswith("*")) for w in choice.split("_") if w.strip("*")
    )
    if any(word.begins and len(word.text) > LONGEST_PREFIX for word in phrase):
        raise ValueError(f"a beginning that would never be found, {LONGEST_PREFIX} letters are the most: {choice!r}")
    return phrase


class CueIndex:
    """Index of cues by a word that a message must have for them to hold.

    Each cue is filed under one of its positive terms, the one of fewest choices: of every choice the longest word.
    """

    def __init__(self, named: Iterable[tuple[str, Iterable[Cue]]]) -> None:
        self._by_word: dict[str, list[tuple[str, Cue]]] = defaultdict(list)
        self._by_beginning: dict[str, list[tuple[str, Cue]]] = defaultdict(list)
        for name, cues in named:
            for cue in cues:
                self._file(name, cue)

    def _file(self, name: str, cue: Cue) -> None:
        rarest = min((t for t in cue.terms if not t.negated), key=lambda t: len(t.choices))
        for text, begins in dict.fromkeys(_key(phrase) for phrase in rarest.choices):
            (self._by_beginning if begins else self._by_word)[text].append((name, cue))

    def holding(self, message: CueMessage) -> dict[str, list[Cue]]:
        """Return the cues that hold, by name; names without any are left out."""
        near = {id(cue): (name, cue) for name, cue in self._near(message)}
        found: dict[str, list[Cue]] = defaultdict(list)
        for name, cue in near.values():
            if cue.holds(message):
                found[name].append(cue)
        return found

    def _near(self, message: CueMessage) -> Iterable[tuple[str, Cue]]:
        for words, table in ((message.exact, self._by_word), (message.beginnings, self._by_beginning)):
            for word in words & table.keys():
                yield from table[word]


def _key(phrase: Phrase) -> tuple[str, bool]:
    word = max(phrase, key=lambda w: len(w.text))
    return (word.text[:LONGEST_PREFIX] if word.begins else word.text), word.begins


@cache
def phrase_cues(name: str) -> dict[str, tuple[Cue, ...]]:
    """Return the cues of a file of phrases, by what they mean."""
    raw = cast("dict[str, list[str]]", tomllib.loads((_PHRASES / f"{name}.toml").read_text(encoding="utf-8")))
    return {meaning: tuple(map(compile_cue, cues)) for meaning, cues in raw.items()}
