"""Whole addresses in one line, as they are written in Poland, Italy and Germany."""

from nlu.corrections.told_addresses import read_addresses
from tests.table import table
from values.meaning import Expects

PARTS = (Expects.street, Expects.postal_code, Expects.city)


@table(
    ("locale", "text", "expected"),
    [
        ("de", "Hauptstr. 5, 10115 Berlin", ("Hauptstr. 5", "10115", "Berlin")),
        ("de", "Hauptstr. 5 10115 Berlin", ("Hauptstr. 5", "10115", "Berlin")),
        ("de", "Hauptstr. 5\n10115 Berlin", ("Hauptstr. 5", "10115", "Berlin")),
        ("de", "Hauptstr. 5, D-10115 Berlin, Deutschland", ("Hauptstr. 5", "10115", "Berlin")),
        ("de", "10115 Berlin, Hauptstr. 5", ("Hauptstr. 5", "10115", "Berlin")),
        ("de", "Straße des 17. Juni 135, 10623 Berlin", ("Straße des 17. Juni 135", "10623", "Berlin")),
        ("pl", "ul. Polna 5/3, 00-001 Warszawa", ("ul. Polna 5/3", "00-001", "Warszawa")),
        ("pl", "Polna 12 30-100 Kraków", ("Polna 12", "30-100", "Kraków")),
        ("pl", "os. 1000-lecia 5, 31-601 Kraków, Polska", ("os. 1000-lecia 5", "31-601", "Kraków")),
        ("pl", "ul. Polna 5, Warszawa, 00-001", ("ul. Polna 5", "00-001", "Warszawa")),
        ("it", "Via Roma 12, 20121 Milano (MI)", ("Via Roma 12", "20121", "Milano (MI)")),
        ("it", "Piazza Garibaldi, 3 – 80142 Napoli NA", ("Piazza Garibaldi, 3", "80142", "Napoli NA")),
        ("it", "Via Casilina 1234, 00182 Roma", ("Via Casilina 1234", "00182", "Roma")),
        ("de", "10115 Berlin", (None, "10115", "Berlin")),
        # Many spaces are read as one: a form tries each of them in each of its gaps.
        ("de", f"Hauptstr. 5,{' ' * 300}10115{' ' * 300}Berlin", ("Hauptstr. 5", "10115", "Berlin")),
        ("de", f"Hauptstr. 5{' ' * 300}\n{' ' * 300}10115 Berlin", ("Hauptstr. 5", "10115", "Berlin")),
    ],
)
def test_an_address_is_read_in_its_parts(locale: str, text: str, expected: tuple[str | None, ...]) -> None:
    first = next(iter(read_addresses(text, locale)))
    assert tuple(first.get(part) for part in PARTS) == expected


@table(
    "text",
    ["ul. Polna 5", "Rynek 5", "ul. 3 Maja 15", "12, 00-001 Warszawa", "00-001", "Warszawa", "Polna 5, 00-001?", ""],
)
def test_a_part_alone_is_none(text: str) -> None:
    assert list(read_addresses(text, "pl")) == []
