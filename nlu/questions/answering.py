"""The entries that may answer a message, the likeliest first, and how likely each is."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from nlu.intents.score import OUT_OF_SCOPE, Scored, rank
from nlu.languages.language import Languages
from nlu.questions.faq import MARGIN, NEAR, THRESHOLD, FaqHit, FaqIndex
from nlu.questions.likelihood import ANSWERS, OFFERED, EntryEvidence, asked_question, evidence, leaning_of, likelihood
from nlu.questions.telling import weigh_words, weight
from values.meaning import MOST_OFFERED

_MOST_HITS = 5
_ASKED_SO = 0.95
_SUPPORTS, _SUPPORT, _OUTSIDE = 0.85, 0.25, 0.3
"""From this confidence on the intent's own entry is so much the nearer; another matter makes all so much less near."""


class Nearest(Struct, frozen=True):
    """Entries with their confidence: one answers from `least` on, and is offered from `offered` on."""

    hits: tuple[FaqHit, ...] = ()
    least: float = ANSWERS
    offered: float = OFFERED

    @property
    def first(self) -> FaqHit | None:
        """The likeliest one."""
        return next(iter(self.hits), None)

    @property
    def answer(self) -> FaqHit | None:
        """The one that answers; None where none is likely enough, or two are nearly as likely."""
        if not self.hits:
            return None
        first, *others = self.hits
        if first.confidence < (THRESHOLD if first.named else self.least):  # a cue's weight is no likelihood
            return None
        close = bool(others) and first.confidence - others[0].confidence < MARGIN
        return None if close and not first.named else first

    @property
    def near(self) -> tuple[str, ...]:
        """The ids of those that are offered where none answers."""
        return tuple(hit.id for hit in self.hits if hit.confidence >= self.offered)[:MOST_OFFERED]


def nearest(text: str, faq: FaqIndex | None, langs: Languages) -> list[FaqHit]:
    """Return the entries nearest to a text by its words, or to its question alone where that is a way of asking."""
    if faq is None:
        return []
    question = text[: text.rfind("?") + 1]
    hits = _found(question, faq, langs) if question not in ("", text) else []
    asked_so = bool(hits) and hits[0].confidence >= _ASKED_SO
    return hits if asked_so else _found(text, faq, langs)


def _found(text: str, faq: FaqIndex, langs: Languages) -> list[FaqHit]:
    rarity = next((lang.classifier().rarity for lang in langs if lang.classifier is not None), None)
    own = langs[0].code
    if rarity is None:
        return faq.find(text, own, most=_MOST_HITS)
    return faq.find(text, own, lambda word: weight(rarity(word)), _MOST_HITS)


def weigh_hits(
    text: str, hits: Sequence[FaqHit], faq: FaqIndex, langs: Languages
) -> list[tuple[FaqHit, EntryEvidence]]:
    """Return these entries, each with what speaks for it."""
    question = asked_question(text, rank(text, langs), len(weigh_words(text, langs)))

    def of(hit: FaqHit) -> EntryEvidence:
        next_nearest = max((other.confidence for other in hits if other is not hit), default=0.0)
        ways = faq.leanings(langs[0].code, hit.id, lambda way: leaning_of(rank(way, langs)))
        return evidence(hit, next_nearest, question, ways)

    return [(hit, of(hit)) for hit in hits]


def likeliest_of(
    text: str, hits: Sequence[FaqHit], faq: FaqIndex | None, ranked: Sequence[Scored], langs: Languages
) -> Nearest:
    """Return these entries by the likelihood that they answer; one whose subject is named has that confidence.

    In a language that no classifier knows the words must do, with what its cues say.
    """
    if faq is None or not hits or langs[0].classifier is None:
        return Nearest(_sorted(_supported(hits, ranked)), THRESHOLD, NEAR)
    return Nearest(_sorted([_judged(hit, of) for hit, of in weigh_hits(text, hits, faq, langs)]))


def _judged(hit: FaqHit, of: EntryEvidence) -> FaqHit:
    """Return an entry with its likelihood; one of whose ways of asking the text is, is certain."""
    if hit.named:
        return hit
    return replace(hit, confidence=1.0 if hit.confidence >= _ASKED_SO else likelihood(of))


def _supported(hits: Sequence[FaqHit], ranked: Sequence[Scored]) -> list[FaqHit]:
    """Return the entries: the one of the intent's name is the nearer, for another matter none is."""
    top = ranked[0] if ranked else Scored(OUT_OF_SCOPE, 0.0)
    outside = next((scored.confidence for scored in ranked if scored.name == OUT_OF_SCOPE), 0.0)

    def meant(hit: FaqHit) -> float:
        if hit.named:
            return hit.confidence
        own = _SUPPORT * top.confidence if hit.id == top.name and top.confidence >= _SUPPORTS else 0.0
        return max(0.0, hit.confidence + own - _OUTSIDE * outside)

    return [replace(hit, confidence=meant(hit)) for hit in hits]


def _sorted(hits: Sequence[FaqHit]) -> tuple[FaqHit, ...]:
    return tuple(sorted(hits, key=lambda hit: -hit.confidence))
