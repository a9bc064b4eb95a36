"""At whose rate an order is taxed."""

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.kit.narrow import a, present
from tests.table import table
from values.address import parse_city, parse_company_name, parse_person_name, parse_street
from values.incoming_text import KEPT_OF_TOO_LONG, MAX_CHARS, clean, one_line
from values.money import UNION, Buyer, Money, Vat, VatRules, minor_units, percent, vat_of
from values.offer import Addon, Unsure, parse_packs
from values.parsing import Ok, ParseRefused
from values.password import PasswordRule, common_passwords, criteria, refused_characters, unmet
from values.payment import QrText, Transfer, transfer_qr
from values.private import Secret
from values.renewal import RenewalRules, awake, days_left, steps
from values.term import A_YEAR

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
REVERSE = VatRules("PL5260250274", reverse_charge=True)
ONE_STOP = VatRules(rates=(("DE", 19), ("FR", 20)))
BOTH = VatRules(reverse_charge=True, rates=(("FR", 20),))
BURSZTYN = Buyer("PL", "1234563218")
PORT = Buyer("FR", "FR44732829320", AT, "WAPI0001")
UNKNOWN = Buyer("FR", "FR44732829320")
HOME = Vat(23, "home", "PL")


@table(
    ("buyer", "rules", "expected"),
    [
        (BURSZTYN, VatRules(), HOME),
        (PORT, VatRules(), HOME),
        (BURSZTYN, BOTH, HOME),
        (PORT, REVERSE, Vat(0, "reverse_charge", "FR", "FR44732829320", AT, "WAPI0001")),
        (PORT, BOTH, Vat(0, "reverse_charge", "FR", "FR44732829320", AT, "WAPI0001")),
        (UNKNOWN, REVERSE, Vat(23, "unconfirmed", "PL", "FR44732829320")),
        (UNKNOWN, BOTH, Vat(20, "unconfirmed", "FR", "FR44732829320")),
        (PORT, ONE_STOP, Vat(20, "destination", "FR")),
        (Buyer("IT", "12345670363"), ONE_STOP, HOME),
        (Buyer("FR"), BOTH, Vat(20, "destination", "FR")),
        (Buyer("FR"), REVERSE, HOME),
        # Northern Ireland belongs to the Union for goods only.
        (Buyer("GB", "XI123456789", AT), REVERSE, HOME),
        (Buyer("CH", "", AT), BOTH, HOME),
        (Buyer("DE", "1234563218"), BOTH, HOME),
        (replace(PORT, country="DE"), BOTH, Vat(0, "reverse_charge", "FR", "FR44732829320", AT, "WAPI0001")),
    ],
)
def test_whose_rate_it_is(buyer: Buyer, rules: VatRules, expected: Vat) -> None:
    assert vat_of(buyer, home="PL", percent=23, rules=rules) == expected


rules = st.builds(
    VatRules,
    st.none(),
    st.booleans(),
    st.dictionaries(st.sampled_from(sorted(UNION)), st.integers(0, 50)).map(lambda rates: tuple(rates.items())),
)
buyers = st.builds(
    Buyer,
    st.sampled_from([*sorted(UNION), "GB", "CH"]),
    st.sampled_from(["", "X1"]),
    st.none() | st.just(AT),
    st.none(),
)


@given(buyers, rules)
def test_nobody_goes_without_vat_but_by_a_number_that_vies_has_confirmed(buyer: Buyer, told: VatRules) -> None:
    tax = vat_of(buyer, home="PL", percent=23, rules=told)
    if tax.reason == "reverse_charge":
        assert told.reverse_charge
        assert (tax.percent, tax.number, tax.checked_at) == (0, buyer.number, AT)
        assert buyer.country in UNION - {"PL"}
    else:
        assert tax.percent in (23, *dict(told.rates).values())
    if buyer.country == "PL":
        assert tax == HOME


# The border rule, money, passwords, secrets that can't be written.

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
    special = PasswordRule(8, classes=("special",))
    assert (unmet("ZielonyMost7", special), unmet("Zielony.Most", special)) == (["special"], [])


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


# The text that a bank's app reads: both standards, field by field, and no code where one doesn't fit.

POLISH = Transfer("Okienko sp. z o.o.", "PL61109010140000071219812874", tax_number="123-456-32-18")
ITALIAN = Transfer("Certified Platform Demo S.p.A.", "IT60X0542811101000000123456", "BLOPIT22")
ZLOTY, EURO = Money(4900, "PLN"), Money(29280, "EUR")


def test_the_polish_line_has_nine_fields() -> None:
    told = transfer_qr(POLISH, ZLOTY, "OK-7F3K2M")
    line = "1234563218|PL|61109010140000071219812874|004900|Okienko sp. z o.o.|OK-7F3K2M|||"
    assert told == QrText(line, "L")
    assert line.count("|") == 8


def test_the_european_lines() -> None:
    told = transfer_qr(ITALIAN, EURO, "CP/2026/000001")
    lines = ["BCD", "002", "1", "SCT", "BLOPIT22", ITALIAN.payee, ITALIAN.iban, "EUR292.80", "", "", "CP/2026/000001"]
    assert told == QrText("\n".join(lines), "M")
    without = present(transfer_qr(replace(ITALIAN, bic=""), Money(5, "EUR"), "x"))
    assert without.text.split("\n")[4:8] == ["", ITALIAN.payee, ITALIAN.iban, "EUR0.05"]


@table(
    ("to", "amount", "title"),
    [
        (replace(POLISH, tax_number="1234563219"), ZLOTY, "T"),
        (replace(POLISH, tax_number=""), ZLOTY, "T"),
        (replace(POLISH, iban="PL61109010140000071219812875"), ZLOTY, "T"),
        (replace(POLISH, payee="Pracownia Bursztyn i Synowie sp. z o.o."), ZLOTY, "T"),
        (replace(POLISH, payee="Okienko | Filia"), ZLOTY, "T"),
        (replace(POLISH, payee="Caffè"), ZLOTY, "T"),
        (POLISH, Money(1_000_000, "PLN"), "T"),
        (POLISH, Money(0, "PLN"), "T"),
        (POLISH, ZLOTY, "T" * 33),
        (POLISH, ZLOTY, ""),
        (POLISH, ZLOTY, "T\nT"),
        (POLISH, Money(4900, "CZK"), "T"),
        (ITALIAN, ZLOTY, "T"),
        (replace(ITALIAN, payee="P" * 71), EURO, "T"),
        (replace(ITALIAN, payee=""), EURO, "T"),
        (replace(ITALIAN, payee="P\nP"), EURO, "T"),
        (replace(ITALIAN, bic="BLOP"), EURO, "T"),
        (replace(ITALIAN, iban="IT60X0542811101000000123457"), EURO, "T"),
        (ITALIAN, Money(100_000_000_000, "EUR"), "T"),
        (ITALIAN, EURO, "T" * 141),
        (replace(ITALIAN, payee="ż" * 70), EURO, "ż" * 120),
    ],
)
def test_what_breaks_the_standard_is_no_code(to: Transfer, amount: Money, title: str) -> None:
    assert transfer_qr(to, amount, title) is None


def test_a_long_name_has_a_short_one_for_the_code() -> None:
    to = replace(POLISH, payee="Pracownia Bursztyn i Synowie sp. z o.o.", short_payee="Pracownia Bursztyn")
    assert "|Pracownia Bursztyn|" in present(transfer_qr(to, ZLOTY, "T")).text


def test_euro_may_be_sent_to_a_polish_account() -> None:
    assert present(transfer_qr(POLISH, EURO, "T")).level == "M"


# How many packs of an add-on an answer comes to, and which numbers are said back first.

USERS = Addon("external_users", 3000, pack=50, most=20)
SPACE = Addon("space", 1800, pack=5, most=20, unit="GB")
SINGLE = Addon("users", 1200, most=14)


@table(
    ("addon", "text", "packs"),
    [
        (USERS, "2 packs", 2),
        (USERS, "100 pieces", 2),
        (USERS, "150 pieces", 3),
        (USERS, "50", 1),  # more than packs there are
        (USERS, "1", 1),  # one of either needs one pack
        (USERS, "1 pieces", Unsure(1, pieces=True)),
        (USERS, "20 pieces", Unsure(20, pieces=True)),
        (USERS, "75", Unsure(75, pieces=True)),
        (USERS, "20", Unsure(20)),
        (USERS, "2", Unsure(2)),
        (SPACE, "7 pieces", Unsure(7, pieces=True)),
        (SPACE, "7 GB", Unsure(7, pieces=True)),
        (SPACE, "10 GB", 2),
        (SPACE, "10", Unsure(10)),
        (SINGLE, "2", 2),
        (SINGLE, "2 pieces", 2),
        (SINGLE, "2 packs", 2),
    ],
)
def test_packs(addon: Addon, text: str, packs: object) -> None:
    assert parse_packs(text, addon) == Ok(packs)


@table(("addon", "text"), [(USERS, "21 packs"), (USERS, "1020 pieces"), (SPACE, "130")])
def test_more_than_there_are(addon: Addon, text: str) -> None:
    refused = a(ParseRefused, parse_packs(text, addon))
    assert refused.reason == "addon.too_many"
    assert (refused.params["pack"], refused.params["pieces"]) == (addon.pack, addon.most * addon.pack)


def test_none_takes_out_what_was_taken() -> None:
    assert parse_packs("0", USERS, minimum=0) == Ok(0)
    assert isinstance(parse_packs("0", USERS), ParseRefused)


# When something is done about a subscription that ends: by the calendar of the seller, and never at night.

WARSAW = ZoneInfo("Europe/Warsaw")
RULES = RenewalRules(remind_days=30).of_term(A_YEAR)
END = datetime(2027, 4, 20, 21, 30, tzinfo=UTC)  # half past eleven in the evening in Warsaw


def test_the_steps_of_a_period_in_their_order() -> None:
    found = steps(RULES, END, WARSAW)

    assert [step.action for step in found] == ["remind", "collect", "collect", "collect", "collect", "lapse", "end"]
    assert [step.number for step in found] == list(range(7))
    assert [step.due_at for step in found] == sorted(step.due_at for step in found)
    assert [days_left(END, step.due_at, WARSAW) for step in found[:5]] == [30, 7, 5, 3, 1]


def test_without_reminders_the_money_comes_first() -> None:
    assert steps(RenewalRules().of_term(A_YEAR), END, WARSAW)[0].action == "collect"


@table("day", range(1, 366, 7))
def test_nothing_falls_into_quiet_hours_on_either_side_of_the_clock_s_change(day: int) -> None:
    for hour in range(24):
        for step in steps(RULES, datetime(2026, 1, 1, hour, 30, tzinfo=UTC) + timedelta(days=day), WARSAW):
            assert 7 <= step.due_at.astimezone(WARSAW).hour < 22


def test_quiet_hours_within_one_day_and_none_at_all() -> None:
    noon = datetime(2027, 4, 20, 10, tzinfo=UTC)

    assert awake(noon, RenewalRules(quiet_from=11, quiet_to=14), WARSAW) == datetime(2027, 4, 20, 12, tzinfo=UTC)
    assert awake(noon, RenewalRules(quiet_from=0, quiet_to=0), WARSAW) == noon


def test_days_are_counted_as_on_the_seller_s_wall() -> None:
    just_after_midnight = datetime(2027, 3, 20, 23, 5, tzinfo=UTC)  # already the 21st in Warsaw

    assert days_left(END, just_after_midnight, WARSAW) == 30
    assert days_left(END, END + timedelta(days=3), WARSAW) == 0
