"""Retrieval of the entry that answers a question, and of those near it where none does.

An entry is as near as the share of the question's telling words that it knows, and as its nearest way of asking is
alike; a word that few entries have tells the more. Words that no entry knows count against all of them, so that a
question about something else has no answer (docs/decisions/questions-and-answers.md). An entry that answers whatever is
asked about a subject names it by cues, whose weight is its confidence.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from nlu.intents.cues import CueIndex, CueMessage, compile_cue
from nlu.phrase_lines import word_set
from nlu.tokens import tokens
from values.parsing import fold_words
from values.patterns import regex

THRESHOLD = 0.5
"""The least confidence with which an entry answers."""
MARGIN = 0.05
"""An entry that is so little nearer than the next is only offered."""
NEAR = 0.22
"""The least confidence with which an entry is offered."""
_STEM = 5
_MOST_WORDS = 60
_E_INVOICE = regex(r"\be[-\s](?=faktur|invoic|fattur)", re.I)
_ANSWER_SHARE = 0.5
_ONE_WORD, _WHOLE = 0.6, 0.999
_UNSEEN = 0.7
"""A word of no entry is as rare as one of so many."""
STOP = word_set("faq", "stop")


class FaqText(Struct, frozen=True):
    """One entry in one language: ways to ask, the answer, and cues of the subject that it answers for."""

    id: str
    locale: str
    questions: tuple[str, ...]
    answer: str = ""
    about: tuple[str, ...] = ()


class FaqHit(Struct, frozen=True):
    """An entry that may answer, and how near it is to the question (0…1).

    `named`: the question names its subject. `shared`: the share of the question's telling words that it knows.
    """

    id: str
    confidence: float
    named: bool = False
    shared: float = 0.0


T = TypeVar("T")
Weigh = Callable[[str], float]
"""How much a word tells by itself, 0…1."""


class FaqIndex:
    """All entries of a profile, indexed once per language. Reading it from several threads is safe."""

    def __init__(self, entries: Iterable[FaqText], stop: frozenset[str] = frozenset()) -> None:
        """`stop`: words of other languages than the shipped ones that tell nothing, unaccented."""
        self._stop = STOP | stop
        by_locale: dict[str, list[FaqText]] = {}
        for entry in entries:
            by_locale.setdefault(entry.locale, []).append(entry)
        self.ids = frozenset(e.id for es in by_locale.values() for e in es)
        self._languages = {locale: _Language(es, self._stop) for locale, es in by_locale.items()}
        self._leanings: dict[tuple[str, str], Sequence[Any]] = {}

    def leanings(self, locale: str, entry_id: str, leaning: Callable[[str], T]) -> Sequence[T]:
        """Return what an entry's ways of asking in a language are taken for, by `leaning`; found out once."""
        known = self._leanings.get((locale, entry_id))
        if known is None:
            asked = self._languages[locale].ways(entry_id) if locale in self._languages else ()
            known = self._leanings[locale, entry_id] = tuple(map(leaning, asked))
        return known

    def has(self, entry_id: str) -> bool:
        return entry_id in self.ids

    def ways(self, entry_id: str) -> tuple[str, ...]:
        """Return the ways of asking that an entry lists, in all languages."""
        return tuple(way for language in self._languages.values() for way in language.ways(entry_id))

    def find(self, text: str, locale: str, weigh: Weigh = lambda _word: 1.0, most: int = 3) -> list[FaqHit]:
        """Return the entries nearest to a question, best first, those of the conversation's language before others'."""
        terms = {stem: weigh(word) for word, stem in stems(text, self._stop)}
        if not terms:
            return []
        message = CueMessage.of(_words(text), "?" in text)
        order = sorted(self._languages, key=lambda lang: lang != locale)
        own: list[FaqHit] = []
        for lang in order:
            hits = self._languages[lang].find(terms, message, most)
            if hits and hits[0].confidence >= THRESHOLD:
                return hits
            own = hits if lang == locale else own
        return own


class _Language:
    """The entries of one language, found by their words: each word knows where it stands."""

    def __init__(self, entries: Sequence[FaqText], stop: frozenset[str]) -> None:
        self._entries = entries
        ways = [[frozenset(stem for _, stem in stems(q, stop)) for q in e.questions] for e in entries]
        asked = [frozenset[str]().union(*of) for of in ways]
        answers = [frozenset(stem for _, stem in stems(e.answer, stop)) for e in entries]
        seen = Counter(stem for of in asked for stem in of)
        self._rarities = {stem: math.log(1 + len(entries) / times) for stem, times in seen.items()}
        self._unseen = math.log(1 + len(entries) / _UNSEEN)
        self._asked = _places(enumerate(asked))
        self._only_answered = _places((n, of - asked[n]) for n, of in enumerate(answers))
        every = [(n, way) for n, of in enumerate(ways) for way in of]
        self._ways = [(n, _length([self._rarities[stem] for stem in way])) for n, way in every]
        self._in_ways = _places((n, way) for n, (_, way) in enumerate(every))
        self._subjects = CueIndex((str(n), map(compile_cue, e.about)) for n, e in enumerate(entries))

    def ways(self, entry_id: str) -> tuple[str, ...]:
        return tuple(way for entry in self._entries if entry.id == entry_id for way in entry.questions)

    def find(self, terms: Mapping[str, float], message: CueMessage, most: int) -> list[FaqHit]:
        hits = {hit.id: hit for hit in self._alike(terms)}
        for named in self._about(message):
            alike = hits.get(named.id, named)
            hits[named.id] = replace(named, confidence=max(named.confidence, alike.confidence))
        return sorted(hits.values(), key=lambda h: -h.confidence)[:most]

    def _about(self, message: CueMessage) -> Iterable[FaqHit]:
        for number, cues in sorted((int(name), cues) for name, cues in self._subjects.holding(message).items()):
            yield FaqHit(self._entries[number].id, max(cue.weight for cue in cues), named=True)

    def _alike(self, terms: Mapping[str, float]) -> Iterator[FaqHit]:
        weights = {stem: self._rarities.get(stem, self._unseen) * told for stem, told in terms.items()}
        inside = self._inside(weights)
        if not inside:
            return
        total, length, likest = sum(weights.values()), _length(weights.values()), self._likest(weights)
        for number in sorted(inside):
            shared, likeness = inside[number] / total, likest.get(number, 0.0) / length
            # A single word tells little, unless it is the whole way of asking.
            doubt = _ONE_WORD if len(weights) == 1 and likeness < _WHOLE else 1.0
            confidence = round(doubt * (0.5 * shared + 0.5 * likeness), 3)
            yield FaqHit(self._entries[number].id, confidence, shared=round(shared, 3))

    def _inside(self, weights: Mapping[str, float]) -> Mapping[int, float]:
        """Return how much of a question each entry knows; what only its answer says counts less."""
        found: dict[int, float] = defaultdict(float)
        for stem, weight in weights.items():
            for number in self._asked.get(stem, ()):
                found[number] += weight
            for number in self._only_answered.get(stem, ()):
                found[number] += weight * _ANSWER_SHARE
        return {number: weight for number, weight in found.items() if weight}

    def _likest(self, weights: Mapping[str, float]) -> Mapping[int, float]:
        """Return what a question and each entry's nearest way to ask have in common, by the way's length."""
        common: dict[int, float] = defaultdict(float)
        for stem, weight in weights.items():
            rarity = self._rarities.get(stem, self._unseen)
            for way in self._in_ways.get(stem, ()):
                common[way] += weight * rarity
        likest: dict[int, float] = {}
        for way, likeness in common.items():
            number, own = self._ways[way]
            likest[number] = max(likest.get(number, 0.0), likeness / own)
        return likest


def _places(sets: Iterable[tuple[int, frozenset[str]]]) -> dict[str, tuple[int, ...]]:
    """Return the numbers of the sets in which each word stands."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, words in sets:
        for word in words:
            found[word].append(number)
    return {word: tuple(numbers) for word, numbers in found.items()}


def stems(text: str, stop: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield each word of a text that tells something, with what it is known by whatever its ending."""
    yield from ((w, w[:_STEM]) for w in _words(_E_INVOICE.sub("e", text)) if len(w) > 1 and w not in stop)


def _length(weights: Iterable[float]) -> float:
    return math.sqrt(sum(w * w for w in weights)) or 1.0


def _words(text: str) -> list[str]:
    words = [t.word for t in tokens(text)[:_MOST_WORDS]] if len(text) > 2000 else fold_words(text).split()
    return words[: _MOST_WORDS * 4]
