"""What can't be a street is refused with the reason."""

from tests.table import table
from values.address import parse_street
from values.parsing import Ok, ParseRefused


@table("text", ["Polna 1a nie 1", "Polna 1a, a nie Polna", "Via Roma 5 invece di 4", "Weg 3 statt 4"])
def test_two_addresses_are_none(text: str) -> None:
    assert parse_street(text) == ParseRefused("street.two")


@table("text", ["Polna 1a", "Via Non ti scordar di me 3", "ul. Nowa 7 m. 2", "Via 4 Novembre 1"])
def test_a_street_is_kept_as_typed(text: str) -> None:
    assert parse_street(text) == Ok(text)
