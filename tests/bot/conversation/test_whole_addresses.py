"""A whole address typed where one part of it is asked for, or told in a sentence where the old one is shown.

It is taken whole, as it is written: no way to pay, year or code is read out of it."""

from msgspec.structs import replace

from bot.conversation.inbound import Inbound, Text
from dialogs.explorer.samples import MOMENT, typed_samples
from dialogs.kit import Context
from dialogs.state import Account, Cart, Company, ConversationState, LogIn
from tests.bot.conversation.test_words_at_steps import PROVEN
from tests.journeys.teller import Teller, hearing, profile
from tests.kit.rows import all_rows
from tests.table import table
from values.channel import Channel
from values.meaning import Answer, Discount, Expects, Press, SentCode

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


ASKED = {
    "pl": ("fakturasmart", "pl", POLISH),
    "en": ("fakturasmart", "en", POLISH),
    "it": ("certified_platform", "it", ITALIAN),
    "de": ("kontorblatt", "de", GERMAN),
}


@table(
    ("locale", "text", "company"),
    [
        ("pl", "Alfa sp. z o.o., ul. Polna 7/3, 00-950 Warszawa", "Alfa sp. z o.o.|ul. Polna 7/3|00-950|Warszawa"),
        ("pl", "ul. Polna 7/3, 00-950 Warszawa, Alfa i Córki", "Alfa i Córki|ul. Polna 7/3|00-950|Warszawa"),
        ("it", "Ambra Srl, via Garibaldi 12, 20121 Milano", "Ambra Srl|via Garibaldi 12|20121|Milano"),
        ("en", "Amber Ltd, 7 Polna Street, Warsaw 00-950", "Amber Ltd|7 Polna Street|00-950|Warsaw"),
        ("de", "Bernstein GmbH, 10115 Berlin, Hauptstr. 5", "Bernstein GmbH|Hauptstr. 5|10115|Berlin"),
    ],
)
def test_a_name_beside_an_address_is_the_companys(locale: str, text: str, company: str) -> None:
    teller = asked(*ASKED[locale])
    case = teller.case
    teller.case = replace(case, company=replace(case.company, name=None))
    assert teller.at == "company.company_name"
    teller.write(text)
    now = teller.firm
    assert [now.name, now.street, now.postal_code, now.city] == company.split("|")
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


def told(locale: str, text: str) -> Teller:
    """The customer at the company found, who has written the text."""
    teller = asked("fakturasmart", locale, SHOWN)
    teller.write(text)
    return teller


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
def test_a_whole_address_takes_the_place_of_old_one_at_once(locale: str, text: str, now: tuple[str, str, str]) -> None:
    teller = told(locale, text)
    assert (address(teller), teller.at) == (now, "company.confirm")


@all_rows
def test_a_street_is_taken_out_of_its_sentence(locale: str, text: str, street: str) -> None:
    teller = told(locale, text)
    assert (address(teller), teller.at) == ((street, "80-831", "Gdańsk"), "company.confirm")


@table(
    ("locale", "text"),
    [
        *(("pl", "przenieśliśmy się do Gdyni"), ("pl", "przeprowadziliśmy się, teraz Gdynia")),
        *(("it", "ci siamo trasferiti a Milano"), ("en", "we moved to Gdynia"), ("en", "we have relocated to Gdynia")),
    ],
)
def test_a_town_is_no_street_so_the_street_is_asked_for(locale: str, text: str) -> None:
    teller = told(locale, text)
    assert (address(teller)[0], teller.at) == ("ul. Długa 12/4", "company.street")


@all_rows
def test_an_address_of_before_or_of_somebody_else_changes_nothing(locale: str, text: str) -> None:
    teller = told(locale, text)
    assert address(teller) == ("ul. Długa 12/4", "80-831", "Gdańsk")


@all_rows
def test_a_house_number_changes_that_and_nothing_else(locale: str, text: str) -> None:
    teller = told(locale, text)
    assert (address(teller), teller.at) == (("ul. Długa 18/4", "80-831", "Gdańsk"), "company.confirm")


def test_a_sentence_at_the_street_gives_the_street_alone() -> None:
    teller = asked("fakturasmart", "pl", Company(tax_number="1234563218"))
    teller.write("w rejestrze jest stary adres, przeprowadziliśmy się w maju na ul. Nową 7")

    assert (teller.firm.street, teller.at) == ("ul. Nowa 7", "company.postal_code")


def at(locale: str, name: str | None) -> Teller:
    teller = asked("fakturasmart", locale, Company(tax_number="8123456782"))
    teller.case = replace(teller.case, company=replace(teller.case.company, name=name))
    return teller


@all_rows
def test_a_name_made_of_ways_to_pay_years_or_codes_is_the_name(locale: str, name: str) -> None:
    teller = at(locale, None)
    teller.write(name)

    assert (teller.at, teller.firm.name) == ("company.street", name)
    assert (teller.case.order.method, teller.case.order.years, teller.case.order.discount) == (None, None, None)


@table("street", ["ul. PayPala 3", "ul. START20 4", "ul. 2 Lat 3"])
def test_so_is_a_street(street: str) -> None:
    teller = at("pl", "Firma")
    teller.write(street)

    assert (teller.at, teller.firm.street) == ("company.postal_code", street)
    assert (teller.case.order.method, teller.case.order.discount) == (None, None)


@table(("locale", "text"), [("pl", "zapłacę BLIKIEM"), ("pl", "kod START20"), ("en", "code START20")])
def test_a_wish_about_the_order_is_no_name(locale: str, text: str) -> None:
    teller = at(locale, None)
    teller.write(text)

    assert (teller.at, teller.firm.name) == ("company.company_name", None)


def test_neither_is_a_call_for_a_person_written_large() -> None:
    teller = at("pl", None)
    teller.write("CHCĘ ROZMAWIAĆ Z KONSULTANTEM")

    assert teller.firm.name is None


LIKE_WISHES = {
    Expects.company_name: (
        "Druga Firma sp. z o.o.",
        "Nowa Firma S.r.l.",
        "Zmiana Danych sp. z o.o.",
        "Second Company Ltd",
    ),
    Expects.street: ("ul. Nowa Firma 3", "ul. Zmiana Danych 7", "Via Nuova Azienda 3"),
}


@table("name", ("konto_insert", "certified_platform"))
def test_a_value_at_the_step_that_asks_for_it_is_its_answer(name: str) -> None:
    heard, seller, started = hearing(name), profile(name).seller, ConversationState()
    ctx = Context(started, MOMENT, "rest", seller)
    asked_for = [s for s in heard.journey.steps if s.parse is not None and s.expects is not Expects.quantity]
    taken = (Answer, Discount, SentCode, Press)  # a country's own button may be called so
    read = {
        (step.path, text): heard.hear(Inbound(Channel.REST, "s", "k", Text(text)), step, ctx).said.meaning
        for step in asked_for
        for text in (*typed_samples(step, seller)[:1], *LIKE_WISHES.get(step.expects, ()))
    }
    assert [at for at, meant in read.items() if not isinstance(meant, taken)] == []
    assert {step.expects for step in asked_for} >= {*LIKE_WISHES}
