"""A value that its author isn't sure of, or asks whose it is, isn't given; one that is told plainly is."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from nlu.gate import judge_changes
from nlu.languages.shipped import KNOWN, order_langs
from nlu.reading import read_message
from nlu.stance import hide_withheld
from nlu.understand import understand_among
from tests.nightly import portion
from tests.nlu.slots.test_words_of_slots import PARSERS, TYPED
from values.expected import Expected, OptionWords
from values.meaning import Answer, Correction, Expects
from values.parsing import Doubted

_FILE = Path(__file__).with_name("values_in_doubt.toml")
_DENIED = Path(__file__).with_name("denied.toml")
_VALUES = ("5260250274", "526-025-02-74", "+48 601 202 303", "biuro@firma.example.com")

_WAYS = (OptionWords("method:card", ("Karta", "Carta", "Card")), OptionWords("method:transfer", ("Przelew",)))
_KNOWN = {name: Expects(name) for name in TYPED}
_SHOWN = Expected(Expects.confirm_data, "confirm", (OptionWords("confirm:yes", ("Tak",)),), "PL", correctable=_KNOWN)
_PLACES = (
    _SHOWN,
    Expected(Expects.choice, "method", _WAYS, "PL", correctable=_KNOWN),
    Expected(Expects.choice, "edit", (OptionWords("edit:street", ("Ulica", "Via", "Street")),), correctable=_KNOWN),
    Expected(Expects.nothing, "zone", country="PL", correctable=_KNOWN),
    Expected(Expects.email, "email", country="PL"),
)


_GIVEN = {"street": "Długa 12/4", "postal_code": "80-831", "city": "Gdańsk", "company_name": "Hurtownia sp. z o.o."}


def stored(text: str, lang: str, place: Expected) -> set[str]:
    """Return the answers and facts that a message stores at a place; what is only offered isn't."""
    langs = order_langs(KNOWN, lang)
    told = read_message(text, place, langs, lambda words: understand_among(words, place, langs, None))
    told = judge_changes(told, place, lang)
    facts = {one.fact.text for one in told.facts if not one.fact.others}
    match told.meaning:
        case Correction(what, str(value)):
            return facts | ({value} if not isinstance(PARSERS.get(what, str)(value), Doubted) else set())
        case Answer(value=str(value)):
            return facts | {value}
        case _:
            return facts


def test_values_of_before_of_others_or_to_come_are_stored_nowhere() -> None:
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    each = [(part[lang], lang) for part in (told, told["unread"]) for lang in ("pl", "it", "en")]
    wrong = [(text, at.step) for said, lang in each for text in said["told_of"] for at in _PLACES
             if stored(text, lang, at)]  # fmt: skip
    lost = [text for said, lang in each for text in said["put_right"] if not stored(text, lang, _SHOWN)]
    assert (wrong, lost) == ([], [])


def test_values_in_doubt_are_withheld_and_given_ones_kept() -> None:
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    wrong = [
        (lang, sentence, value)
        for part in (told, told["unread"])
        for lang in ("pl", "it", "en")
        for kind in ("doubted", "given")
        for sentence in part[lang][kind]
        for value in _VALUES
        if (value in hide_withheld(sentence.replace("…", value), order_langs(KNOWN, lang))) != (kind == "given")
    ]
    assert wrong == []


def test_value_that_is_said_anew_is_kept() -> None:
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["unread"]
    wrong = [
        (sentence, value)
        for lang in ("pl", "it", "en")
        for sentence in told[lang]["restated"]
        for value, other in zip(_VALUES, ("1234563218", "123-456-32-18", "602202303", "jan@x.example.com"), strict=True)
        if other not in hide_withheld(sentence.replace("…", value).replace("*", other), order_langs(KNOWN, lang))
    ]
    assert wrong == []


def framed(table: dict[str, Any], name: str) -> list[str]:
    """Return the sentences of a kind with each value in them."""
    others = {
        "placed": ("street", "city"),
        "afresh": tuple(slot for slot in _KNOWN if slot in (*_GIVEN, Expects.person_name)),
    }
    slots = others.get(name, tuple(_KNOWN))
    return [frame.format(*table[slot]) for frame in table[name] for slot in slots]


@pytest.mark.parametrize("lang", ["pl", "it", "en"])
def test_denied_and_foreign_values_are_stored_in_no_slot_and_given_ones_are(lang: str) -> None:
    table = tomllib.loads(_DENIED.read_text(encoding="utf-8"))["values"][lang]
    shown = replace(_SHOWN, given=_GIVEN)
    told_of = portion([text for kind in ("refused", "afresh", "placed") for text in framed(table, kind)], 2)
    assert [text for text in told_of if stored(text, lang, shown)] == []
    assert [text for text in framed(table, "given") if not stored(text, lang, shown)] == []
