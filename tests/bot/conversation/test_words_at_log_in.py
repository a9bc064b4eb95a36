"""At a log-in nothing is answered as saved: a draft that nobody orders by changes nothing in the books."""

from itertools import product

from msgspec.structs import replace

from bot.conversation.inbound import Inbound, Text
from dialogs.messages.own_data import LogInOver
from dialogs.state import Account, ConversationState, LogIn
from tests.dialogs.driver import Driver, known_account, known_company, known_order
from tests.journeys.teller import hearing, profile
from tests.table import table
from values.channel import Channel

WISHES = {
    "pl": (
        "zrezygnuj z odnawiania",
        "nie odnawiaj",
        "włącz odnawianie",
        "płatność kartą",
        "zapłacę BLIKIEM",
        "mój telefon to 512 333 444",
        "faktury na adres ksiegowa@firma.pl",
        "zmień ulicę na Polna 7",
        "NIP 1234563218",
        "nasza firma to Bursztyn sp. z o.o.",
        "kod START20",
        "wyłącz e-faktury",
        "2 lata",
    ),
    "it": ("non rinnovare", "pago con carta", "il mio telefono è 333 987 6543", "la via è Via Roma 7", "due anni"),
    "en": ("turn off renewal", "no renewal please", "pay by card", "my phone is +48 512 333 444", "invoices to a@b.pl"),
    "de": ("nicht verlängern", "ich zahle mit Karte", "meine Telefonnummer ist +49 30 901820", "Straße: Am Markt 7"),
}
SELLERS = {
    **dict.fromkeys(("fakturasmart", "certified_platform", "r2platnik", "konto_insert", "vectra"), ("pl", "it", "en")),
    "kontorblatt": ("de", "en"),
}
SAVED = {"kit.kept", "kit.corrected", "kit.answer", "kit.chosen", "order.discount_taken"}
PAID = known_account(company=known_company(), orders=(known_order("paid", "paid"),), einvoice_status="active")


def led_there(name: str, locale: str, why: str, way: str) -> Driver:
    """A known customer at the log-in: after a silence, or named by the seller's site; `way`: by what they came on."""
    driver = Driver(profile(name).seller)
    login = LogIn("account-1", inside=True, told_by="site" if why == "proof" else None)
    driver.case = replace(ConversationState(account=Account(entry="log_in", login=login)))
    driver.case = replace(driver.case, talk=replace(driver.case.talk, locale=locale, greeted=True))
    driver.read_books(PAID)
    driver.happen(LogInOver(why))  # type: ignore[arg-type]
    assert driver.case.own_data.left is not None
    return driver.press(way) if way and way in driver.offers else driver


ROWS = [
    (name, locale, why, way)
    for name, locales in SELLERS.items()
    for locale, (why, way) in product(locales, (("idle", ""), ("proof", "start:forgot_password")))
]


@table("name, locale, why, way", ROWS)
def test_nothing_is_answered_as_saved(name: str, locale: str, why: str, way: str) -> None:
    for text in WISHES[locale]:
        driver = led_there(name, locale, why, way)
        before = replace(driver.case, talk=replace(driver.case.talk, misses=0))
        inbound = Inbound(Channel.REST, "s", "k", Text(text))
        driver.happen(hearing(name).hear(inbound, driver.step, driver.context(driver.case)).said)

        said = {say.key for say in driver.reply}
        assert not said & SAVED, f"{text}: {said}"
        for part in ("order", "cart", "company", "contact", "einvoice", "orderer"):
            assert getattr(driver.case, part) == getattr(before, part), f"{text}: {part} of {driver.at}"


def test_what_is_said_for_an_order_that_is_being_made_is_kept() -> None:
    driver = Driver(profile("fakturasmart").seller).press("start:buy", "account:existing")
    inbound = Inbound(Channel.REST, "s", "k", Text("zapłacę BLIKIEM"))
    driver.happen(hearing("fakturasmart").hear(inbound, driver.step, driver.context(driver.case)).said)
    assert driver.case.order.method == "blik"
