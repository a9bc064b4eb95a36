"""How a text is written, and how it is filled: with days and hours as each language writes them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.texts.catalogue import Catalogue, MissingText, elide_articles, moment, moment_this_year
from bot.texts.text import TextError, parse
from bot.texts.toml_tables import texts_of
from dialogs.kit import Word
from tests.kit.rows import all_rows
from tests.table import table
from values.day import Day
from values.money import Money


def filled(raw: object, locale: str = "pl", forms: dict[str, str] | None = None, **params: Any) -> str:
    others = {"method.blik": "BLIK", "word.yes": "tak", "word.no": "nie", "other": "inny: {name}"}
    texts = {key: parse(text) for key, text in {**others, "it_is": raw}.items()}
    return Catalogue({locale: texts}, forms or {}).fill("it_is", params, locale)


def test_places_are_filled_in_one_pass_and_no_value_is_read_as_a_text() -> None:
    assert filled("Mam: {a} i {b}", a="{b}", b="x") == "Mam: {b} i x"
    assert filled("{a}", a="{@other} {password} ~ {{") == "{@other} {password} ~ {{"
    assert filled("{{x}} 7~dni") == "{x} 7\u00a0dni"
    assert filled("To {@other}.", name="Anna") == "To inny: Anna.", "with the same parameters"


NO_PLACES = ("{", "a } b", "{0}", "{a.b}", "{a!r}", "{a:>9}", "{A}", "{@}", "{a[0]}")
NO_TEXTS = (3, True, ["a"], {"plural": "n"}, {"select": "n", "other": 3})


@table("raw", (*NO_PLACES, *NO_TEXTS))
def test_a_text_is_a_string_of_plain_places_or_a_choice(raw: object) -> None:
    with pytest.raises(TextError):
        parse(raw)


@table("name", ["form", "plural", "select"])
def test_a_text_may_be_called_like_what_a_choice_is_by(name: str) -> None:
    found = dict(texts_of({"refused": {"plate": {name: "Wpisz numer, np. WA 12345.", "length": "Za krótki."}}}))

    assert found.keys() == {f"refused.plate.{name}", "refused.plate.length"}


@table(
    ("raw", "given", "missing"),
    [
        ("{@it_is}", {}, "it_is"),  # it includes itself
        ({"select": "v", "yes": "a", "no": "b"}, {"v": "c"}, "it_is"),
        ("{name}", {}, "it_is:name"),
    ],
)
def test_what_cant_be_filled_is_a_missing_text(raw: object, given: dict[str, Any], missing: str) -> None:
    with pytest.raises(MissingText, match=missing):
        filled(raw, **given)


@table(("n", "said"), [(1, "1 rok"), (2, "2 lata"), (5, "5 lat"), (12, "12 lat"), (22, "22 lata")])
def test_polish_plurals(n: int, said: str) -> None:
    years = {"plural": "n", "one": "{n} rok", "few": "{n} lata", "many": "{n} lat", "other": "{n} roku"}

    assert filled(years, n=n) == said


@table(
    ("value", "said"),
    [(None, "nic"), (True, "owszem"), (Word("method.blik"), "tym"), ("cash", "reszta"), (3, "trzy"), (4, "reszta")],
)
def test_a_choice_by_value(value: object, said: str) -> None:
    choice = {"select": "v", "none": "nic", "yes": "owszem", "blik": "tym", "3": "trzy", "other": "reszta"}

    assert filled(choice, v=value) == said


def test_the_form_of_address_is_the_profiles() -> None:
    form = {"form": True, "ty": "Podaj", "pan": "Proszę podać"}

    assert filled(form, forms={"pl": "pan"}) == "Proszę podać"
    assert filled(form, forms={"pl": "ty"}) == "Podaj"


def test_choices_may_be_within_choices() -> None:
    nested = {"select": "who", "none": {"plural": "n", "one": "a", "other": "b"}, "other": "c"}

    assert filled(nested, locale="en", who=None, n=2) == "b"


def test_values_are_written_as_the_language_does() -> None:
    at = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)

    assert filled("{m}", m=Money(123450, "PLN")) == "1 234,50 zł".replace(" ", "\u00a0")
    assert filled("{m}", locale="it", m=Money(123450, "EUR")) == "1.234,50\u00a0€"
    assert filled("{ends_at}", ends_at=at) == "20 listopada 2026, 23:30"
    assert filled("{day}", locale="en", day=at) == "20 November 2026"
    assert filled("{xs}", locale="it", xs=("uno", Word("method.blik"))) == "uno e BLIK"
    assert filled("{n} {yes} {none}|", n=1234567, yes=True, none=None) == "1\u00a0234\u00a0567 tak |"


AT = datetime(2026, 11, 24, 16, 5, tzinfo=UTC)


@all_rows
def test_hours_run_to_24(locale: str, said: str) -> None:
    assert moment(AT, locale) == said
    assert moment_this_year(AT, locale) == said.replace(" 2026", "")


@all_rows
def test_italian_articles_are_elided_before_a_vowel(written: str, said: str) -> None:
    assert elide_articles(written, "it") == said
    assert elide_articles(written, "pl") == written


def test_a_name_that_ends_with_a_stop_ends_the_sentence() -> None:
    catalogue = Catalogue({"pl": {"saved": parse("Zapisane: {name}. Dalej?")}}, {})
    assert catalogue.fill("saved", {"name": "Bursztyn sp. z o.o."}, "pl") == "Zapisane: Bursztyn sp. z o.o. Dalej?"


@table(
    ("locale", "text", "said"),
    [
        ("pl", "… {latest}", "… 8 maja 2027"),
        *(("it", "… {latest}", "… 8 maggio 2027"), ("it", "Fino al {latest}.", "Fino all’8 maggio 2027.")),
        ("en", "… {latest}", "… 8 May 2027"),
        ("de", "… {latest}", "… 8. Mai 2027"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(locale: str, text: str, said: str) -> None:
    assert Catalogue({locale: {"until": parse(text)}}, {}).fill("until", {"latest": Day("2027-05-08")}, locale) == said
