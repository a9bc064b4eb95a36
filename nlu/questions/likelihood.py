"""The likelihood that an entry answers: by its words, its lead over the next, and what both texts are taken for.

Words alone can't tell "can I pay by BLIK" from "can my customers pay me by BLIK". So an entry is also judged by the
intents for which its ways of asking and the question are taken: those of one matter are taken for the same ones. The
weights are fitted on the outcome sets by `python -m benchmarks.answers`, which shows what each threshold costs.
"""

import math
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import astuple

from nlu.intents.score import OUT_OF_SCOPE, Scored
from nlu.questions.faq import FaqHit
from values.patterns import regex

Leaning = Mapping[str, float]
"""The intents for which a text is taken, with their confidence; together of length 1, so that two are compared fast."""
_CUSTOMERS = regex(r"\b(?:klien(?!ta? (?:mam|jest))|kontrahen|nabywc|odbiorc|client|customer|abbonat|kunde)", re.I)
"""Whoever asks about the customers of their own asks about the product, not about the way to it."""


class EntryEvidence(Struct, frozen=True):
    """The evidence for an entry.

    `nearness` by its words, the `shared` part of the question's and the `lead` over the next entry; `named`, how surely
    the classifier takes the question for the intent of its name; `outside`, for another firm's matter; `likest` and
    `alike`, the likeness of the question's intents and those of its nearest way of asking, and of all; `telling`, the
    logarithm of the number of the question's telling words; `customers`, 1 where it speaks of the asker's own.
    """

    nearness: float
    shared: float
    lead: float
    named: float
    outside: float
    likest: float
    alike: float
    telling: float
    customers: float


_WEIGHTS = EntryEvidence(
    nearness=2.247,
    shared=2.844,
    lead=4.669,
    named=0.366,
    outside=-0.818,
    likest=1.515,
    alike=1.954,
    telling=1.742,
    customers=-1.565,
)
_BY_PLACE: tuple[float, ...] = astuple(_WEIGHTS)
_BIAS = -8.249
ANSWERS, OFFERED = 0.65, 0.08
"""The least likelihood with which an entry answers (62 right and 9 wrong of 660), and with which it is offered."""

SUREST = 0.99
"""The most that evidence makes likely: only an entry's own way of asking is surer."""


def likelihood(evidence: EntryEvidence) -> float:
    """Return the probability that an entry answers, 0…1."""
    pairs = zip(_BY_PLACE, astuple(evidence), strict=True)
    found = 1 / (1 + math.exp(-_BIAS - sum([weight * value for weight, value in pairs])))
    return round(min(SUREST, found), 3)


class AskedQuestion(Struct, frozen=True):
    """A question, the confidence of each of its intents, what it leans to, and the number of its telling words."""

    text: str
    confidence: Mapping[str, float]
    leaning: Leaning
    words: int
    customers: bool


def asked_question(text: str, ranked: Sequence[Scored], words: int) -> AskedQuestion:
    """Return a question that is taken for these intents, with so many telling words."""
    confidence = {scored.name: scored.confidence for scored in ranked}
    return AskedQuestion(text, confidence, leaning_of(ranked), words, _CUSTOMERS.search(text) is not None)


def evidence(hit: FaqHit, next_nearest: float, question: AskedQuestion, ways: Sequence[Leaning]) -> EntryEvidence:
    """Return what speaks for an entry that is asked in these ways, and beside which the next is so near."""
    leaning = question.leaning.items()
    alike = [sum([value * way[name] for name, value in leaning if name in way]) for way in ways]  # their cosines
    return EntryEvidence(
        nearness=hit.confidence,
        shared=hit.shared,
        lead=hit.confidence - next_nearest,
        named=question.confidence.get(hit.id, 0.0),
        outside=question.confidence.get(OUT_OF_SCOPE, 0.0),
        likest=max(alike, default=0.0),
        alike=sum(alike) / len(alike) if alike else 0.0,
        telling=math.log(1 + question.words),
        customers=float(question.customers),
    )


def leaning_of(ranked: Sequence[Scored]) -> Leaning:
    """Return what a text that is taken for these intents leans to."""
    length = math.sqrt(sum(scored.confidence**2 for scored in ranked)) or 1.0
    return {scored.name: scored.confidence / length for scored in ranked}
