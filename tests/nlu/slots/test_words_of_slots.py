"""No word of a sentence is stored with an answer in words, however it is said; real names are taken as they are."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from nlu.languages.shipped import KNOWN, order_langs
from nlu.reading import read_message
from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.nightly import portion
from tests.table import table
from values.address import parse_city, parse_company_name, parse_person_name, parse_street
from values.expected import Expected, OptionWords
from values.meaning import Correction, Expects
from values.parsing import Doubted, Ok, Parsed
from values.slots import spans

HERE = Path(__file__).parent
PARSERS: dict[str, Callable[[str], Parsed[str]]] = {
    "street": parse_street,
    "city": parse_city,
    "person_name": parse_person_name,
    "company_name": parse_company_name,
}
VALUES: dict[str, list[str]] = tomllib.loads((HERE / "values.toml").read_text(encoding="utf-8"))
TYPED = (*PARSERS, "postal_code", "tax_number", "email", "phone")
OPTIONS = (OptionWords("confirm:yes", ("Zgadza się", "Tutto giusto", "It’s all right")),)
CONFIRMING = Expected(Expects.confirm_data, "confirm", options=OPTIONS, correctable={n: Expects(n) for n in TYPED})

AT_EMAIL = Expected(Expects.email, "email", correctable={"person_name": Expects.person_name})


def said(half: str) -> Iterator[tuple[str, str, str, str]]:
    ways: dict[str, dict[str, list[str]]] = tomllib.loads((HERE / f"{half}.toml").read_text(encoding="utf-8"))
    for kind, by_locale in ways.items():
        for locale, templates in by_locale.items():
            for template in templates:
                yield from ((kind, locale, value, template.format(value)) for value in VALUES[kind])


def judged(read: Parsed[str], value: str) -> str:
    """Say what came of a text that tells a value."""
    if isinstance(read, Doubted):
        return "offered" if read.value == value or not read.formed else "offered otherwise"
    if isinstance(read, Ok):
        return "right" if read.value.removeprefix("ul. ") == value.removeprefix("ul. ") else "stored wrongly"
    return "refused"


def figures(found: list[tuple[str, str]]) -> tuple[float, float]:
    """The shares that were right, and right or offered, of the least of all kinds and languages."""
    by = {group: Counter(came for one, came in found if one == group) for group, _ in found}
    rights = [counts["right"] / counts.total() for counts in by.values()]
    return min(rights), min((counts["right"] + counts["offered"]) / counts.total() for counts in by.values())


@table("half", ["templates_read", "templates_unread"])
def test_what_stands_around_an_answer_at_its_own_step_is_no_part_of_it(half: str) -> None:
    series = portion(said(half), 3)
    found = [(f"{kind} {at}", judged(PARSERS[kind](text), value), text) for kind, at, value, text in series]
    assert [text for _, came, text in found if came == "stored wrongly"] == []
    right, kept = figures([(group, came) for group, came, _ in found])
    assert (right >= 0.7, kept >= 0.95) == (True, True), (right, kept)


@table("half", ["templates_read", "templates_unread"])
def test_an_answer_that_is_called_by_its_name_is_put_right_where_the_data_are_shown(half: str) -> None:
    found: list[tuple[str, str, str]] = []
    for kind, locale, value, text in list(said(half))[::7]:
        meant = understand(text, AT_EMAIL if kind == "person_name" else CONFIRMING, locale=locale)
        named = isinstance(meant, Correction) and meant.what == kind
        came = (
            judged(PARSERS[kind](meant.text or ""), value) if named and isinstance(meant, Correction) else "not heard"
        )
        found.append((kind, came, text))
    assert [text for _, came, text in found if came == "stored wrongly"] == []
    right, _ = figures([(group, came) for group, came, _ in found])
    assert right >= 0.7, right


@pytest.mark.parametrize("known", [True, False], ids=["with towns", "by form alone"])
def test_real_names_are_taken_unasked(known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Towns of twelve countries are GeoNames' (CC BY 4.0), words of talk first; streets are Faker's (MIT)."""
    if not known:
        monkeypatch.setattr(spans, "is_town", lambda _text: False)
    lines = [line.split("\t") for line in (HERE / "real_names.tsv").read_text(encoding="utf-8").splitlines()]
    tried = portion(lines, 3)
    asked = [name for kind, _, name in tried if PARSERS[kind](name) != Ok(" ".join(name.split()))]
    assert len(lines) > 5000
    assert len(asked) / len(tried) < 0.01, asked


@all_rows
def test_talk_alone_is_no_answer(kind: str, text: str) -> None:
    read = PARSERS[kind](text)
    assert isinstance(read, Doubted) or not isinstance(read, Ok)


@all_rows
def test_a_bare_value_goes_where_it_fits(text: str, what: str, value: str) -> None:
    menu = Expected(Expects.choice, "edit", options=(OptionWords("edit:street"),), correctable=CONFIRMING.correctable)
    for at in (CONFIRMING, menu):
        told = read_message(text, at, order_langs(KNOWN, "pl"), partial(understand, expected=at, locale="pl"))
        assert told.meaning == Correction(what, value)


@table("text", ["numer lokalu 6", "lokal 6", "nr 6", "interno 6", "numero civico 14", "flat 6", "apartment number 6"])
def test_the_number_of_a_house_or_flat_is_no_street(text: str) -> None:
    span = spans.find_span(text, spans.Slot.street)
    assert not span.sure
    assert not span.formed


@all_rows
def test_a_reply_is_no_bare_value(text: str) -> None:
    assert not isinstance(understand(text, CONFIRMING, locale="pl"), Correction)


@all_rows
def test_what_is_called_somebody_elses_is_not_taken(text: str) -> None:
    meant = understand(text, CONFIRMING, locale="en")
    assert not (isinstance(meant, Correction) and meant.text is not None and type(parse_street(meant.text)) is Ok)


@table("text", ["zakładaj wreszcie", "Zakładaj wreszcie", "dai veloce", "hurry up", "jan kowalski", "giovanni de rosa"])
def test_a_name_whose_last_word_is_small_is_doubted(text: str) -> None:
    assert type(parse_person_name(text)) is Doubted


def test_an_answer_that_is_said_anew_is_the_last_one() -> None:
    anew: dict[str, dict[str, str]] = tomllib.loads((HERE / "said_anew.toml").read_text(encoding="utf-8"))
    parts = anew.pop("parts")
    told = [(text, PARSERS[kind](text), Ok(value)) for kind, said in anew.items() for text, value in said.items()]
    told += [(text, PARSERS["person_name"](text), Doubted(value)) for text, value in parts.items()]
    assert [(text, read) for text, read, meant in told if read != meant] == []


@all_rows
def test_a_postal_code_is_dictated_where_the_data_are_shown(text: str, locale: str, seat: str) -> None:
    assert understand(text, replace(CONFIRMING, seat=seat), locale=locale) == Correction("postal_code", "80832")
