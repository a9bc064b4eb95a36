"""Words of shipped languages (`nlu/phrases/*.toml`), cues of brought ones, and the repair of slips of one letter."""

import math
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import cast

from msgspec import Struct

from nlu.intents.cues import CueIndex, compile_cue
from values.locale import Locale
from values.parsing import fold_words

_SHORTEST = 5
_LONGEST = 16


def _deletions(word: str) -> list[str]:
    # In the order of the word: a set's would differ from one process to the next, and with it what is understood.
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


class Speller:
    """A vocabulary that finds for an unknown word the known one that is a single slip away."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._known = {w for w in vocabulary if w}
        self._slips: dict[str, str] = {}
        for word in sorted(w for w in self._known if _SHORTEST <= len(w) <= _LONGEST):
            for slip in _deletions(word):
                self._slips.setdefault(slip, word)

    def repair(self, words: Iterable[str]) -> dict[str, str]:
        """Map misspelled words to the known ones that they stand for, where there are any."""
        return {w: found for w in words if (found := self._repaired(w)) is not None}

    def _repaired(self, word: str) -> str | None:
        if not _SHORTEST <= len(word) <= _LONGEST or word.isdecimal():
            return None
        if any(word[:n] in self._known for n in range(_SHORTEST, len(word) + 1)):
            return None  # it is known or inflects a known beginning: "wyłączcie" is no slip of "włączcie"
        if word in self._slips:
            return self._slips[word]
        for shorter in _deletions(word):
            if shorter in self._known and len(shorter) >= _SHORTEST:
                return shorter
            if shorter in self._slips and self._slips[shorter][0] == word[0]:
                return self._slips[shorter]
        return None


_FOLDER = Path(__file__).parent.parent / "phrases"
STEM = 5


class RequestWords(Struct, frozen=True):
    """The words of requests in one language: its intents, the stems of the sample phrases, every word known."""

    names: tuple[str, ...]
    stems: frozenset[str]
    words: frozenset[str]


class Lexicon(RequestWords, frozen=True):
    """A vocabulary that reads messages: compiled cues, the phrases as weighted word vectors, the speller over both."""

    cues: CueIndex
    phrases: tuple[tuple[str, float], ...]
    postings: dict[str, tuple[tuple[int, float], ...]]
    rarity: dict[str, float]
    unseen: float
    speller: Speller


def features(words: list[str] | tuple[str, ...]) -> Counter[str]:
    """Stems and pairs of stems of a message: what its likeness to a phrase is measured by."""
    stems = [w[:STEM] for w in words]
    return Counter([*stems, *(f"{a} {b}" for a, b in pairwise(stems))])


Entries = Mapping[str, Mapping[str, Sequence[str]]]
"""Intents with their `cues` and sample `phrases`, as they are written."""


@cache
def vocabulary(locale: Locale) -> RequestWords:
    """Return the vocabulary of a shipped language."""
    raw = tomllib.loads((_FOLDER / f"{locale}.toml").read_text(encoding="utf-8"))
    words = cast("str", raw.pop("words")).split()
    entries = cast("Entries", raw)
    said = {word for _, sample in _samples(entries) for word in sample}
    return RequestWords(tuple(entries), _stems(said), frozenset({*words, *said}))


def lexicon_of(raw: Entries) -> Lexicon:
    """Compile a lexicon from its tables. Errors: ValueError for an invalid cue."""
    cues = tuple((name, tuple(map(compile_cue, entry.get("cues", ())))) for name, entry in raw.items())
    samples = _samples(raw)
    said = {word for _, sample in samples for word in sample}
    words = frozenset(said | {w for _, cs in cues for c in cs for w in c.words})
    rarity, unseen = _rarity([sample for _, sample in samples])
    phrases, postings = _vectors(samples, rarity)
    return Lexicon(tuple(raw), _stems(said), words, CueIndex(cues), phrases, postings, rarity, unseen, Speller(words))


def _samples(raw: Entries) -> list[tuple[str, list[str]]]:
    return [(name, fold_words(p).split()) for name, entry in raw.items() for p in entry.get("phrases", ())]


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:STEM] for word in words)


def _rarity(samples: list[list[str]]) -> tuple[dict[str, float], float]:
    seen = Counter(f for sample in samples for f in set(features(sample)))
    total = len(samples)
    return {f: math.log((total + 1) / (n + 0.5)) for f, n in seen.items()}, math.log(2 * (total + 1))


def _vectors(
    samples: list[tuple[str, list[str]]], rarity: dict[str, float]
) -> tuple[tuple[tuple[str, float], ...], dict[str, tuple[tuple[int, float], ...]]]:
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    phrases: list[tuple[str, float]] = []
    for index, (name, sample) in enumerate(samples):
        weights = {f: n * rarity[f] for f, n in features(sample).items()}
        phrases.append((name, math.sqrt(sum(w * w for w in weights.values()))))
        for feature, weight in weights.items():
            postings[feature].append((index, weight))
    return tuple(phrases), {f: tuple(p) for f, p in postings.items()}
