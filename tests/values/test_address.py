"""What is denied beside a street is no part of it, and a street with words of talk in its name stays whole."""

from tests.table import table
from values.address import parse_street
from values.parsing import Doubted, Ok


@table(
    ("text", "street"),
    [("Polna 1a nie 1", "Polna 1a"), ("Polna 1a, a nie Polna", "Polna 1a"), ("Weg 3 statt 4", "Weg 3")],
)
def test_of_two_the_one_that_is_meant_is_taken(text: str, street: str) -> None:
    assert parse_street(text) == Ok(street)


def test_of_two_the_likelier_is_offered() -> None:
    assert parse_street("Via Roma 5 invece di 4") == Doubted("Via Roma 5")


@table("text", ["Polna 1a", "Via Non ti scordar di me 3", "ul. Nowa 7 m. 2", "Via 4 Novembre 1"])
def test_a_street_is_kept_as_typed(text: str) -> None:
    assert parse_street(text) == Ok(text)
