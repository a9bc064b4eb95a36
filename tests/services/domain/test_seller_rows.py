"""What passes to and from the seller's system: events told once, answers kept for repeats, lists page by page."""

from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from services.privacy import retention
from services.seller import events_out, idempotency, seller_events, seller_lists
from services.seller.idempotency import AnotherRequest, KeptAnswer
from services.seller.seller_events import MEANINGS
from services.seller.seller_lists import Listed
from services.store.statements import KeysetPlace
from tests.services.domain.people import NOW, at_once, buyer, company, customer, later, placed, sign_up, to_pay


def test_the_same_thing_is_told_once(connection: sa.Connection) -> None:
    buyer(connection)
    order = placed(connection)
    event = seller_events.order_placed(order, NOW)
    assert events_out.put(connection, event)
    assert not events_out.put(connection, replace(event, at=later(days=1)))
    assert events_out.get(connection, event.id) == event
    assert events_out.get(connection, "evt_none") is None
    (told,) = events_out.listed(connection, after=None, most=10)
    assert (told.event, told.delivery, told.attempts) == (event, "given_up", 0)
    assert events_out.listed(connection, after=None, most=10, type="payment.paid") == []
    retention.forget_aged("told_events", connection, later(days=31))
    assert events_out.get(connection, event.id) is None


def test_nothing_personal_is_told(connection: sa.Connection) -> None:
    buyer(connection)
    order, paid = placed(connection), to_pay(connection)
    of_company = company(connection)
    told = [
        seller_events.account_created("a1", NOW),
        seller_events.contact_verified("a1", "email", "anna@example.com", "active", NOW),
        seller_events.company_confirmed(of_company, NOW),
        seller_events.order_placed(order, NOW),
        seller_events.order_cancelled(order, NOW),
        seller_events.payment_paid(order, paid, NOW),
        seller_events.payment_refunded(order, paid, 1, NOW),
    ]
    shown = str(told)
    for personal in ("anna@", "+48600", "1234563218", "Bursztyn", "Długa"):
        assert personal not in shown
    assert {event.type for event in told} <= set(MEANINGS)
    assert len({event.id for event in told}) == len(told)
    assert all(event.data["customer_id"] == "a1" for event in told)


def test_a_known_key_gives_the_answer_it_gave(connection: sa.Connection) -> None:
    def find(key: str, request: str) -> Any:
        return idempotency.find(connection, key=key, request=request)

    assert find("k1", "POST /x {}") is None
    idempotency.keep(connection, key="k1", request="POST /x {}", status=409, body={"error": "no"}, now=NOW)
    assert find("k1", "POST /x {}") == KeptAnswer(409, {"error": "no"})
    assert isinstance(find("k1", "POST /y {}"), AnotherRequest)
    assert find("k2", "POST /x {}") is None
    retention.forget_aged("api_answers", connection, later(days=8))
    assert find("k1", "POST /y {}") is None


def test_of_two_requests_at_once_one_is_done(racing: sa.Engine) -> None:
    def one(connection: sa.Connection, n: int) -> bool:
        if idempotency.find(connection, key="k", request="r") is not None:
            return False
        idempotency.keep(connection, key="k", request="r", status=201, body=n, now=NOW)
        return True

    assert sorted(at_once(racing, 4, one)) == [False, False, False, True]


def pages(ask: Any, most: int) -> list[list[str]]:
    """The ids of all rows, page by page."""
    found: list[list[str]] = []
    after: KeysetPlace | None = None
    while rows := ask(after, most):
        listed: list[Listed] = rows
        found.append([one.row["id"] for one in listed])
        after = listed[-1].place
    return found


def test_lists_come_page_by_page_and_shadows_in_none(connection: sa.Connection) -> None:
    for n in range(5):
        customer(connection, f"a{n}", f"c{n}@example.com")
    sign_up(connection, "shadow", "c1@example.com")
    company(connection, "shadow", "of-shadow")

    def all_customers(after: KeysetPlace | None, most: int) -> list[Listed]:
        return seller_lists.customers(connection, after=after, most=most)

    # All were made at the same moment: the id decides.
    assert pages(all_customers, 2) == [["a0", "a1"], ["a2", "a3"], ["a4"]]
    assert pages(all_customers, 5) == [["a0", "a1", "a2", "a3", "a4"]]
    assert seller_lists.company_list(connection, after=None, most=9) == []
    assert seller_lists.customer(connection, "shadow") is None
    assert seller_lists.one_company(connection, "of-shadow") is None


def test_what_is_one_customers(connection: sa.Connection) -> None:
    buyer(connection)
    customer(connection, "a2", "b@example.com")
    company(connection, "a2", "f2")
    placed(connection)
    to_pay(connection)
    (order,) = seller_lists.order_list(connection, after=None, most=9, customer_id="a1", status="placed")
    assert (order.row["number"], order.row["customer_id"]) == ("FS/2026/000001", "a1")
    assert seller_lists.order_list(connection, after=None, most=9, customer_id="a2") == []
    assert seller_lists.order_list(connection, after=None, most=9, status="paid") == []
    (subscription,) = seller_lists.subscription_list(connection, after=None, most=9, customer_id="a1")
    assert seller_lists.one_subscription(connection, subscription.row["id"]) == subscription.row
    assert [c.row["id"] for c in seller_lists.company_list(connection, after=None, most=9, customer_id="a2")] == ["f2"]
    full = seller_lists.one_order(connection, "FS/2026/000001")
    assert full is not None
    assert (full["invoice_to"]["tax_number"], [p["id"] for p in full["payments"]]) == ("1234563218", ["p1"])
    for nobody in (seller_lists.one_order(connection, "x"), seller_lists.one_company(connection, "x")):
        assert nobody is None
