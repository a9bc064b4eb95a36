"""What is shown is what is ordered: no act counts on anything that the last message didn't show.

Whatever a seller changes between any two presses of a purchase, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from dialogs.kit import Word
from dialogs.lost import fit_case
from dialogs.messages.account import LoggedIn, PasswordSet
from dialogs.messages.order import PlaceOrder
from dialogs.order.cart_lines import lines
from dialogs.order.costs import cart
from tests.dialogs.driver import SELLER, Driver, activated, card_filled, contact_proven, known_order
from tests.dialogs.test_ordering_again import CARTS, comes_back, holder, told
from tests.table import table
from values.meaning import Discount
from values.money import Money
from values.offer import Addon, DiscountCode
from values.seller import Plan, Seller
from values.term import A_YEAR, TWO_YEARS, term_of_years

ROWS = ("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept")
YEARLY = (A_YEAR, TWO_YEARS)
SOLO, TEAM = Plan("solo", 49000, terms=YEARLY), Plan("team", 99000, terms=YEARLY)
SELLS_TWO = replace(
    SELLER,
    plans=(SOLO, TEAM),
    dialogs=("cart", *SELLER.dialogs),
    addons=(Addon("users", 1200, most=14),),
    discounts=(DiscountCode("START20", 20),),
)


def zlotys(minor: int) -> Money:
    return Money(minor, "PLN")


def dearer(seller: Seller) -> Seller:
    return replace(seller, plans=tuple(replace(plan, net=plan.net + 10000) for plan in seller.plans))


def at_the_card() -> Driver:
    """The card is shown, and nothing on it is answered but the company."""
    return contact_proven().write("1234563218").press("confirm:yes")


def bought(*chosen: str) -> Driver:
    """Something is chosen before the account; now the company is to be confirmed."""
    customer = Driver(SELLS_TWO).press("start:buy", *chosen, "account:new").write("jan@example.com")
    customer.happen(PasswordSet("page-set_password", "credential-1")).press("consents:required")
    return customer.prove_email().write("512 000 999", "123456", "1234563218")


def left(seller: Seller, customer: Driver) -> Driver:
    customer.seller = seller
    return customer


# --- whichever act comes first ---


@table("row", [*ROWS, "method:card", "auto_renewal:no"])
def test_a_raised_price_is_said_before_any_row_counts(row: str) -> None:
    customer = left(dearer(SELLER), at_the_card()).press(row)

    assert customer.heard == ["order.refused.price_changed"]
    assert (customer.reply[0].params["before"], customer.shown["gross"]) == (zlotys(36777), zlotys(49077))
    assert customer.case.order == at_the_card().case.order, "nothing counts on a sum that nobody has seen"
    assert customer.press(row).case.order != at_the_card().case.order


def test_the_second_change_is_said_as_the_first_was() -> None:
    customer = left(dearer(SELLER), card_filled()).press("pay:now")
    customer = left(dearer(customer.seller), customer).press("pay:now")

    assert (customer.heard, customer.done(PlaceOrder)) == (["order.refused.price_changed"], 0)
    assert customer.reply[0].params["before"] == zlotys(49077)
    assert customer.press("pay:now").case.order.pay == "now"


def test_a_question_in_the_middle_shows_the_change_as_well() -> None:
    customer = left(dearer(SELLER), card_filled()).want("ask_price")

    assert customer.heard[0] == "order.refused.price_changed"
    assert customer.press("pay:now").case.order.pay == "now"


def test_a_reminder_shows_the_change_and_what_it_shows_counts() -> None:
    customer = card_filled()
    customer.now += timedelta(hours=3)
    customer = left(dearer(SELLER), customer).timer("silence")

    assert customer.heard == ["kit.reminder", "order.refused.price_changed"]
    assert customer.press("pay:now").case.order.pay == "now"


def test_a_tick_can_be_taken_back_whatever_has_changed() -> None:
    assert left(dearer(SELLER), card_filled()).press("terms:withdraw").case.order.terms is None


def test_a_price_raised_between_cart_and_card_is_said_at_the_card() -> None:
    customer = left(dearer(SELLS_TWO), bought("plan:solo", "addons:none"))
    customer.press("confirm:yes")

    assert customer.heard == ["company.saved", "order.refused.price_changed"]
    assert customer.press("auto_renewal:yes").case.order.auto_renewal is True
    assert customer.heard == [], "once is enough"


def test_a_price_raised_while_the_company_is_changed_is_said_back_at_the_card() -> None:
    customer = card_filled().press("edit:confirm")
    customer = left(dearer(SELLER), customer).press("confirm:yes")

    assert "order.refused.price_changed" in customer.heard


def test_an_order_placed_long_ago_has_no_say_in_the_next_cart() -> None:
    customer = bought("plan:solo", "addons:none").press("confirm:yes", *ROWS, "years:1").press("pay:now")

    assert customer.case.order.id is not None
    assert customer.case.talk.shown is None


def test_what_the_customer_changes_is_no_change_of_the_sellers() -> None:
    customer = at_the_card().press(*ROWS).say(Discount("START20"))

    assert customer.heard == ["order.discount_taken"]
    assert customer.press("pay:now").case.order.pay == "now"


# --- a plan that is withdrawn ---


@table("pressed", ["addons:none", "addons:users", "account:new", "/help"])
def test_a_withdrawn_plan_is_asked_anew_though_only_one_is_left(pressed: str) -> None:
    customer = Driver(SELLS_TWO).press("start:buy", "plan:solo")
    customer = left(replace(SELLS_TWO, plans=(TEAM,)), customer).press(pressed)

    assert (customer.at, customer.offers[0], customer.case.cart.plan) == ("cart.plan", "plan:team", None)
    assert customer.case.cart.closed is None, "a press on a button shown for another plan isn't one for this"
    assert customer.press("plan:team").at == "cart.addons"


def test_a_code_before_the_plan_is_answered_by_its_size_and_no_sum() -> None:
    customer = Driver(SELLS_TWO).say(Discount("START20"))

    assert customer.heard == ["kit.greeting", "order.discount_noted"]
    assert "gross" not in customer.reply[-1].params
    assert customer.press("start:buy", "plan:team").shown["discount"] == "START20"


@table("way", [["discount:skip"], ["edit:discount", "discount:skip"]])
def test_a_code_is_taken_out_again(way: list[str]) -> None:
    customer = card_filled().say(Discount("START20")).press(*way)

    assert (customer.heard, customer.case.order.discount) == (["order.discount_removed"], None)
    assert customer.shown["gross"] == zlotys(36777)
    assert customer.press("discount:skip").heard == ["order.discount_how"]


# --- what is remembered ---

TERMS = replace(CARTS, plans=(Plan("standard", 29900, terms=YEARLY),))
HOLDER = holder(orders=(known_order("paid", "paid", items=(("standard", 1),), term=TWO_YEARS, method="transfer"),))


def test_the_term_seen_before_the_log_in_is_the_one_on_the_card() -> None:
    customer = told(Driver(seller=TERMS), HOLDER).press("start:buy", "addons:users").write("2")
    assert customer.shown["years"] == 1
    customer.press("addons:none", "account:existing").happen(LoggedIn(HOLDER))

    assert (customer.shown["years"], customer.case.order.years) == (1, 1)
    assert customer.press("years:2").case.order.years == 2


def test_the_term_that_an_order_takes_over_from_the_last_one_is_said() -> None:
    [told] = [say for say in comes_back(HOLDER, TERMS).press("start:buy").reply if say.key == "order.as_last_time"]
    assert told.params["what"] == (Word("option.years.2"),)


def test_whoever_wants_to_buy_once_more_reads_todays_price() -> None:
    customer = activated()
    customer.seller = dearer(SELLER)
    customer.press("zone:company_data").press("edit:street").want("choose_plan")

    assert "order.cart" not in customer.heard


def without(plan_id: str) -> Callable[[Seller], Seller]:
    def withdrawn(seller: Seller) -> Seller:
        left = tuple(plan for plan in seller.plans if plan.id != plan_id)
        return replace(seller, plans=left) if left else seller

    return withdrawn


def sold_again(seller: Seller) -> Seller:
    prices = {plan.id: plan.net for plan in seller.plans}
    return replace(seller, plans=tuple(replace(plan, net=prices.get(plan.id, plan.net)) for plan in (SOLO, TEAM)))


def of_terms(*years: int) -> Callable[[Seller], Seller]:
    return lambda seller: replace(
        seller, plans=tuple(replace(plan, terms=tuple(map(term_of_years, years))) for plan in seller.plans)
    )


def reworded(name: str) -> Callable[[Seller], Seller]:
    def said_otherwise(seller: Seller) -> Seller:
        return replace(
            seller,
            documents=tuple(
                replace(one, version=f"{one.version}+") if one.id == name else one for one in seller.documents
            ),
        )

    return said_otherwise


CHANGES: dict[str, Callable[[Seller], Seller]] = {
    "dearer": dearer,
    "solo withdrawn": without("solo"),
    "team withdrawn": without("team"),
    "both sold": sold_again,
    "one year": of_terms(1),
    "two years": of_terms(2),
    "two years or one": of_terms(2, 1),
    "terms": reworded("terms"),
    "clauses": reworded("clauses"),
    "methods": lambda seller: replace(seller, methods=("card", "transfer")),
    "all methods": lambda seller: replace(seller, methods=SELLS_TWO.methods),
    "VAT": lambda seller: replace(seller, vat_percent=31 - seller.vat_percent),
    "code": lambda seller: replace(seller, discounts=(DiscountCode("START20", 50),)),
}
SAID = (
    *("auto_renewal:yes", "auto_renewal:no", "method:card", "method:blik", "years:1", "years:2"),
    *("terms:accept", "clauses:accept", "terms:withdraw", "pay:now", "plan:solo", "plan:team", "addons:none"),
    *("edit:confirm", "confirm:yes", "discount:skip", "/help", "edit:years"),
)


class Offer(Struct, frozen=True):
    """What a message shows: the sum, what it is for, and the words of the documents."""

    gross: Any
    lines: Any
    words: tuple[tuple[str, str], ...]


def offer(customer: Driver) -> Offer:
    case = fit_case(customer.case, customer.seller, lambda _key: True)
    ctx = customer.context(case)
    words = tuple((one.id, f"{one.version}/{one.fingerprint(case.talk.locale)}") for one in customer.seller.documents)
    return Offer(cart(case.order, ctx), lines(case.order, ctx), words)


@dataclass
class Shown:
    """What the last message showed, and how often something counted on it."""

    customer: Driver
    offer: Offer
    counted: int = 0


def shopping(chosen: str) -> Shown:
    """Somebody who has a plan in the cart, and has confirmed their company."""
    customer = bought(f"plan:{chosen}", "addons:none").press("confirm:yes")
    return Shown(customer, offer(customer))


def pressed(shown: Shown, payload: str) -> None:
    """Press it; what counts must have been shown."""
    customer = shown.customer
    before, offered, placed = customer.case, offer(customer), customer.done(PlaceOrder)
    customer.press(payload)
    prove(shown, before, offered, payload)
    if customer.done(PlaceOrder) > placed:
        prove_order(shown)
    if customer.asked and customer.at.startswith(("order.", "cart.addons")):
        shown.offer = offer(customer)


def prove(shown: Shown, before: Any, offered: Offer, payload: str) -> None:
    case, seen = shown.customer.case, shown.offer
    given = [one for one in case.order.accepted if one.given and one not in before.order.accepted]
    bound = case.order.pay is not None and before.order.pay is None
    chose = {"method": (before.order.method, case.order.method), "auto_renewal": (before.order.auto_renewal, True)}
    was, now = chose.get(payload.partition(":")[0], (None, None))
    took = payload == "method:card" and now == "card" and was != "card"
    if not (given or bound or took):
        return
    shown.counted += 1
    assert (offered.gross, offered.lines) == (seen.gross, seen.lines), payload
    words = dict(seen.words)
    assert all(f"{one.version}/{one.words}" == words[one.id] for one in given), payload


def prove_order(shown: Shown) -> None:
    seen = shown.offer
    order = next(act for act in reversed(shown.customer.acts) if isinstance(act, PlaceOrder))
    assert (order.price, order.lines) == (seen.gross, seen.lines)
    standing = {one.id: f"{one.version}/{one.words}" for one in order.accepted if one.given}
    assert all(standing[name] == dict(seen.words)[name] for name in order.documents)


def buys(shopper: Shown) -> None:
    """Whatever has changed, who answers what is asked comes to the order."""
    for _ in range(40):
        if shopper.customer.case.order.id is not None:
            return
        offers = [one for one in shopper.customer.offers if not one.startswith(("/", "edit:"))]
        likely = ("addons:none", "pay:now", "discount:skip")
        pressed(shopper, next((one for one in offers if one in likely), offers[0]))
    raise AssertionError(f"never ordered: {shopper.customer.at}")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["solo", "team"]),
    st.lists(st.tuples(st.lists(st.sampled_from(sorted(CHANGES)), max_size=2), st.sampled_from(SAID)), max_size=14),
)
def test_no_act_counts_on_what_the_last_message_did_not_show(chosen: str, course: list[tuple[list[str], str]]) -> None:
    shopper = shopping(chosen)
    for changes, payload in course:
        for change in changes:
            shopper.customer.seller = CHANGES[change](shopper.customer.seller)
        if shopper.customer.case.order.id is None:
            pressed(shopper, payload)
    if shopper.customer.case.order.id is None:
        buys(shopper)
    assert shopper.counted, "something did count in the end"


@table("change", CHANGES)
def test_any_one_change_before_each_of_the_rows_is_met(change: str) -> None:
    for at in range(6):
        shopper = shopping("solo")
        for n, payload in enumerate(("auto_renewal:yes", "method:card", "years:1", "terms:accept", "clauses:accept")):
            if n == at:
                shopper.customer.seller = CHANGES[change](shopper.customer.seller)
            pressed(shopper, payload)
        if at == 5:
            shopper.customer.seller = CHANGES[change](shopper.customer.seller)
        pressed(shopper, "pay:now")
        if shopper.customer.case.order.id is None:
            buys(shopper)
