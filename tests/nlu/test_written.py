"""In which language a message is written."""

import tomllib
from pathlib import Path

from nlu.languages.shipped import KNOWN, written_in
from tests.table import table

ALL = ("pl", "it", "en")


def test_sentences_of_customers_are_told_apart() -> None:
    written = tomllib.loads((Path(__file__).parent / "held_out.toml").read_text(encoding="utf-8"))
    said = [(code, text) for code in ALL for texts in written[code].values() for text in texts]
    found = [(code, written_in(text, KNOWN, ALL)) for code, text in said]
    assert sum(code == read for code, read in found) / len(found) >= 0.97
    assert sum(read not in (code, None) for code, read in found) / len(found) <= 0.005


@table("text", ["", "ok", "BLIK", "PayPal", "NIP 123-456-32-18", "1234", "🙂", "no", "x" * 10_000])
def test_what_every_language_has_tells_nothing(text: str) -> None:
    assert written_in(text, KNOWN, ALL) is None


def test_only_a_language_that_is_offered_is_told() -> None:
    assert written_in("Vorrei parlare con una persona", KNOWN, ("pl", "en")) is None
    assert written_in("Vorrei parlare con una persona", KNOWN, ("pl",)) is None
