"""Quantities of what is ordered."""

from values.codes import parse_quantity
from values.kinds.kind import GIVEN, AnswerInput, AnswerKind
from values.kinds.samples import fixed
from values.meaning import Expects

_MOST = 10**6  # of any product; its own limit is the step's

QUANTITY = AnswerKind(
    Expects.quantity,
    "formed",
    read=lambda text, _at, _locale: parse_quantity(text, minimum=0, maximum=_MOST),
    samples=fixed(("1", "3", "10 sztuk"), ("0", "-2", "1,5", "100000"), ("anna@example.com",)),
    entity="quantity",
    found_by="amount",
    input=AnswerInput("numeric"),
    counts=True,
    others=GIVEN,
)
