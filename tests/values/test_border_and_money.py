"""The border rule, money, passwords, secrets that can't be written."""

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.table import table
from values.address import parse_city, parse_company_name, parse_person_name, parse_street
from values.incoming_text import KEPT_OF_TOO_LONG, MAX_CHARS, clean, one_line
from values.money import Money, minor_units, percent
from values.parsing import Ok
from values.password import PasswordRule, common_passwords, criteria, refused_characters, unmet
from values.private import Secret

SEEDED = PasswordRule(min=8, max=32, classes=("upper", "lower", "digit"), specials="!@#$%^&*(){}[]\\:\";'<>?,./-_=+")
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=400)


@given(ANY_TEXT)
def test_clean_text_can_be_stored_and_cleaning_is_final(text: str) -> None:
    cleaned = clean(text).text
    cleaned.encode("utf-8")
    assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in cleaned)
    assert clean(cleaned).text == cleaned


@given(st.integers(MAX_CHARS + 1, MAX_CHARS * 3), st.sampled_from("aż\n\u0301\ud800"))
def test_what_is_too_long_keeps_its_beginning_only(length: int, char: str) -> None:
    cleaned = clean(char * length)
    assert cleaned.too_long
    assert len(cleaned.text) <= KEPT_OF_TOO_LONG
    assert cleaned.length == length


def test_the_border_rule_by_example() -> None:
    assert clean("\u200b a\tb\r\nc\x07\x00 \u202e").text == "a b\nc\ufffd"
    assert clean("e\u0301").text == "é"
    assert clean("👨\u200d👩\u200d👧").text == "👨\u200d👩\u200d👧"
    assert one_line("a\n  b") == "a b"


def test_marks_that_turn_the_direction_dont_stay_in_names() -> None:
    turns = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    for typed in (f"Lipa{turns} Nowa", "\u202eLipa Nowa", "Li\u2067pa\u2069 Nowa\u200f"):
        assert parse_company_name(typed) == parse_person_name(typed) == Ok("Lipa Nowa")
        assert parse_city(typed) == Ok("Lipa Nowa")
        assert parse_street(f"{typed} 4") == Ok("Lipa Nowa 4")
    assert one_line("نور\u200cالدين") == "نور\u200cالدين"  # a joiner is a letter's neighbour, no direction


@table(
    ("minor", "currency", "text"),
    [(4900, "PLN", "49.00"), (5, "PLN", "0.05"), (-1050, "EUR", "-10.50"), (49, "JPY", "49")],
)
def test_money_is_written_and_read_in_major_units(minor: int, currency: str, text: str) -> None:
    assert str(Money(minor, currency).decimal) == text
    assert minor_units(text, currency) == minor
    assert [minor_units(odd, "PLN") for odd in ("49.001", "NaN", "", "49,00", "1e9", "٤")] == [None] * 6


def test_money_is_rounded_half_up_and_written_as_the_language_writes_it() -> None:
    assert percent(Money(29900, "PLN"), 23) == Money(6877, "PLN")
    assert percent(Money(50, "PLN"), 1) == Money(1, "PLN")
    assert Money(123450, "PLN").format("pl") == "1\u00a0234,50\u00a0zł"
    assert Money(123450, "EUR").format("it") == "1.234,50\u00a0€"
    assert Money(123450, "PLN").format("en") == "PLN\u00a01,234.50"
    assert Money(123450, "EUR").format("en") == "€1,234.50"
    with pytest.raises(ValueError, match="don't add up"):
        Money(1, "PLN") + Money(1, "EUR")


@given(st.integers(-(10**9), 10**9), st.integers(0, 100))
def test_gross_is_net_and_vat_to_the_cent(minor: int, rate: int) -> None:
    net = Money(minor, "PLN")
    assert abs(percent(net, rate).minor * 100 - minor * rate) <= 50


def test_the_default_rule_wants_length_and_nothing_common() -> None:
    assert unmet("short") == ["too_short"]
    assert unmet("x" * 129) == ["too_long", "common"]
    assert unmet("Password1234") == ["common"]
    assert unmet("aaaaaaaaaaaa") == ["common"]
    assert unmet("wierzba nad Wartą szumi") == []
    assert unmet("fakturasmart1", context=["FakturaSmart"]) == ["context"]
    assert unmet("anna.nowak2026", context=["anna.nowak@example.com"]) == ["context"]
    assert criteria(PasswordRule()) == ("too_short", "too_long", "common", "context")


def test_a_sellers_rule_names_what_is_missing_and_what_is_refused() -> None:
    assert unmet("abcdefgh", SEEDED) == ["upper", "digit", "common"]
    assert unmet("Zielony7Most", SEEDED) == []
    assert refused_characters("Zielony7 Most£", SEEDED) == " £"
    assert "not_allowed" in unmet("Zielony7Most£", SEEDED)


def test_the_block_list_is_long_enough_for_the_policy() -> None:
    assert sum(12 <= len(p) <= 128 for p in common_passwords()) >= 3000
    assert all(p == p.casefold() for p in common_passwords())


@given(ANY_TEXT)
def test_any_password_can_be_judged(text: str) -> None:
    assert set(unmet(text, SEEDED, ["anna@example.com"])) <= set(criteria(SEEDED))


def test_a_secret_cannot_be_written_anywhere() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {secret!s:>20}"
    assert secret == Secret("hunter2")
    assert secret != Secret("hunter3")
    assert secret.reveal() == "hunter2"
    for write in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps, hash):
        with pytest.raises(TypeError):
            write(secret)
    with pytest.raises(TypeError):
        vars(secret)
