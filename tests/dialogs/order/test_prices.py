"""A price question is answered with the price of what was asked for."""

from msgspec.structs import replace

from dialogs.kit import Said, Word
from dialogs.messages.order import PlaceOrder
from tests.dialogs.driver import SELLER, Driver, contact_proven, paid
from tests.journeys.teller import profile
from tests.table import table
from values.meaning import Intent
from values.money import Money
from values.offer import Addon
from values.renewal import Program, RenewalRules
from values.seller import Plan, Seller
from values.term import read_term, term_of_years

TWO = replace(SELLER, dialogs=("cart", *SELLER.dialogs), plans=(Plan("start", 58800), Plan("pro", 99000)))


def asked(customer: Driver, *about: str) -> list[tuple[str, Money]]:
    """Ask for a price, and give products and net prices of the answer."""
    customer.hear(Said(Intent("ask_price", 0.9), typed=True, about=about))
    told: list[tuple[str, Money]] = []
    line = customer.reply[-1].params.get("prices")
    while isinstance(line, Word):
        params = dict(line.params)
        product, net = params["product"], params["net"]
        assert isinstance(product, Word)
        assert isinstance(net, Money)
        told.append((product.key, net))
        line = params["rest"]
    return told


def test_a_plan_that_is_named_is_told_before_and_after_another_is_chosen() -> None:
    customer = Driver(TWO).press("start:buy")
    assert asked(customer, "pro") == [("plan.pro", Money(99000, "PLN"))]
    assert customer.at == "cart.plan"

    customer.press("plan:pro")
    assert asked(customer, "start") == [("plan.start", Money(58800, "PLN"))]


def test_before_anything_is_chosen_all_plans_are_told_and_afterwards_the_cart() -> None:
    customer = Driver(TWO).press("start:buy")
    assert [name for name, _ in asked(customer)] == ["plan.start", "plan.pro"]

    customer.press("plan:pro")
    assert asked(customer) == []
    assert customer.heard == ["order.cart"]


def test_a_named_plan_is_told_in_the_zone_instead_of_the_last_order() -> None:
    name = SELLER.plans[0].id
    assert [product for product, _ in asked(paid().press("einvoice:later"), name)] == [f"plan.{name}"]


@table(
    ("years", "chosen", "told"),
    [
        ((1,), "", "Płaci się z góry za cały okres (1\xa0rok); innych okresów nie ma."),
        ((1, 2), "", "Okresy do wyboru, zależnie od planu: 1\xa0rok i 2\xa0lata, płatne z góry. Innych nie ma."),
        ((1, 2), "pro", "Okresy do wyboru: 1\xa0rok i 2\xa0lata, płatne z góry. Innych nie ma."),
        ((1, 2), "start", "Płaci się z góry za cały okres (1\xa0rok); innych okresów nie ma."),
    ],
)
def test_terms_are_those_of_the_plan_or_of_any(years: tuple[int, ...], chosen: str, told: str) -> None:
    customer = Driver(
        replace(TWO, plans=(Plan("start", 58800), Plan("pro", 99000, tuple(map(term_of_years, years)))))
    ).press("start:buy")
    customer.press(*([f"plan:{chosen}"] if chosen else []))
    assert said(customer.want("ask_term")) == told


MONTH, QUARTER, YEAR = map(read_term, ("1 month", "3 months", "1 year"))
BY_MONTHS = Plan("standard", 49000, (MONTH, QUARTER, YEAR), nets=((MONTH, 4900), (YEAR, 49000)))


def test_each_term_is_offered_with_its_sum_and_the_longest_with_what_it_saves() -> None:
    setup = Addon("setup", 30000, once=True, required=True)
    customer = contact_proven(replace(SELLER, plans=(BY_MONTHS,), addons=(setup,), auto_renewal="none"))
    customer.write("1234563218").press("confirm:yes", "method:blik")
    ways = customer.journey.offered(customer.step, customer.context(customer.case))
    found = {way.payload: way.params["gross"] for way in ways if way.key == "option.term"}
    assert found == {"term:1m": Money(42927, "PLN"), "term:3m": Money(51968, "PLN"), "term:1y": Money(97170, "PLN")}
    assert customer.shown["instead"] == Money(12 * 6027 + 36900, "PLN"), "the set-up is paid once"
    assert {way.params["instead"] for way in ways if way.key == "option.term"} == {None}
    customer.channel = "web"  # whose card asks by its buttons alone
    ways = customer.journey.offered(customer.step, customer.context(customer.case))
    assert [way.params["instead"] for way in ways if way.key == "option.term"] == [None, None, Money(109224, "PLN")]
    customer.press("term:3m", "terms:accept", "clauses:accept", "pay:now")
    [placed] = [act for act in customer.acts if isinstance(act, PlaceOrder)]
    assert ([line.term for line in placed.lines], customer.case.order.years) == ([QUARTER, QUARTER], None)


RENEWING = replace(SELLER, renewal=RenewalRules(charge_days=7), addons=(Addon("help", 1000),), auto_renewal="offer")
LICENSED = (Program("r2", "subscription", "standard"),)


@table(
    ("seller", "told"),
    [
        (replace(RENEWING, auto_renewal="none"), "Nic nie odnawia się samo"),
        (replace(RENEWING, renewal=None), "Nic nie odnawia się samo"),
        (
            RENEWING,
            "Tylko jeśli włączysz odnawianie, odnawia się usługa z dodatkami: 7\xa0dni przed końcem okresu przyślemy",
        ),
        (replace(RENEWING, addons=()), "odnawia się usługa: 7"),
        (replace(RENEWING, chargeable=("card",)), "pobierzemy opłatę (Karta) albo przyślemy link"),
        (replace(RENEWING, auto_renewal="obligatory"), "Odnawia się usługa z dodatkami: 7"),
        (replace(RENEWING, auto_renewal="with_method", chargeable=("card",)), "opłacone tak: Karta (7"),
        (replace(RENEWING, programs=LICENSED), "Jednorazowo, bez odnawiania: FakturaSmart Standard."),
    ],
)
def test_what_renews_follows_from_the_offer(seller: Seller, told: str) -> None:
    answer = said(Driver(seller).press("start:buy").want("ask_renewal"))
    assert told in answer
    assert ("Jednorazowo" in answer) is bool(seller.programs)


def test_what_is_sold_once_is_told_alone_where_it_alone_is_asked_about() -> None:
    customer = Driver(replace(RENEWING, addons=(Addon("setup", 30000, once=True), Addon("help", 1000)))).press(
        "start:buy"
    )
    for about, mode in ((("setup",), "once"), (("help",), "offer"), ((), "offer")):
        customer.hear(Said(Intent("ask_renewal", 0.9), about=about))
        assert (customer.heard[0], customer.reply[0].params["mode"]) == ("order.renews", mode)


def test_a_price_in_other_money_is_told_in_the_one_there_is() -> None:
    customer = Driver(TWO).press("start:buy").want("ask_price_in")
    assert customer.heard == ["kit.aside.currency", "order.prices"]
    assert said(customer) == "Ceny i płatności są tu tylko w PLN."


def test_a_free_version_may_be_tried() -> None:
    assert Driver(replace(SELLER, free_version="free")).want("ask_trial").heard[-1] == "zone.free_version_where"


def said(customer: Driver) -> str:
    """Return the last answer's first words, as the first language has them."""
    return profile("fakturasmart").renderer().say(customer.reply[0], "pl")
