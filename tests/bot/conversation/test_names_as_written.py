"""A firm's name and a street are taken as they are written: no way to pay, year or code is read out of them."""

from msgspec.structs import replace

from bot.conversation.inbound import Inbound, Text
from dialogs.explorer.samples import MOMENT, typed_samples
from dialogs.kit import Context
from dialogs.state import Company, ConversationState
from tests.bot.conversation.test_whole_addresses import asked
from tests.journeys.teller import Teller, hearing, profile
from tests.kit.rows import all_rows
from tests.table import table
from values.channel import Channel
from values.meaning import Answer, Discount, Expects, Press, SentCode


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


NO_VALUE = (Expects.quantity, Expects.free_text)
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
    asked_for = [
        step for step in heard.journey.steps if step.parse is not None and step.expects is not Expects.quantity
    ]
    taken = (Answer, Discount, SentCode, Press)  # a country's own button may be called so
    read = {
        (step.path, text): heard.hear(Inbound(Channel.REST, "s", "k", Text(text)), step, ctx).said.meaning
        for step in asked_for
        for text in (*typed_samples(step, seller)[:1], *LIKE_WISHES.get(step.expects, ()))
    }
    assert [at for at, meant in read.items() if not isinstance(meant, taken)] == []
    assert {step.expects for step in asked_for} >= {*LIKE_WISHES}
