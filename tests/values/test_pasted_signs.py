"""Signs as they are pasted: hyphens of any kind, what is never shown, the letters and marks of every script."""

import sys
import unicodedata

from tests.table import table
from values import email, phone, sdi_code, tax_number
from values.address import parse_person_name, parse_postal_code
from values.codes import parse_code, parse_codes, parse_customer_number
from values.parsing import Ok, ParseRefused, fold_digits, unaccent

EVERY = [*map(chr, range(sys.maxunicode + 1))]
HYPHENS = [sign for sign in EVERY if unicodedata.category(sign) == "Pd"] + ["\u2212"]
# Signs of format that are shown: of Arabic and Syriac numbers and verses, of hieroglyphs, of annotations.
SHOWN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, *range(0xFFF9, 0xFFFC), 0x110BD, 0x110CD}
SHOWN |= {*range(0x13430, 0x13440)}
OTHERS = (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2065, 0x3164, *range(0xFE00, 0xFE10), 0xFFA0)
UNSEEN = {sign for sign in EVERY if unicodedata.category(sign) == "Cf" and ord(sign) not in SHOWN}
UNSEEN |= {*map(chr, (*OTHERS, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)))}


def test_every_hyphen_is_a_hyphen_and_nothing_unseen_stays() -> None:
    assert {fold_digits(sign) for sign in HYPHENS} == {"-"}
    assert {fold_digits(sign) for sign in UNSEEN} == {""}
    assert unaccent("10–20 − 5") == "10-20 - 5"


@table("sign", [*HYPHENS, *sorted(UNSEEN)[::50], "\u200b", "\ufe0d", "\u115f", "\u3164"])
def test_a_number_with_pasted_signs_is_the_number(sign: str) -> None:
    assert phone.parse(f"+48{sign}512{sign}000{sign}111", "PL") == Ok("+48512000111")
    assert tax_number.parse(f"123{sign}456{sign}32{sign}18", "PL") == Ok("1234563218")
    assert tax_number.parse(f"PL{sign}123{sign}4563218", tax_number.VATIN) == Ok("PL1234563218")
    assert parse_postal_code(f"80{sign}832", "PL") == Ok("80-832")
    assert parse_customer_number(f"1000{sign}0017") == Ok("10000017")
    assert sdi_code.parse(f"M5UX{sign}CR1") == Ok("M5UXCR1")
    assert parse_code(f"123{sign}456") == Ok("123456")


def test_a_pasted_hyphen_in_an_address_is_one() -> None:
    assert email.parse("jan\u2011kowalski@exam\u200bple.com") == Ok("jan-kowalski@example.com")


@table(
    "name",
    [
        *("राम शर्मा", "สมชาย ใจดี", "বিপ্লব সাহা", "အောင် ဆန်း", "דָּוִד כהן", "محمّد عليّ", "Nguyễn Văn An"),
        *("Mario D´Angelo", "Nicolo` Rossi", "Meritxell Col·lell", "Kaʻiulani O’Hara", "Anna Nowak\u2011Lis"),
        *("Anna Nowak–Lis", "Jan Kowalski, MBA", "Anna Nowak, PhD", "Zażółć Gęślą-Jaźń", "José da Silva"),
    ],
)
def test_a_name_of_any_script_is_taken(name: str) -> None:
    assert parse_person_name(name) == Ok(unicodedata.normalize("NFC", name))


def test_what_is_never_shown_is_no_part_of_a_name() -> None:
    assert parse_person_name("Anna\u3164 No\ufe0dwak\u202e") == Ok("Anna Nowak")
    assert parse_person_name("\u200bAnna Nowak\u115f") == Ok("Anna Nowak")


@table(
    "name", ["Kowalski, Jan", "Jan Kowalski, Warszawa", "nie wiem, po co", "Jan_Kowalski Nowak", "Jan + Anna", "☃ Jan"]
)
def test_a_sign_that_no_name_has_is_asked_about(name: str) -> None:
    assert parse_person_name(name) == ParseRefused("person_name.odd_characters")


@table(
    ("typed", "outcome"),
    [
        *((f"{'a' * 64}@example.com", Ok(f"{'a' * 64}@example.com")), (f"{'a' * 65}@example.com", "invalid")),
        *(("me@bad.tld-2", "invalid"), ("test@iana.123", "invalid"), ("x@255.255.255.255", "invalid")),
        *(("anna@exаmple.com", "odd_characters"), ("anna@αpple.com", "odd_characters")),
        *(("anna@пример.рф", Ok("anna@xn--e1afmkfd.xn--p1ai")), ("anna@日本x.jp", Ok("anna@xn--x-jn6bt1b.jp"))),
        *(("!info@example.com", Ok("!info@example.com")), ("'anna@example.com'", Ok("anna@example.com"))),
        *(("jan@example.com jan@example.com", Ok("jan@example.com")), ("a@b, c@example.com", "two_ats")),
    ],
)
def test_an_address_is_kept_whole_or_refused(typed: str, outcome: object) -> None:
    assert email.parse(typed) == (ParseRefused(f"email.{outcome}") if isinstance(outcome, str) else outcome)


@table("between", [", ", " albo ", "\n", "/", " lub ", "; "])
def test_of_two_addresses_both_are_named(between: str) -> None:
    both = {"one": "jan@example.com", "other": "biuro@example.com"}
    assert email.parse(f"jan@example.com{between}biuro@example.com") == ParseRefused("email.several", both)


def test_of_two_numbers_one_is_asked_for() -> None:
    for typed in ("512000111 512000112", "+48512000111/+48512000112", "+48 512 000 111 600 100 200"):
        outcome = phone.parse(typed, "PL")
        assert isinstance(outcome, ParseRefused)
        assert outcome.reason == "phone.several"
    assert tax_number.parse("1234563218 9876543210", "PL") == ParseRefused("tax_number.several")


@table(
    "typed",
    [
        "FakturaSmart: Twoj kod to 722199. Nie podawaj go nikomu. Wazny 10 minut.\n\n@127.0.0.1 #722199",
        "Your code is 722 199\n@desk24.example.com #722199",
        *("722199\n722199", "722199, 722-199", "kod 722199 (https://example.com/c/123456)"),
    ],
)
def test_a_code_that_stands_twice_in_its_message_is_one(typed: str) -> None:
    assert parse_code(typed) == Ok("722199")
    assert isinstance(parse_codes(typed), Ok)
