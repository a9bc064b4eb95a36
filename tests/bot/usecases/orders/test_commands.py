"""Commands about orders: what is refused and why, what is recorded, who hears of it.

A lapsed order is ordered anew only as it was: by what is sold, asked and agreed to today.
"""

from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.usecases.billing.commands import open_payment
from bot.usecases.orders import commands
from dialogs.messages.order import (
    CancelOrder,
    CheckDiscount,
    DiscountGood,
    DiscountSpent,
    LapsedOrderChanged,
    OrderCancelled,
    OrderPlaced,
    OrderRefused,
    OrderStands,
    PlaceOrder,
)
from dialogs.messages.payment import OpenPayment
from dialogs.state import PlacedOrder
from dialogs.versions import dump, load
from services.accounts import consents
from services.einvoicing import einvoices
from services.orders import order_record
from services.orders.pricing import Item, PricingDiscount, price
from services.payments import book, record
from services.store.tables.core import conversation as talks
from tests.bot.usecases.commanding import SELLER, deps, turn
from tests.kit.narrow import a, present
from tests.services.domain.people import NOW, PLAN, buyer, conversation, later, placed, sign_up, to_pay, try_to_place
from tests.services.domain.test_payments import opened, paid
from values.account_view import OrdererDetails
from values.consent import Acceptance
from values.offer import DiscountCode
from values.order import CartLine
from values.seller import Seller
from values.term import A_YEAR

NUMBER = "FS/2026/000001"
CHEAPER = Item("standard", 1, A_YEAR, 1, 23)
TERMS = tuple(one.accepted("pl", NOW, "button") for one in SELLER.documents if one.id in ("terms", "clauses"))
NAMES = tuple(one.id for one in TERMS)
ORDERER = OrdererDetails("Anna Nowak", "+48600700800", "anna@example.com", "faktury@example.com")
ORDER = PlaceOrder(
    "a1", "f1", (CartLine("standard", A_YEAR, 1),), "blik", False, None, price((PLAN,), None, "PLN"), NAMES, TERMS
)


def place(connection: sa.Connection, id: str = "o1", **changed: Any) -> object:
    return commands.place_order(deps(), replace(ORDER, **changed), turn(connection, id=id))


def test_an_order_is_placed_under_what_was_agreed_to_which_is_on_record(connection: sa.Connection) -> None:
    buyer(connection)
    assert place(connection) == OrderPlaced("o1", NUMBER, first=True)
    assert [consents.is_given(connection, account_id="a1", consent_id=name) for name in NAMES] == [True] * len(NAMES)
    [item] = present(order_record.get(connection, "o1")).items
    assert dict(item.names) == {of: f"plan.standard ({of})" for of in SELLER.locales}


def taken_back(one: Acceptance) -> Acceptance:
    return replace(one, given=False)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"accepted": ()}, OrderRefused("words_unknown", NAMES)),
        ({"accepted": tuple(map(taken_back, TERMS))}, OrderRefused("words_unknown", NAMES)),
        ({"accepted": (replace(TERMS[0], version="before"), *TERMS[1:])}, OrderRefused("words_changed", NAMES[:1])),
        ({"price": price((CHEAPER,), None, "PLN")}, OrderRefused("price_changed")),
        ({"discount": "STARY"}, OrderPlaced("o1", NUMBER, first=True)),
        ({"discount": "STARY", "price": price((PLAN,), PricingDiscount("STARY", 50), "PLN")}, "discount_expired"),
        ({"company_id": "f9"}, OrderRefused("company_unconfirmed")),
    ],
    ids=["unknown", "taken back", "other words", "another price", "a code for nothing", "an old code", "no company"],
)
def test_what_was_not_agreed_to_as_it_is_today_is_refused(
    connection: sa.Connection, changed: dict[str, Any], why: object
) -> None:
    buyer(connection)
    assert place(connection, **changed) == (OrderRefused(why) if isinstance(why, str) else why)


def test_an_account_that_is_pending_orders_nothing(connection: sa.Connection) -> None:
    sign_up(connection)
    assert place(connection) == OrderRefused("account_pending")


def test_an_order_that_is_being_paid_comes_first(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    to_pay(connection)
    refused = a(OrderRefused, place(connection, "o2"))
    assert (refused.reason, present(refused.open).id) == ("order_open", "o1")


def test_a_code_is_used_once_by_each(connection: sa.Connection) -> None:
    buyer(connection)
    lowered: dict[str, Any] = {"discount": "START20", "price": price((PLAN,), PricingDiscount("START20", 20), "PLN")}

    def check(code: str = "START20", account_id: str | None = "a1") -> object:
        return commands.check_discount(deps(), CheckDiscount(code, account_id), turn(connection))

    assert check() == DiscountGood("START20")
    assert isinstance(place(connection, **lowered), OrderPlaced)
    assert check() == DiscountSpent("START20", "used_by_customer")
    assert (check(account_id=None), check("OTHER")) == (DiscountGood("START20"), DiscountGood("OTHER"))
    assert place(connection, "o2", **lowered) == OrderRefused("discount_used_by_customer")


def test_refused_again_under_the_sum_that_was_agreed_to_is_an_alarm(connection: sa.Connection) -> None:
    buyer(connection)
    wrong = price((CHEAPER,), None, "PLN")
    seen: list[list[str]] = []
    there = PlacedOrder("o7")
    for agreed, before in ((None, None), (wrong, None), (wrong, there), (ORDER.price, None)):
        context = turn(connection, id="o1")
        case = load(context.conversation.state)
        state = replace(case, order=replace(case.order, price=agreed, placed=before))
        talk = replace(context.conversation, state=dump(state))
        with capture_logs() as logs:
            commands.place_order(deps(), replace(ORDER, price=wrong), replace(context, conversation=talk))
        seen.append([line["event"] for line in logs if line.get("alarm")])
    assert seen == [[], ["order_refused_again"], [], []]


def test_who_is_called_and_where_invoices_go_is_kept(connection: sa.Connection) -> None:
    buyer(connection)
    told = place(connection, orderer=ORDERER, invoices_seen="anna@example.com")
    assert a(OrderPlaced, told).former in ("", "anna@example.com")
    assert order_record.orderer_of(connection, "o1") == ORDERER
    assert einvoices.of_account(connection, "a1").email == "faktury@example.com"


def test_an_address_for_invoices_that_was_read_as_it_is_stays_untouched(connection: sa.Connection) -> None:
    buyer(connection)
    place(connection, orderer=ORDERER, invoices_seen="faktury@example.com")
    assert einvoices.of_account(connection, "a1").email != "faktury@example.com"


def test_a_cancelled_order_is_told_in_the_other_chats_and_a_paid_one_stands(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    to_pay(connection)
    conversation(connection, "other")
    connection.execute(sa.update(talks).where(talks.c.id == "other").values(account_id="a1"))
    context = turn(connection)
    assert commands.cancel_order(deps(), CancelOrder("o1"), context) == OrderCancelled(NUMBER)
    assert [event.conversation_id for event in context.told] == ["other"]
    placed(connection, "o2")
    to_pay(connection, "p3", "o2")
    opened(connection, "p3")
    assert paid(connection, "p3")
    assert commands.cancel_order(deps(), CancelOrder("o2"), turn(connection)) == OrderStands("FS/2026/000002")


def ordered(connection: sa.Connection, discount: PricingDiscount | None = None) -> None:
    buyer(connection)
    try_to_place(connection, discount=discount)
    to_pay(connection)


def changed(connection: sa.Connection, seller: Seller = SELLER, order_id: str = "o1") -> LapsedOrderChanged | None:
    return commands.explain_changed_order(deps(seller), order_id, turn(connection, later(days=8)))


def lapse(connection: sa.Connection) -> None:
    assert book.expire(connection, payment_id="p1", now=later(days=7))


def at_price(net: int) -> Seller:
    return replace(SELLER, plans=tuple(replace(plan, net=net) for plan in SELLER.plans))


def test_what_stands_or_isn_t_there_is_asked_nothing(connection: sa.Connection) -> None:
    ordered(connection)
    assert changed(connection, at_price(1)) is None, "it can still be paid as it was"
    lapse(connection)
    assert changed(connection, at_price(1)) == LapsedOrderChanged("repriced")
    assert changed(connection, replace(SELLER, plans=())) == LapsedOrderChanged("unsold"), "that is said first"
    assert changed(connection, at_price(1), "o9") is None


def test_what_is_as_it_was_is_ordered_anew_and_paid(connection: sa.Connection) -> None:
    ordered(connection)
    lapse(connection)
    assert changed(connection) is None
    wanted = OpenPayment("o1", "blik")
    assert open_payment(deps(at_price(1)), wanted, turn(connection, later(days=8))) == LapsedOrderChanged("repriced")
    assert record.get(connection, "p2") is None
    open_payment(deps(SELLER), wanted, turn(connection, later(days=8)))
    assert present(record.get(connection, "p2")).status == "pending"


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        ((DiscountCode("START20", 20),), None),
        ((DiscountCode("START20", 20, expires_at=later(days=8)),), "discount_expired"),
        ((DiscountCode("START20", 30),), "repriced"),
        ((DiscountCode("START20", 20, uses=0),), "discount_used_up"),
        ((DiscountCode("START20", 20, uses_per_customer=0),), "discount_used_by_customer"),
        ((), "repriced"),
    ],
    ids=["good", "expired", "lowers more", "used up", "used by them", "unknown"],
)
def test_its_code_must_be_good_today(connection: sa.Connection, codes: tuple[DiscountCode, ...], why: str) -> None:
    ordered(connection, PricingDiscount("START20", 20))
    lapse(connection)
    assert changed(connection, replace(SELLER, discounts=codes)) == (
        LapsedOrderChanged(why) if why is not None else None
    )


def test_what_was_agreed_to_in_other_words_is_shown_again(connection: sa.Connection) -> None:
    ordered(connection)
    lapse(connection)
    terms = next(document for document in SELLER.documents if document.id == "terms")
    for version, words in ((terms.version, terms.words_in("pl")), ("before", terms.words_in("pl"))):
        consents.record(
            connection,
            account_id="a1",
            conversation_id="talk-a1",
            consent_id="terms",
            version=version,
            locale="pl",
            words=words,
            given=True,
            channel="rest",
            how="button",
            now=later(days=1),
        )
        agreed = version == terms.version
        assert changed(connection) == (None if agreed else LapsedOrderChanged("words_changed", ("terms",)))
