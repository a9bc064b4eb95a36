"""The reasons a customer hears: phones, tax numbers, e-mails, codes."""

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.rows import all_rows
from tests.table import table
from values import email, phone, sdi_code, tax_number
from values.codes import TypedCodes, parse_code, parse_codes, parse_customer_number
from values.parsing import Ok, ParseRefused


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
    outcome = tax_number.parse(typed, country)
    assert isinstance(outcome, ParseRefused)
    assert outcome.reason == reason


def test_the_length_reason_says_how_many_digits_there_are() -> None:
    assert tax_number.parse("526025027", "PL") == ParseRefused("tax_number.too_short", {"digits": 9, "expected": 10})


@given(st.text(alphabet="0123456789", min_size=10, max_size=10))
def test_one_wrong_digit_never_passes_as_a_nip(digits: str) -> None:
    outcome = tax_number.parse(digits, "PL")
    if isinstance(outcome, Ok):
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


@table("typed", ["123456 654321", "kod 123456 albo 654321"])
def test_of_several_codes_none_is_tried(typed: str) -> None:
    assert parse_code(typed) == ParseRefused("code.several")


@table("typed", ["²³²³²³", "①②③④⑤⑥", "½½½½½½"])
def test_numbers_that_are_no_digits_are_no_code(typed: str) -> None:
    assert parse_code(typed) == ParseRefused("code.no_digits")


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
    assert phone.served("+37061234567", codes)
    assert not phone.served("+41791234567", codes)


def test_the_listed_calling_codes_are_those_of_the_rules() -> None:
    for region in {*phonenumbers.SUPPORTED_REGIONS, "XX"}:
        assert phone.calling_code(region) == phonenumbers.country_code_for_region(region)


def test_why_a_customer_number_is_none() -> None:
    for typed, reason in (("", "no_digits"), ("nie wiem", "no_digits"), ("1234567X", "odd_characters")):
        assert parse_customer_number(typed) == ParseRefused(f"customer_number.{reason}")
    for digits, reason in (("1234567", "too_short"), ("123456789", "too_long")):
        told = {"digits": len(digits), "expected": 8}
        assert parse_customer_number(digits) == ParseRefused(f"customer_number.{reason}", told)
