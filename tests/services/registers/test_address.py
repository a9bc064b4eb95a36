from services.registers.address import Address, hyphened, of_lines, polish
from tests.table import table


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
