import tomllib
from pathlib import Path

from services.registers.address import Address, hyphenate_postal_code, of_lines, polish
from services.registers.vies import COUNTRIES
from tests.kit.rows import all_rows
from tests.table import table

SAMPLES = tomllib.loads((Path(__file__).parent / "vies_addresses.toml").read_text("utf-8"))["address"]
"""Invented addresses in the forms of VIES; all in the street where a town could only be guessed."""


def parts(address: Address) -> tuple[str, str, str]:
    return address.street, address.postal_code, address.city


@all_rows
def test_polish_addresses_on_one_line(text: str, expected: tuple[str, str, str]) -> None:
    assert parts(polish(text)) == expected


@all_rows
def test_addresses_of_several_lines(text: str, country: str, expected: tuple[str, str, str]) -> None:
    assert parts(of_lines(text, country)) == expected


@table(("given", "written"), [("80831", "80-831"), ("80-831", "80-831"), (" 80831 ", "80-831"), ("", "")])
def test_postal_codes_get_their_hyphen(given: str, written: str) -> None:
    assert hyphenate_postal_code(given) == written


def test_every_country_of_vies_has_an_address_that_is_taken_apart_right() -> None:
    wrong: list[str] = []
    for sample in SAMPLES:
        read = of_lines(sample["text"], sample["country"])
        whole = (sample.get("street", ""), sample.get("postal_code", ""), sample.get("city", ""))
        if (*parts(read), read.country) != (*whole, sample.get("seat", "")):
            wrong.append(f"{sample['country']} {sample['text']!r}: {(*parts(read), read.country)}")
    assert not wrong, "\n".join(wrong)
    assert COUNTRIES - {sample["country"] for sample in SAMPLES} == {"DE"}, "it keeps addresses back"


@all_rows
def test_a_seat_abroad_is_known_by_registers_last_word(text: str, expected: tuple[str, str, str], country: str) -> None:
    read = polish(text)
    assert (parts(read), read.country) == (expected, country)
