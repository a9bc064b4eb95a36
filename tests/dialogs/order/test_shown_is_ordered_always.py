"""What is shown is what is ordered, whatever a seller changes between any two presses of a purchase, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from dialogs.lost import fitted
from dialogs.messages.order import PlaceOrder
from dialogs.order.costs import cart, lines
from tests.dialogs.driver import Driver
from tests.dialogs.order.test_shown_is_ordered import SELLS_TWO, SOLO, TEAM, bought, dearer
from tests.table import table
from values.offer import DiscountCode
from values.seller import Seller
from values.term import term_of_years


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
    case = fitted(customer.case, customer.seller, lambda _key: True)
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
