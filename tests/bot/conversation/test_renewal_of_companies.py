"""Renewal switched by an account whose companies have a contract each: of the one that is named, else it is asked."""

from datetime import timedelta
from itertools import product

from msgspec.structs import replace

from bot.conversation.inbound import Inbound, Text
from dialogs.messages.account import LoggedIn
from dialogs.messages.zone import SetAutoRenewal
from tests.dialogs.driver import NOW, Driver, known_account, known_company, known_order
from tests.journeys.teller import hearing, profile
from tests.table import table
from values.channel import Channel
from values.renewal import Owned

SELLERS = {"fakturasmart": ("pl", "it", "en"), "kontorblatt": ("de", "en")}
OFF = {
    "pl": ("wyłącz odnawianie{}", "nie odnawiaj usługi{}"),
    "it": ("disattiva il rinnovo{}", "non rinnovare il servizio{}"),
    "en": ("turn off renewal{}", "don't renew the service{}"),
    "de": ("Verlängerung{} ausschalten", "bitte nicht verlängern{}"),
}
NAMED = {
    "pl": (" dla firmy Bursztyn", " dla Pracowni Bursztyn"),
    "it": (" per Bursztyn", " dell'azienda Pracownia Bursztyn"),
    "en": (" for Bursztyn", " of Pracownia Bursztyn"),
    "de": (" für Bursztyn", " der Firma Bursztyn"),
}


def two_contracts(name: str, locale: str, *renewed: bool) -> Driver:
    """A customer in the zone whose two companies have a contract each, renewed or not."""
    driver, plan = Driver(profile(name).seller), profile(name).seller.plans[0].id
    driver.case = replace(driver.case, talk=replace(driver.case.talk, locale=locale, greeted=True))
    driver.press("start:log_in")
    first = replace(known_company(), name="Pracownia Bursztyn sp. z o.o.")
    second = replace(first, id="company-2", name="Zielony Młyn s.c.", tax_number="9876543210")
    owned = tuple(
        Owned(f"s{n}", plan, None, NOW + timedelta(days=300), auto_renewal=on, company_id=of.id)
        for n, (of, on) in enumerate(zip((first, second), renewed, strict=True))
    )
    view = known_account(company=first, orders=(known_order("paid", "paid"),), einvoice_status="active")
    return driver.happen(LoggedIn(replace(view, companies=(first, second), owned=owned)))


def switched(driver: Driver, name: str, text: str) -> list[tuple[bool, str]]:
    """The switches that a sentence causes: on or off, and whose."""
    before = len(driver.acts)
    inbound = Inbound(Channel.REST, "s", "k", Text(text))
    driver.happen(hearing(name).hear(inbound, driver.step, driver.context(driver.case)).said)
    return [(one.on, one.company) for one in driver.acts[before:] if isinstance(one, SetAutoRenewal)]


ROWS = [
    (name, locale, said, named)
    for name, locales in SELLERS.items()
    for locale in locales
    for said, named in product(OFF[locale], NAMED[locale])
]


@table("name, locale, said, named", ROWS)
def test_the_one_that_is_named_is_switched_alone(name: str, locale: str, said: str, named: str) -> None:
    customer = two_contracts(name, locale, True, True)
    assert switched(customer, name, said.format(named)) == [(False, known_company().id)]


@table("name, locale, said, named", ROWS)
def test_without_a_name_it_is_asked_where_two_renew(name: str, locale: str, said: str, named: str) -> None:
    customer = two_contracts(name, locale, True, True)
    assert switched(customer, name, said.format("")) == []
    offered = [one for one in customer.buttons if one.startswith("zone:renewal_off:")]
    assert len(offered) == 3
    customer.press(offered[1])
    assert [(one.on, one.company) for one in customer.acts if isinstance(one, SetAutoRenewal)] == [(False, "company-2")]


def test_where_one_renews_that_one_is_meant() -> None:
    customer = two_contracts("fakturasmart", "pl", False, True)
    assert switched(customer, "fakturasmart", "wyłącz odnawianie") == [(False, "company-2")]


def test_the_page_has_a_button_for_each_company() -> None:
    customer = two_contracts("fakturasmart", "pl", False, True).press("zone:renewal")
    assert customer.offered[:2] == [f"auto_renewal:yes:{known_company().id}", "auto_renewal:no:company-2"]
    customer.press(customer.offered[0])
    assert [(one.on, one.company) for one in customer.acts if isinstance(one, SetAutoRenewal)] == [
        (True, known_company().id)
    ]
