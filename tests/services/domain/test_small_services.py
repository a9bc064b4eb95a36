"""Subscriptions, methods on file, e-invoices, requests for a person, start links."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import start_links
from services.einvoicing import einvoices
from services.einvoicing.einvoices import Activation, ActivationNotYet
from services.orders import order_record
from services.payments import methods
from services.privacy import retention
from services.seller import events_out, idempotency, seller_events, seller_lists
from services.store.statements import KeysetPlace, Window
from services.store.tables.accounts import start_link
from services.subscriptions import subscription_record, subscriptions
from services.support import handoffs
from tests.kit.narrow import a, present
from tests.services.domain.people import NOW, at_once, buyer, company, customer, later, pay, placed, sign_up, to_pay

TOKEN = "abcDEF_-0123456789abcDEF"


def paid(connection: sa.Connection, n: int = 1, now: datetime = NOW) -> None:
    placed(connection, f"o{n}", now=now)
    to_pay(connection, f"p{n}", f"o{n}", now=now, expires_at=now + timedelta(days=7))
    pay(connection, f"p{n}", now)


def test_renewal_is_switched_for_all_that_has_not_ended(connection: sa.Connection) -> None:
    buyer(connection)
    assert not subscriptions.set_auto_renewal(connection, account_id="a1", on=False)
    placed(connection)
    assert subscriptions.set_auto_renewal(connection, account_id="a1", on=False)
    to_pay(connection)
    pay(connection)
    [service] = subscription_record.of_account(connection, "a1")
    assert (service.status, service.auto_renewal) == ("active", False)


def test_one_method_is_the_default(connection: sa.Connection) -> None:
    customer(connection)
    assert methods.default_of(connection, "a1") is None
    blik = methods.save_default(connection, account_id="a1", method="blik", now=NOW)
    card = methods.save_default(connection, account_id="a1", method="card", label="Visa …4242", now=later(hours=1))
    assert methods.save_default(connection, account_id="a1", method="blik", now=later(hours=2)) == blik
    known = methods.of_account(connection, "a1")
    assert [(m.method, m.label, m.is_default) for m in known] == [("blik", "blik", True), ("card", "Visa …4242", False)]
    methods.remove(connection, account_id="a1", method_id=blik)
    assert [m.id for m in methods.of_account(connection, "a1")] == [card]


def activate(
    connection: sa.Connection, email: str | None = None, by_seller: bool = False
) -> Activation | ActivationNotYet:
    return einvoices.activate(connection, account_id="a1", email=email, by_seller=by_seller, now=NOW)


def test_einvoices_need_a_company_and_a_paid_order(connection: sa.Connection) -> None:
    customer(connection)
    assert activate(connection) == ActivationNotYet("no_company")
    buyer_without_money = einvoices.of_account(connection, "a1")
    assert (buyer_without_money.status, buyer_without_money.email) == ("off", None)


def test_einvoices_of_an_unpaid_order_wait(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    assert activate(connection) == ActivationNotYet("not_paid")


def test_the_desk_activates_at_once(connection: sa.Connection) -> None:
    buyer(connection)
    off = einvoices.of_account(connection, "a1")
    paid(connection)
    first = a(Activation, activate(connection))
    assert first.changed
    assert (first.einvoice.id, first.einvoice.status, first.einvoice.email) == (off.id, "active", "anna@example.com")
    assert first.einvoice.activated_at == NOW
    again = a(Activation, activate(connection, "invoices@example.com"))
    assert (again.changed, again.einvoice.email, again.einvoice.activated_at) == (False, "invoices@example.com", NOW)


def test_where_the_seller_confirms_it_is_requested_first(connection: sa.Connection) -> None:
    buyer(connection)
    einvoices.set_email(connection, account_id="a1", email="invoices@example.com")
    paid(connection)
    asked = a(Activation, activate(connection, by_seller=True))
    assert (asked.einvoice.status, asked.einvoice.email) == ("requested", "invoices@example.com")
    done = einvoices.set_status(connection, einvoice_id=asked.einvoice.id, status="active", now=later(days=1))
    assert isinstance(done, Activation)
    assert (done.changed, done.einvoice.activated_at) == (True, later(days=1))
    again = einvoices.set_status(connection, einvoice_id=asked.einvoice.id, status="active", now=later(days=2))
    assert again == Activation(done.einvoice, changed=False)
    off = einvoices.set_status(connection, einvoice_id=asked.einvoice.id, status="off", now=later(days=3))
    assert isinstance(off, Activation)
    assert (off.einvoice.status, off.einvoice.activated_at) == ("off", None)
    assert einvoices.set_status(connection, einvoice_id="none", status="active", now=NOW) is None


def test_the_seller_can_not_activate_what_is_not_paid(connection: sa.Connection) -> None:
    buyer(connection)
    waiting = einvoices.set_email(connection, account_id="a1", email="invoices@example.com")
    refused = einvoices.set_status(connection, einvoice_id=waiting.id, status="active", now=NOW)
    assert refused == ActivationNotYet("not_paid")


def test_who_asks_for_a_person_waits_once(connection: sa.Connection) -> None:
    def ask(id: str, reason: str, email: str | None = None, minutes: int = 0) -> bool:
        return handoffs.ask(connection, conversation_id=id, reason=reason, email=email, now=later(minutes=minutes))

    assert ask("c1", "asked", minutes=1)
    assert ask("c2", "code_failed", "b@example.com")
    assert not ask("c1", "again", "a@example.com", minutes=5)
    waiting = present(handoffs.find_open_request(connection, "c1"))
    assert (waiting.reason, waiting.email, waiting.asked_at) == ("asked", "a@example.com", later(minutes=1))
    assert "example" not in repr(waiting)
    assert [h.conversation_id for h in handoffs.queue(connection)] == ["c2", "c1"]
    assert handoffs.end(connection, conversation_id="c1", now=later(hours=1))
    assert not handoffs.end(connection, conversation_id="c1", now=later(hours=1))
    assert handoffs.find_open_request(connection, "c1") is None
    assert ask("c1", "once more", minutes=90)


def test_an_entry_link_serves_everybody_until_it_expires(connection: sa.Connection) -> None:
    assert start_links.create(connection, token="kup-teraz", entry="buy", expires_at=later(days=1), now=NOW)
    assert not start_links.create(connection, token="kup-teraz", entry="buy", expires_at=later(days=9), now=NOW)
    for id in ("c1", "c2"):
        taken = present(start_links.take(connection, token="kup-teraz", conversation_id=id, now=NOW))
        assert (taken.entry, taken.account_id) == ("buy", None)
    assert start_links.take(connection, token="kup-teraz", conversation_id="c1", now=later(days=1)) is None
    assert start_links.take(connection, token="\x00 no such", conversation_id="c1", now=NOW) is None


def test_a_personal_link_serves_one_conversation(connection: sa.Connection) -> None:
    customer(connection)
    start_links.create(connection, token=TOKEN, account_id="a1", expires_at=later(days=1), now=NOW)
    assert TOKEN not in str(connection.execute(sa.select(start_link)).mappings().one())
    for _ in range(2):
        assert present(start_links.take(connection, token=TOKEN, conversation_id="c1", now=NOW)).account_id == "a1"
    assert start_links.take(connection, token=TOKEN, conversation_id="c2", now=NOW) is None
    retention.forget_aged("start_links", connection, later(days=32))
    assert start_links.take(connection, token=TOKEN, conversation_id="c1", now=NOW) is None


@pytest.mark.parametrize(
    ("token", "leads"),
    [
        ("", {"entry": "buy"}),
        ("x" * 65, {"entry": "buy"}),
        ("with space", {"entry": "buy"}),
        ("newline\n", {"entry": "buy"}),
        (TOKEN, {}),
        ("short", {"customer_id": "10000017"}),
    ],
)
def test_a_link_that_can_not_be_meant_is_refused(connection: sa.Connection, token: str, leads: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="start"):
        start_links.create(connection, token=token, expires_at=later(days=1), now=NOW, **leads)


def test_a_personal_link_opened_at_once_brings_one_in(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        start_links.create(connection, token=TOKEN, customer_id="10000017", expires_at=later(days=1), now=NOW)
    taken = at_once(
        racing, 6, lambda c, n: start_links.take(c, token=TOKEN, conversation_id=f"c{n}", now=NOW) is not None
    )
    assert sum(taken) == 1


def test_asked_at_once_there_is_one_request(racing: sa.Engine) -> None:
    asked = at_once(racing, 6, lambda c, n: handoffs.ask(c, conversation_id="c1", reason=str(n), email=None, now=NOW))
    assert sum(asked) == 1


# --- what passes to and from the seller's system: events told once, answers kept for repeats, lists page by page ---


def test_the_same_thing_is_told_once(connection: sa.Connection) -> None:
    buyer(connection)
    event = seller_events.order_placed(placed(connection), NOW)
    assert events_out.write_event(connection, event)
    assert not events_out.write_event(connection, replace(event, at=later(days=1)))
    assert events_out.get(connection, event.id) == event
    assert events_out.get(connection, "evt_none") is None
    (told,) = events_out.list_events(connection, Window(10))
    assert (told.event, told.delivery, told.attempts) == (event, "given_up", 0)
    assert events_out.list_events(connection, Window(10), type="payment.paid") == []
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
    assert {event.type for event in told} <= set(seller_events.MEANINGS)
    assert len({event.id for event in told}) == len(told)
    assert all(event.data["customer_id"] == "a1" for event in told)


def test_a_known_key_gives_the_answer_it_gave(connection: sa.Connection) -> None:
    def find(key: str, request: str) -> Any:
        return idempotency.find(connection, key=key, request=request)

    assert find("k1", "POST /x {}") is None
    idempotency.keep(connection, key="k1", request="POST /x {}", status=409, body={"error": "no"}, now=NOW)
    assert find("k1", "POST /x {}") == idempotency.KeptAnswer(409, {"error": "no"})
    assert isinstance(find("k1", "POST /y {}"), idempotency.AnotherRequest)
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
        listed: list[seller_lists.Listed] = rows
        found.append([one.row["id"] for one in listed])
        after = listed[-1].place
    return found


def test_lists_come_page_by_page_and_shadows_in_none(connection: sa.Connection) -> None:
    for n in range(5):
        customer(connection, f"a{n}", f"c{n}@example.com")
    sign_up(connection, "shadow", "c1@example.com")
    company(connection, "shadow", "of-shadow")

    def all_customers(after: KeysetPlace | None, most: int) -> list[seller_lists.Listed]:
        return seller_lists.customers(connection, Window(most, after))

    # All were made at the same moment: the id decides.
    assert pages(all_customers, 2) == [["a0", "a1"], ["a2", "a3"], ["a4"]]
    assert pages(all_customers, 5) == [["a0", "a1", "a2", "a3", "a4"]]
    assert seller_lists.company_list(connection, Window(9)) == []
    assert seller_lists.customer(connection, "shadow") is None
    assert seller_lists.one_company(connection, "of-shadow") is None


def test_what_is_one_customers(connection: sa.Connection) -> None:
    buyer(connection)
    customer(connection, "a2", "b@example.com")
    company(connection, "a2", "f2")
    placed(connection)
    to_pay(connection)
    (order,) = seller_lists.order_list(connection, Window(9), customer_id="a1", status="placed")
    assert (order.row["number"], order.row["customer_id"]) == ("FS/2026/000001", "a1")
    assert seller_lists.order_list(connection, Window(9), customer_id="a2") == []
    assert seller_lists.order_list(connection, Window(9), status="paid") == []
    (subscription,) = seller_lists.subscription_list(connection, Window(9), customer_id="a1")
    assert seller_lists.one_subscription(connection, subscription.row["id"]) == subscription.row
    assert [c.row["id"] for c in seller_lists.company_list(connection, Window(9), customer_id="a2")] == ["f2"]
    full = seller_lists.order_in_full(connection, present(order_record.by_number(connection, "FS/2026/000001")))
    assert (full["invoice_to"]["tax_number"], [p["id"] for p in full["payments"]]) == ("1234563218", ["p1"])
    assert seller_lists.one_company(connection, "x") is None
