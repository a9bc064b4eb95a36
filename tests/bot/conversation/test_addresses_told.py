"""An address told in a sentence where the old one is shown: taken whole, from the street on, and never the old one."""

from dialogs.state import Company
from tests.bot.conversation.test_whole_addresses import asked
from tests.journeys.teller import Teller
from tests.kit.rows import all_rows
from tests.table import table

SHOWN = Company(
    tax_number="1234563218",
    lookup="found",
    source="mf",
    check="verified",
    street="ul. Długa 12/4",
    postal_code="80-831",
    city="Gdańsk",
)
WHOLE = ("Krótka 5", "81-001", "Gdynia")
SHORT_STREET = ("ul. Krótka 5", "81-001", "Gdynia")


def shown(locale: str) -> Teller:
    return asked("fakturasmart", locale, SHOWN)


def address(teller: Teller) -> tuple[str | None, ...]:
    known = teller.firm
    return known.street, known.postal_code, known.city


@table(
    ("locale", "text", "now"),
    [
        ("pl", "zmień adres na Krótka 5, 81-001 Gdynia", WHOLE),
        ("pl", "nowy adres: ul. Krótka 5, 81-001 Gdynia", SHORT_STREET),
        ("pl", "ul. Krótka 5, 81-001 Gdynia", SHORT_STREET),
        ("pl", "mój nowy adres to Krótka 5, 81-001 Gdynia, reszta ok", WHOLE),
        ("it", "cambia l’indirizzo in via Corta 5, 81-001 Gdynia", ("via Corta 5", "81-001", "Gdynia")),
        ("it", "nuovo indirizzo: via Corta 5, 81-001 Gdynia", ("via Corta 5", "81-001", "Gdynia")),
        ("en", "change the address to Krótka 5, 81-001 Gdynia", WHOLE),
        ("en", "new address: ul. Krótka 5, 81-001 Gdynia", SHORT_STREET),
        ("pl", "kod 81-001, miejscowość Gdynia", ("ul. Długa 12/4", "81-001", "Gdynia")),
        ("it", "CAP 81-001, città Gdynia", ("ul. Długa 12/4", "81-001", "Gdynia")),
        ("en", "postal code 81-001, town Gdynia", ("ul. Długa 12/4", "81-001", "Gdynia")),
    ],
)
def test_a_whole_address_takes_the_place_of_the_old_one_at_once(
    locale: str, text: str, now: tuple[str, str, str]
) -> None:
    teller = shown(locale)
    teller.write(text)

    assert (address(teller), teller.at) == (now, "company.confirm")


@all_rows
def test_a_street_is_taken_out_of_its_sentence(locale: str, text: str, street: str) -> None:
    teller = shown(locale)
    teller.write(text)

    assert (address(teller), teller.at) == ((street, "80-831", "Gdańsk"), "company.confirm")


@table(
    ("locale", "text"),
    [
        *(("pl", "przenieśliśmy się do Gdyni"), ("pl", "przeprowadziliśmy się, teraz Gdynia")),
        *(("it", "ci siamo trasferiti a Milano"), ("en", "we moved to Gdynia"), ("en", "we have relocated to Gdynia")),
    ],
)
def test_a_town_is_no_street_so_the_street_is_asked_for(locale: str, text: str) -> None:
    teller = shown(locale)
    teller.write(text)

    assert (address(teller)[0], teller.at) == ("ul. Długa 12/4", "company.street")


@all_rows
def test_an_address_of_before_or_of_somebody_else_changes_nothing(locale: str, text: str) -> None:
    teller = shown(locale)
    teller.write(text)

    assert address(teller) == ("ul. Długa 12/4", "80-831", "Gdańsk")


@all_rows
def test_a_house_number_changes_that_and_nothing_else(locale: str, text: str) -> None:
    teller = shown(locale)
    teller.write(text)

    assert (address(teller), teller.at) == (("ul. Długa 18/4", "80-831", "Gdańsk"), "company.confirm")


def test_a_sentence_at_the_street_gives_the_street_alone() -> None:
    teller = asked("fakturasmart", "pl", Company(tax_number="1234563218"))
    teller.write("w rejestrze jest stary adres, przeprowadziliśmy się w maju na ul. Nową 7")

    assert (teller.firm.street, teller.at) == ("ul. Nowa 7", "company.postal_code")
