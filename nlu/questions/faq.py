"""Retrieval of the FAQ entry that answers a question, by BM25 over questions and answers.

BM25 ranks; the confidence is the share of the question's telling words that the entry knows, so that it can be
compared with a threshold whatever the size of the FAQ (docs/decisions/faq-retrieval.md). An entry that answers whatever
is asked about a subject names it by cues, whose weight is its confidence.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from nlu.intents.cues import CueMessage, compile_cue
from nlu.tokens import tokens
from values.parsing import fold_words

THRESHOLD = 0.55
_STEM = 5
_MOST_WORDS = 60
_ONE_WORD_FACTOR = 0.75
_E_INVOICE = re.compile(r"\be[-\s](?=faktur|invoic|fattur)", re.I)
_QUESTIONS_COUNT = 3
_K1, _B = 1.5, 0.75  # BM25's usual figures
_ANSWER_SHARE = 0.6
_STOP = frozenset(
    "a i w z na do o u ta ten te tej tego tym ich jej jego jeszcze bardzo gdy jesli mam masz u co"
    " czy jak to jest sie mi mnie moj moja moje ja ty wy wasz wasza za po od dla ze nie tak juz moge"
    " mozna mam macie"
    " prosze chce jaki jaka jakie gdzie kiedy kto ile che di il lo la i gli le un una e ed per con"
    " come cosa dove quando quanto si mi ti ci"
    " vi non ho ha del della dei delle al alla mio mia vostro posso puo sono questo questa quello"
    " quella ne lo se the an of to these those by from at as if in on for is are do does can my me"
    " your you it"
    " how what where when which who i we be and or with there this that please no now teraz adesso ora".split()
)


class FaqText(Struct, frozen=True):
    """One entry in one language: ways to ask, the answer, and cues of the subject that it answers for."""

    id: str
    locale: str
    questions: tuple[str, ...]
    answer: str = ""
    about: tuple[str, ...] = ()


class FaqHit(Struct, frozen=True):
    """An entry that may answer, with the share of the question it covers (0…1).

    `named`: the question names its subject.
    """

    id: str
    confidence: float
    named: bool = False


class FaqIndex:
    """All entries of a profile, indexed once per language. Reading it from several threads is safe."""

    def __init__(self, entries: Iterable[FaqText], stop: frozenset[str] = frozenset()) -> None:
        """`stop`: words of other languages than the shipped ones that tell nothing, unaccented."""
        self._ids: frozenset[str]
        self._stop = _STOP | stop
        by_locale: dict[str, list[FaqText]] = {}
        for entry in entries:
            by_locale.setdefault(entry.locale, []).append(entry)
        self._ids = frozenset(e.id for es in by_locale.values() for e in es)
        self._languages = {locale: _Language(es, self._stop) for locale, es in by_locale.items()}

    def has(self, entry_id: str) -> bool:
        return entry_id in self._ids

    def find(self, text: str, locale: str, most: int = 3) -> list[FaqHit]:
        """Return the entries nearest to a question, best first, those of the conversation's language before others'."""
        terms = _terms(text, self._stop)
        if not terms:
            return []
        message = CueMessage.of(_words(text), "?" in text)
        order = sorted(self._languages, key=lambda lang: lang != locale)
        for lang in order:
            hits = self._languages[lang].find(terms, message, most)
            if hits and hits[0].confidence >= THRESHOLD:
                return hits
        return self._languages[locale].find(terms, message, most) if locale in self._languages else []


class _Language:
    def __init__(self, entries: Sequence[FaqText], stop: frozenset[str]) -> None:
        self._entries = entries
        questions = [[t for q in e.questions for t in _terms(q, stop)] for e in entries]
        answers = [_terms(e.answer, stop) for e in entries]
        documents = [q * _QUESTIONS_COUNT + a for q, a in zip(questions, answers, strict=True)]
        self._questions = [frozenset(q) for q in questions]
        self._answers = [frozenset(a) for a in answers]
        self._asked = [[frozenset(_terms(q, stop)) for q in e.questions] for e in entries]
        seen = Counter(t for d in documents for t in set(d))
        self._rarity = {t: math.log(1 + len(entries) / n) for t, n in seen.items()}
        self._unseen = 0.7 * sum(self._rarity.values()) / max(1, len(self._rarity))
        self._subjects = [tuple(compile_cue(cue) for cue in e.about) for e in entries]
        self._gains = _gains(documents, seen)

    def find(self, terms: list[str], message: CueMessage, most: int) -> list[FaqHit]:
        hits = {hit.id: hit for hit in self._alike(terms, most)}
        for named in self._about(message):
            if named.id not in hits or hits[named.id].confidence <= named.confidence:
                hits[named.id] = named
        return sorted(hits.values(), key=lambda h: -h.confidence)[:most]

    def _about(self, message: CueMessage) -> Iterable[FaqHit]:
        for entry, cues in zip(self._entries, self._subjects, strict=True):
            if weights := [cue.weight for cue in cues if cue.holds(message)]:
                yield FaqHit(entry.id, max(weights), named=True)

    def _alike(self, terms: list[str], most: int) -> list[FaqHit]:
        scores: dict[int, float] = defaultdict(float)
        for term in terms:
            for index, gain in self._gains.get(term, ()):
                scores[index] += gain
        best = sorted(scores, key=lambda i: (-scores[i], i))[: max(most, 5)]
        return [FaqHit(self._entries[i].id, round(self._coverage(set(terms), i), 3)) for i in best]

    def _coverage(self, terms: set[str], index: int) -> float:
        weights = {t: self._rarity.get(t, self._unseen) for t in terms}
        total = sum(weights.values())
        inside = sum(
            w if t in self._questions[index] else w * _ANSWER_SHARE if t in self._answers[index] else 0.0
            for t, w in weights.items()
        )
        likest = max((self._likeness(terms, q) for q in self._asked[index]), default=0.0)
        doubt = _ONE_WORD_FACTOR if len(terms) == 1 and likest < 1 else 1.0
        return doubt * (0.6 * inside / total + 0.4 * likest)

    def _likeness(self, terms: set[str], question: frozenset[str]) -> float:
        both = sum(self._rarity.get(t, self._unseen) for t in terms & question)
        either = sum(self._rarity.get(t, self._unseen) for t in terms | question)
        return both / either if either else 0.0


def _gains(documents: Sequence[Sequence[str]], seen: Mapping[str, int]) -> Mapping[str, Sequence[tuple[int, float]]]:
    """Return by term what it adds to the score of each document that has it: BM25 with Lucene's rarity."""
    mean = sum(max(1, len(document)) for document in documents) / max(1, len(documents))
    gains: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for index, document in enumerate(documents):
        length = _K1 * (1 - _B + _B * len(document) / mean)
        for term, count in Counter(document).items():
            rarity = math.log(1 + (len(documents) - seen[term] + 0.5) / (seen[term] + 0.5))
            gains[term].append((index, rarity * count / (count + length)))
    return gains


def _terms(text: str, stop: frozenset[str]) -> list[str]:
    return [w[:_STEM] for w in _words(_E_INVOICE.sub("e", text)) if len(w) > 1 and w not in stop]


def _words(text: str) -> list[str]:
    words = [t.word for t in tokens(text)[:_MOST_WORDS]] if len(text) > 2000 else fold_words(text).split()
    return words[: _MOST_WORDS * 4]
