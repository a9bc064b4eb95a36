"""Of two values the one that stands: "not this but that", "that, not this", "this, sorry, that"."""

from nlu.parse import parse
from tests.kit.rows import all_rows


@all_rows
def test_the_address_that_stands_is_read(lang: str, text: str, address: str) -> None:
    assert [e["value"] for e in parse(text, lang, "email")["entities"] if e["entity"] == "email"] == [address]


def test_the_number_that_stands_is_read_though_none_was_asked_for() -> None:
    found = parse("nie 1234563218, tylko 5260250274", "pl")["entities"]
    assert [(e["entity"], e["value"]) for e in found] == [("nip", "5260250274")]


def test_an_address_beside_a_pec_is_none() -> None:
    found = parse("PEC ditta@pec.it, e-mail info@ditta.it", "it")["entities"]
    assert [(e["entity"], e["value"]) for e in found] == [("pec", "ditta@pec.it"), ("email", "info@ditta.it")]


def test_the_only_address_stands_even_behind_a_not() -> None:
    found = parse("why not info@alfa.example", "en", "email")["entities"]
    assert [e["value"] for e in found] == ["info@alfa.example"]


@all_rows
def test_an_address_is_spelled_letter_by_letter(lang: str, text: str, address: str) -> None:
    assert [e["value"] for e in parse(text, lang, "email")["entities"] if e["entity"] == "email"] == [address]


@all_rows
def test_a_quantity_is_the_number_that_counts(lang: str, text: str, number: str) -> None:
    assert [e["value"] for e in parse(text, lang, "quantity")["entities"] if e["entity"] == "quantity"] == [number]
