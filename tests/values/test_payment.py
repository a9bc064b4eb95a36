"""The text that a bank's app reads: both standards, field by field, and no code where one doesn't fit."""

from msgspec.structs import replace

from tests.table import table
from values.money import Money
from values.payment import QrText, Transfer, transfer_qr

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
    without = transfer_qr(replace(ITALIAN, bic=""), Money(5, "EUR"), "x")
    assert without is not None
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
    told = transfer_qr(to, ZLOTY, "T")
    assert told is not None
    assert "|Pracownia Bursztyn|" in told.text


def test_euro_may_be_sent_to_a_polish_account() -> None:
    told = transfer_qr(POLISH, EURO, "T")
    assert told is not None
    assert told.level == "M"
