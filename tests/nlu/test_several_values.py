"""Several values for one slot: which of them is meant is asked, and one that stands there twice is one."""

from nlu.understand import understand
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


@table(
    ("kind", "text"),
    [
        *(
            (Expects.email, text)
            for text in ("jan@example.com, biuro@example.com", "jan@example.com albo a@example.com")
        ),
        (Expects.email, "e-mail firmowy: biuro@example.com, prywatny: jan@example.com"),
        *((Expects.phone, text) for text in ("512000111, 512000112", "512 000 111 lub 600 100 200")),
        *((Expects.tax_number, text) for text in ("1234563218, 9876543210", "1234563218 albo 9876543210")),
    ],
)
def test_which_one_is_asked(kind: Expects, text: str) -> None:
    outcome = heard(kind, text)

    assert isinstance(outcome, ParseRefused)
    assert outcome.reason == f"{kind}.several"


@table(
    ("kind", "text", "value"),
    [
        (Expects.email, "nie jan@example.com tylko anna@example.com", "anna@example.com"),
        (Expects.email, "jan@example.com, tak, jan@example.com", "jan@example.com"),
        (Expects.email, "mój adres to jan\u2011kowalski@example.com", "jan-kowalski@example.com"),
        (Expects.phone, "512 000 111, 512 000 111", "+48512000111"),
        (Expects.phone, "stacjonarny 58 301 22 33, komórka 512 000 111", "+48512000111"),
        (Expects.phone, "mój numer to +48\u2011512\u2011000\u2011111", "+48512000111"),
        (Expects.tax_number, "NIP 123-456-32-18 regon 123456785", "1234563218"),
    ],
)
def test_the_one_that_is_meant_is_taken(kind: Expects, text: str, value: str) -> None:
    assert heard(kind, text) == Ok(value)


@table(("text", "reason"), [("10 tys.", "too_big"), ("2 mln", "too_big"), ("minus 3", "too_small")])
def test_an_amount_is_multiplied_and_signed(text: str, reason: str) -> None:
    outcome = heard(Expects.quantity, text)

    assert isinstance(outcome, ParseRefused)
    assert outcome.reason == f"quantity.{reason}"
