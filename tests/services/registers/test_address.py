import tomllib
from pathlib import Path

from services.registers.address import Address, hyphened, of_lines, polish
from services.registers.vies import COUNTRIES
from tests.table import table

SAMPLES = tomllib.loads((Path(__file__).parent / "vies_addresses.toml").read_text("utf-8"))["address"]
"""Invented addresses in the forms of VIES; all in the street where a town could only be guessed."""


def parts(address: Address) -> tuple[str, str, str]:
    return address.street, address.postal_code, address.city


@table(
    ("text", "expected"),
    [
        ("ul. Długa 12/4, 80-831 Gdańsk", ("ul. Długa 12/4", "80-831", "Gdańsk")),
        ("DŁUGA 12 LOK. 4, 80-831 BIELSKO-BIAŁA", ("DŁUGA 12 LOK. 4", "80-831", "BIELSKO-BIAŁA")),
        ("WOLA 12,  05-123   WOLA KRZYSZTOPORSKA ", ("WOLA 12", "05-123", "WOLA KRZYSZTOPORSKA")),
        ("os. Młodych 7 05-123 Płock", ("os. Młodych 7", "05-123", "Płock")),
        ("Długa 12, Gdańsk", ("Długa 12, Gdańsk", "", "")),
        ("Długa 12-34 m 5, 80-831", ("Długa 12-34 m 5, 80-831", "", "")),
        ("ul. Prosta 20, 00-850 Warszawa, Polska", ("ul. Prosta 20", "00-850", "Warszawa")),
        ("Węgry 12, 49-300 Węgry", ("Węgry 12", "49-300", "Węgry")),
        ("", ("", "", "")),
    ],
)
def test_polish_addresses_on_one_line(text: str, expected: tuple[str, str, str]) -> None:
    assert parts(polish(text)) == expected


@table(
    ("text", "country", "expected"),
    [
        ("Via Garibaldi 21\n41121 Modena MO", "IT", ("Via Garibaldi 21", "41121", "Modena")),
        ("VIA GARIBALDI 21 \n41121 MODENA MO\n", "IT", ("VIA GARIBALDI 21", "41121", "MODENA")),
        ("12 quai des Chartrons\nBât. B\n33000 Bordeaux", "FR", ("12 quai des Chartrons, Bât. B", "33000", "Bordeaux")),
        ("ul. Długa 12/4\n80-831 Gdańsk", "PL", ("ul. Długa 12/4", "80-831", "Gdańsk")),
        ("ul. Długa 12/4, 80-831 Gdańsk", "PL", ("ul. Długa 12/4", "80-831", "Gdańsk")),
        ("Kärntner Str. 1\nAT-1010 Wien", "AT", ("Kärntner Str. 1", "1010", "Wien")),
        ("Kärntner Str. 1\nA-1010 Wien", "AT", ("Kärntner Str. 1", "1010", "Wien")),
        ("Somewhere", "IE", ("Somewhere", "", "")),
        ("", "IE", ("", "", "")),
    ],
)
def test_addresses_of_several_lines(text: str, country: str, expected: tuple[str, str, str]) -> None:
    assert parts(of_lines(text, country)) == expected


@table(("given", "written"), [("80831", "80-831"), ("80-831", "80-831"), (" 80831 ", "80-831"), ("", "")])
def test_postal_codes_get_their_hyphen(given: str, written: str) -> None:
    assert hyphened(given) == written


def test_every_country_of_vies_has_an_address_that_is_taken_apart_right() -> None:
    wrong: list[str] = []
    for sample in SAMPLES:
        read = of_lines(sample["text"], sample["country"])
        whole = (sample.get("street", ""), sample.get("postal_code", ""), sample.get("city", ""))
        if (*parts(read), read.country) != (*whole, sample.get("seat", "")):
            wrong.append(f"{sample['country']} {sample['text']!r}: {(*parts(read), read.country)}")
    assert not wrong, "\n".join(wrong)
    assert COUNTRIES - {sample["country"] for sample in SAMPLES} == {"DE"}, "it keeps addresses back"


@table(
    ("text", "expected", "country"),
    [
        ("HAUPTSTRASSE 12, 10115 BERLIN, NIEMCY", ("HAUPTSTRASSE 12", "10115", "BERLIN"), "DE"),
        ("LINDENWEG 3, D-80331 MONACHIUM, NIEMCY", ("LINDENWEG 3", "80331", "MONACHIUM"), "DE"),
        ("DAMRAK 12, 1012 LG AMSTERDAM, HOLANDIA", ("DAMRAK 12", "1012 LG", "AMSTERDAM"), "NL"),
        ("1 HIGH STREET, SW1A 1AA LONDYN, WIELKA BRYTANIA", ("1 HIGH STREET", "SW1A 1AA", "LONDYN"), "GB"),
        ("1 HIGH STREET, LONDON SW1A 1AA, WIELKA BRYTANIA", ("1 HIGH STREET", "SW1A 1AA", "LONDON"), "GB"),
        ("LIPOVÁ 1, 110 00 PRAHA 1, CZECHY", ("LIPOVÁ 1", "110 00", "PRAHA 1"), "CZ"),
        ("VIA LUNGA 1, 20121 MEDIOLAN, WŁOCHY", ("VIA LUNGA 1", "20121", "MEDIOLAN"), "IT"),
        ("SEESTRASSE 1, 8001 ZURYCH, SZWAJCARIA", ("SEESTRASSE 1", "8001", "ZURYCH"), "CH"),
        ("CHRESZCZATYK 1, KIJÓW, UKRAINA", ("CHRESZCZATYK 1, KIJÓW", "", ""), "UA"),
    ],
)
def test_a_seat_abroad_is_known_by_the_registers_last_word(
    text: str, expected: tuple[str, str, str], country: str
) -> None:
    read = polish(text)
    assert (parts(read), read.country) == (expected, country)
