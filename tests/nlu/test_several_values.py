"""Several values for one slot: which of them is meant is asked, and one that stands there twice is one."""

from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.codes import parse_quantity
from values.kinds import kind_of
from values.meaning import Answer, Expected, Expects
from values.parsing import Ok, ParseRefused


def heard(kind: Expects, text: str) -> object:
    """Return what the open step's parser makes of a message."""
    expected = Expected(kind, "own", pieces=("uzytkownikow",) if kind is Expects.quantity else ())
    meant = understand(text, expected, locale="pl")
    assert isinstance(meant, Answer)
    read = kind_of(kind).read
    assert read is not None
    return parse_quantity(meant.words) if kind is Expects.quantity else read(meant.words, expected, "pl")


@all_rows
def test_which_one_is_asked(kind: Expects, text: str) -> None:
    outcome = heard(kind, text)

    assert isinstance(outcome, ParseRefused)
    assert outcome.reason == f"{kind}.several"


@all_rows
def test_the_one_that_is_meant_is_taken(kind: Expects, text: str, value: str) -> None:
    assert heard(kind, text) == Ok(value)


@table(("text", "reason"), [("10 tys.", "too_big"), ("2 mln", "too_big"), ("minus 3", "too_small")])
def test_an_amount_is_multiplied_and_signed(text: str, reason: str) -> None:
    outcome = heard(Expects.quantity, text)

    assert isinstance(outcome, ParseRefused)
    assert outcome.reason == f"quantity.{reason}"
