"""A whole address typed where one part of it is asked for."""

from msgspec.structs import replace

from dialogs.state import Account, Cart, Company, ConversationState, LogIn
from tests.bot.conversation.test_words_at_steps import PROVEN
from tests.journeys.teller import Teller
from tests.table import table

MADE = Account(entry="buy", has_one="new", login=LogIn("a"), consents=())


def asked(name: str, locale: str, known: Company) -> Teller:
    """A customer whose company no register knows: its name is given, a part of its address asked for."""
    teller = Teller(name, locale)
    company = replace(known, lookup="not_found", source="customer", name="Firma")
    teller.read_books(PROVEN)
    cart, talk = Cart(closed="none"), teller.case.talk
    teller.case = ConversationState(talk=talk, account=MADE, company=company, cart=cart)
    return teller


POLISH, GERMAN = Company(tax_number="1234563218"), Company(tax_number="DE136695976")
ITALIAN = Company(tax_number="00743110157", legal_form="company")


@table(
    ("teller", "text", "address"),
    [
        (asked("fakturasmart", "pl", POLISH), "Polna 5, 00-001 Łódź", ("Polna 5", "00-001", "Łódź")),
        (asked("certified_platform", "it", ITALIAN), "Via Roma 12, 20121 Milano", ("Via Roma 12", "20121", "Milano")),
        (asked("kontorblatt", "de", GERMAN), "Hauptstr. 5, 10115 Berlin", ("Hauptstr. 5", "10115", "Berlin")),
    ],
)
def test_nothing_of_it_is_asked_again(teller: Teller, text: str, address: tuple[str, str, str]) -> None:
    assert teller.at == "company.street"
    teller.write(text)
    company = teller.firm
    assert (company.street, company.postal_code, company.city) == address
    assert teller.at == "company.confirm"


@table(
    ("teller", "text", "company"),
    [
        (
            asked("fakturasmart", "pl", POLISH),
            "Alfa sp. z o.o., ul. Polna 7/3, 00-950 Warszawa",
            ("Alfa sp. z o.o.", "ul. Polna 7/3", "00-950", "Warszawa"),
        ),
        (
            asked("fakturasmart", "pl", POLISH),
            "ul. Polna 7/3, 00-950 Warszawa, Alfa i Córki",
            ("Alfa i Córki", "ul. Polna 7/3", "00-950", "Warszawa"),
        ),
        (
            asked("certified_platform", "it", ITALIAN),
            "Ambra Srl, via Garibaldi 12, 20121 Milano",
            ("Ambra Srl", "via Garibaldi 12", "20121", "Milano"),
        ),
        (
            asked("fakturasmart", "en", POLISH),
            "Amber Ltd, 7 Polna Street, Warsaw 00-950",
            ("Amber Ltd", "7 Polna Street", "00-950", "Warsaw"),
        ),
        (
            asked("kontorblatt", "de", GERMAN),
            "Bernstein GmbH, 10115 Berlin, Hauptstr. 5",
            ("Bernstein GmbH", "Hauptstr. 5", "10115", "Berlin"),
        ),
    ],
)
def test_a_name_beside_an_address_is_the_companys(teller: Teller, text: str, company: tuple[str, ...]) -> None:
    case = teller.case
    teller.case = replace(case, company=replace(case.company, name=None))
    assert teller.at == "company.company_name"
    teller.write(text)
    now = teller.firm
    assert (now.name, now.street, now.postal_code, now.city) == company
    assert teller.at == "company.confirm"


def test_a_name_in_front_of_the_street_isnt_part_of_it() -> None:
    teller = asked("fakturasmart", "pl", POLISH)
    teller.write("Alfa sp. z o.o., ul. Polna 7/3, 00-950 Warszawa")
    assert (teller.firm.street, teller.at) == ("ul. Polna 7/3", "company.confirm")


def test_a_name_alone_is_the_name() -> None:
    teller = asked("fakturasmart", "pl", POLISH)
    teller.case = replace(teller.case, company=replace(teller.case.company, name=None))
    teller.write("Kowalski, Nowak i Wspólnicy, Kancelaria 24")
    assert (teller.firm.name, teller.at) == ("Kowalski, Nowak i Wspólnicy, Kancelaria 24", "company.street")


def test_a_code_with_its_town_and_a_town_with_the_code() -> None:
    teller = asked("kontorblatt", "de", replace(GERMAN, street="Hauptstr. 5"))
    teller.write("10115 Berlin")
    assert (teller.firm.postal_code, teller.firm.city) == ("10115", "Berlin")
    again = asked("kontorblatt", "de", replace(GERMAN, street="Hauptstr. 5", postal_code="10117"))
    again.write("10115 Berlin")
    assert again.firm.city == "Berlin"


def test_another_address_in_the_streets_place_takes_the_place_of_all() -> None:
    teller = asked("fakturasmart", "pl", POLISH)
    teller.write("Polna 5, 00-001 Łódź", "zmień ulicę", "Prosta 7, 30-100 Kraków")
    company = teller.firm
    assert (company.street, company.postal_code, company.city) == ("Prosta 7", "30-100", "Kraków")


@table("text", ["ul. 1905 Roku 3", "Polna 5, 1010 Wien"])
def test_what_is_no_address_of_the_companys_country_is_the_street(text: str) -> None:
    teller = asked("fakturasmart", "pl", POLISH)
    teller.write(text)
    assert (teller.firm.street, teller.at) == (text, "company.postal_code")
