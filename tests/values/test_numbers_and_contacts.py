"""The reasons a customer hears: phones, tax numbers, e-mails, codes."""

import sys
import unicodedata
from collections.abc import Callable
from itertools import pairwise

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.narrow import a
from tests.kit.rows import all_rows
from tests.table import table
from values import email, masked, phone, sdi_code, tax_number
from values.address import parse_person_name, parse_postal_code, parse_street
from values.codes import TypedCodes, parse_code, parse_codes, parse_customer_number
from values.parsing import Doubted, Ok, ParseRefused, fold_digits, unaccent


@all_rows
def test_a_mobile_is_read_however_it_is_written(region: str, typed: str, e164: str) -> None:
    assert phone.parse(typed, region) == Ok(e164)


@all_rows
def test_what_is_no_mobile_of_ours_is_refused_by_its_reason(
    region: str, typed: str, reason: str, params: dict[str, object]
) -> None:
    assert phone.parse(typed, region) == ParseRefused(reason, params)  # type: ignore[arg-type]


def test_the_country_is_judged_by_its_calling_code() -> None:
    assert phone.parse("+48500600700", "IT", allowed=(39,)) == ParseRefused("phone.country_not_served", {"code": "+48"})


@all_rows
def test_a_tax_number_is_read_however_it_is_written(country: str, typed: str, normal: str) -> None:
    assert tax_number.parse(typed, country) == Ok(normal)


def test_its_before_a_number_are_no_letters_of_italy() -> None:
    assert tax_number.has_prefix("it's IT 0074311 0157")
    assert not tax_number.has_prefix("it's 5260250274")


@all_rows
def test_a_wrong_tax_number_is_refused_by_its_reason(country: str, typed: str, reason: str) -> None:
    assert a(ParseRefused, tax_number.parse(typed, country)).reason == reason


def test_the_length_reason_says_how_many_digits_there_are() -> None:
    assert tax_number.parse("526025027", "PL") == ParseRefused("tax_number.too_short", {"digits": 9, "expected": 10})


@given(st.text(alphabet="0123456789", min_size=10, max_size=10))
def test_one_wrong_digit_never_passes_as_a_nip(digits: str) -> None:
    if isinstance(tax_number.parse(digits, "PL"), Ok):
        for place in range(10):
            other = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
            assert isinstance(tax_number.parse(other, "PL"), ParseRefused)


def test_a_nip_is_shown_in_groups() -> None:
    assert tax_number.display("1234563218") == "123-456-32-18"
    assert tax_number.display("FR44732829320") == "FR44732829320"


@table(
    ("typed", "outcome"),
    [
        ("Anna@Example.COM", Ok("anna@example.com")),
        ("<anna @ example.com>.", Ok("anna@example.com")),
        ("anna@żółć.pl", Ok("anna@xn--kda4b0koi.pl")),
        ("anna.example.com", ParseRefused("email.missing_at")),
        ("a@b@example.com", ParseRefused("email.two_ats")),
        ("@example.com", ParseRefused("email.missing_local")),
        ("anna@", ParseRefused("email.missing_domain")),
        ("zażółć@example.com", ParseRefused("email.odd_characters")),
        ("a" * 250 + "@example.com", ParseRefused("email.too_long", {"expected": 254})),
        ("=?utf-8?q?anna?=@example.com", ParseRefused("email.invalid")),
        ("=?utf-8?b?YW5uYQ==?=@example.com", ParseRefused("email.invalid")),
        ("x=?utf-8?q?y?=z@example.com", ParseRefused("email.invalid")),
        ("＝？utf-8？q？anna？＝@example.com", ParseRefused("email.invalid")),
        ("anna@=?utf-8?q?example?=.com", ParseRefused("email.invalid")),
        ('"anna"@example.com', ParseRefused("email.invalid")),
        ("anna(praca)@example.com", ParseRefused("email.invalid")),
        ("a\\nna@example.com", ParseRefused("email.invalid")),
        ("anna@EXAMPLE.com.", Ok("anna@example.com")),
        ("anna@ｅｘａｍｐｌｅ.com", Ok("anna@example.com")),
        ("anna+faktury@example.com", Ok("anna+faktury@example.com")),
    ],
)
def test_an_email_is_read_or_refused_by_its_reason(typed: str, outcome: object) -> None:
    assert email.parse(typed) == outcome


@all_rows
def test_letters_are_counted_for_the_mailbox_in_which_they_lie(address: str, mailbox: str) -> None:
    assert email.mailbox(address) == mailbox


@table("sign", ["", "'", "!", "?", "<", '"', ".", ",;", "'!"])
@table("label", ["mailto:", "mail: ", "my email is ", "email= ", "mój e-mail to ", "email= mailto:"])
def test_what_is_kept_of_an_address_reads_as_itself(label: str, sign: str) -> None:
    typed = f"{sign}{label}{sign}Anna@example.com{sign}"
    assert email.parse(typed) == Ok("anna@example.com")
    assert email.key(typed) == "anna@example.com"


@table("typed", ["123456", "123 456", "123-456", "kod to 123 456", "１２３４５６", "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣", "G-123456"])
def test_a_code_is_read_from_its_one_group(typed: str) -> None:
    assert parse_code(typed) == Ok("123456")


_SMS, _MAIL = "123456", "654321"


@all_rows
def test_each_of_two_codes_is_meant_for_what_names_it(typed: str) -> None:
    assert parse_codes(typed) == Ok(TypedCodes((_SMS,), (_MAIL,)))


@table("typed", ["123456 654321", "123456, 654321", "123 456\n654 321", "oba: 123456 i 654321"])
def test_two_codes_without_names_may_be_either(typed: str) -> None:
    assert parse_codes(typed) == Ok(TypedCodes((_SMS, _MAIL), (_MAIL, _SMS)))


@table(
    ("typed", "sms", "letter"),
    [("to 123456", True, True), ("z maila 123456", False, True), ("sms: 123456", True, False)],
)
def test_one_code_is_meant_for_either_unless_it_is_named(typed: str, sms: bool, letter: bool) -> None:
    assert parse_codes(typed) == Ok(TypedCodes((_SMS,) * sms, (_SMS,) * letter))


@table("typed", ["123456 654321 111222", "12345", "nie mam"])
def test_more_than_two_codes_or_none_are_refused(typed: str) -> None:
    assert isinstance(parse_codes(typed), ParseRefused)


@table(
    ("reason", "typed"),
    [("code.several", ("123456 654321", "kod 123456 albo 654321")), ("code.no_digits", ("²³²³²³", "①②③④⑤⑥", "½½½½½½"))],
)
def test_of_several_codes_none_is_tried_and_other_numbers_are_no_code(reason: str, typed: tuple[str, ...]) -> None:
    assert [parse_code(one) for one in typed] == [ParseRefused(reason)] * len(typed)


def test_a_customer_number_keeps_its_zeros() -> None:
    assert parse_customer_number("0000 0017") == Ok("00000017")


def test_the_delivery_address_of_an_invoice() -> None:
    assert sdi_code.parse("m5u xcr1") == Ok("M5UXCR1")
    assert sdi_code.parse("XXXXXXX", "DE") == Ok("XXXXXXX")
    assert sdi_code.parse("M5UXCR") == ParseRefused("sdi_code.public_office")
    assert sdi_code.parse("sdi@pec.fatturapa.it") == ParseRefused("sdi_code.exchange_address")


@given(st.text(max_size=300))
def test_no_parser_raises(text: str) -> None:
    for country in ("PL", "IT", "EU", "FR", "GR"):
        tax_number.parse(text, country)
    phone.parse(text, "PL")
    email.parse(text)
    parse_code(text)
    sdi_code.parse(text)
    parse_customer_number(text)


@given(st.text(alphabet="0123456789+-. ()@aAoOlIPLIT\ud800\u200b²", max_size=40))
def test_no_parser_raises_near_its_alphabet(text: str) -> None:
    test_no_parser_raises.hypothesis.inner_test(text)  # type: ignore[attr-defined]


def test_the_countries_of_the_economic_area_by_their_calling_codes() -> None:
    codes = phone.codes_of_eea()
    assert len(codes) == 30
    assert {48, 49, 370, 47, 354, 423} <= set(codes)
    assert not {41, 44, 380, 1, 7} & set(codes)
    assert phone.is_number_served("+37061234567", codes)
    assert not phone.is_number_served("+41791234567", codes)


def test_the_listed_calling_codes_are_those_of_the_rules() -> None:
    for region in {*phonenumbers.SUPPORTED_REGIONS, "XX"}:
        assert phone.calling_code(region) == phonenumbers.country_code_for_region(region)


def test_the_country_of_a_number_is_the_one_of_the_rules() -> None:
    for region in phonenumbers.SUPPORTED_REGIONS:
        number = phonenumbers.example_number(region)
        assert number is not None
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        assert phone.region(e164) == phonenumbers.region_code_for_number(number)
    assert [phone.region(number) for number in ("+80012345678", "+9991", "512", "")] == ["001", None, None, None]


def test_why_a_customer_number_is_none() -> None:
    for typed, reason in (("", "no_digits"), ("nie wiem", "no_digits"), ("1234567X", "odd_characters")):
        assert parse_customer_number(typed) == ParseRefused(f"customer_number.{reason}")
    for digits, reason in (("1234567", "too_short"), ("123456789", "too_long")):
        told = {"digits": len(digits), "expected": 8}
        assert parse_customer_number(digits) == ParseRefused(f"customer_number.{reason}", told)


# Signs as they are pasted: hyphens of any kind, what is never shown, the letters and marks of every script.

KINDS = {
    one: kind for one in map(chr, range(sys.maxunicode + 1)) if (kind := unicodedata.category(one)) in ("Pd", "Cf")
}
HYPHENS = [sign for sign, kind in KINDS.items() if kind == "Pd"] + ["\u2212"]
# Signs of format that are shown: of Arabic and Syriac numbers and verses, of hieroglyphs, of annotations.
SHOWN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, *range(0xFFF9, 0xFFFC), 0x110BD, 0x110CD}
SHOWN |= {*range(0x13430, 0x13440)}
OTHERS = (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2065, 0x3164, *range(0xFE00, 0xFE10), 0xFFA0)
UNSEEN = {sign for sign, kind in KINDS.items() if kind == "Cf" and ord(sign) not in SHOWN}
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


@all_rows
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
        assert a(ParseRefused, phone.parse(typed, "PL")).reason == "phone.several"
    assert tax_number.parse("1234563218 9876543210", "PL") == ParseRefused("tax_number.several")


@all_rows
def test_a_code_that_stands_twice_in_its_message_is_one(typed: str) -> None:
    assert parse_code(typed) == Ok("722199")
    assert isinstance(parse_codes(typed), Ok)


# Which domains are taken for a slip of a well-known mailbox, and which are somebody's own.


@all_rows
def test_a_slip_of_a_known_domain_is_told_from_it(slip: str, meant: str | None) -> None:
    assert email.guess_meant_domain(slip) == meant


@all_rows
def test_a_firms_own_domain_is_no_slip(own: str) -> None:
    assert email.guess_meant_domain(own) is None


def test_no_known_domain_is_a_slip_of_another() -> None:
    assert {known: email.guess_meant_domain(known) for known in email.KNOWN if email.guess_meant_domain(known)} == {}


def test_what_was_meant_is_known_and_keeps_the_name_in_front() -> None:
    assert email.likely_meant("anna.nowak+1@gmial.com") == "anna.nowak+1@gmail.com"
    assert email.likely_meant("anna.nowak+1@gmail.com") is None


# Masked contact data never shows more than it says it does.

anything = st.text(max_size=60)


@table(
    ("mask", "value", "shown"),
    [
        (masked.email, "anna@example.com", "a•••@example.com"),
        (masked.email, "a@example.com", "•••@example.com"),
        (masked.email, '"a@b"@example.com', '"•••@example.com'),
        (masked.email, "no address", "n••• a•••"),
        (masked.email, "@example.com", "@•••"),
        (masked.phone, phone.display("+48600700789"), "+48 ••• ••• 789"),
        (masked.phone, "+48600700789", "••• ••• 789"),
        (masked.phone, "12345", "••• •••"),
        (masked.words, "Anna Nowak", "A••• N•••"),
        (masked.words, "", "•••"),
    ],
)
def test_what_is_shown(mask: Callable[[str], str], value: str, shown: str) -> None:
    assert mask(value) == shown


@given(local=st.text(min_size=1, max_size=40), domain=st.from_regex(r"[a-z]{1,9}\.[a-z]{2,4}", fullmatch=True))
def test_of_an_address_the_first_sign_and_the_domain_at_most(local: str, domain: str) -> None:
    shown = masked.email(f"{local}@{domain}")

    assert shown in (f"{local[0]}•••@{domain}", f"•••@{domain}")
    assert len(local) > 1 or shown.startswith("•••")


@given(anything)
def test_of_a_number_three_signs_at_most(text: str) -> None:
    shown = masked.phone(text)
    assert len(shown.rpartition("•")[2].strip()) <= 3
    assert sum(sign.isalnum() for sign in shown) <= 3 + 4, "and the country"


@given(st.from_regex(r"\+[1-9][0-9]{0,2} [0-9]{3} [0-9]{3} [0-9]{3}", fullmatch=True))
def test_of_a_phone_number_the_middle_is_never_seen(number: str) -> None:
    code, *groups = number.split()

    assert masked.phone(number) == f"{code} ••• ••• {groups[-1]}"


@given(anything)
def test_how_long_a_word_is_stays_unknown(text: str) -> None:
    for word, shown in zip(text.split(), masked.words(text).split(), strict=False):
        assert shown in (f"{word[0]}•••", "•••")


@given(st.lists(st.text(alphabet="0123456789", min_size=6, max_size=14), min_size=2, max_size=2, unique=True))
def test_numbers_with_the_same_end_look_the_same(numbers: list[str]) -> None:
    for one, other in pairwise(numbers):
        assert masked.phone(one[:-3] + "789") == masked.phone(other[:-3] + "789")


# What is denied beside a street is no part of it; one with words of talk in its name stays whole.


@table(
    ("text", "street"),
    [("Polna 1a nie 1", "Polna 1a"), ("Polna 1a, a nie Polna", "Polna 1a"), ("Weg 3 statt 4", "Weg 3")],
)
def test_of_two_the_one_that_is_meant_is_taken(text: str, street: str) -> None:
    assert parse_street(text) == Ok(street)


def test_of_two_the_likelier_is_offered() -> None:
    assert parse_street("Via Roma 5 invece di 4") == Doubted("Via Roma 5")


@table("text", ["Polna 1a", "Via Non ti scordar di me 3", "ul. Nowa 7 m. 2", "Via 4 Novembre 1"])
def test_a_street_is_kept_as_typed(text: str) -> None:
    assert parse_street(text) == Ok(text)
