"""Transfers: the right sum once; all else is kept for a person."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.orders import order_record, orders
from services.payments import book, deadlines, matching, record, slips, transfers
from services.payments import kept as kept_money
from services.payments.slips import TransferSplit
from services.payments.transfers import ReferenceTaken, TransferBooked, TransferKept, TransferReturned
from services.store import migrate, timer_rows
from services.store.database import parse_url
from services.store.statements import Window
from services.subscriptions import subscription_record
from tests.kit.narrow import a, present
from tests.services.domain.people import KEY, NOW, at_once, buyer, later, pay, placed, to_pay

GROSS = 36777
NUMBER = "FS/2026/000001"


def told(connection: sa.Connection, **changed: Any) -> TransferBooked | TransferKept | None:
    given: dict[str, Any] = {
        "order_number": NUMBER,
        "amount": GROSS,
        "currency": "PLN",
        "reference": "WB/1",
        "payment_id": "t1",
        "server_key": KEY,
        "expires_at": later(days=7),
        "now": NOW,
    }
    outcome = transfers.book_transfer(connection, **(given | changed))
    assert not isinstance(outcome, ReferenceTaken)
    return outcome


def awaited(connection: sa.Connection, method: str = "transfer") -> None:
    """An order whose customer said that they would pay in this way."""
    buyer(connection)
    placed(connection)
    to_pay(connection, method=method)


def statuses(connection: sa.Connection) -> dict[str, str]:
    return {p.id: p.status for p in record.of_order(connection, "o1")}


def kept(outcome: TransferBooked | TransferKept | None) -> tuple[str, bool]:
    assert isinstance(outcome, TransferKept)
    return outcome.reason, outcome.first_time


@pytest.mark.parametrize("method", ["transfer", "postal_slip"])
def test_the_right_sum_pays_the_order(connection: sa.Connection, method: str) -> None:
    awaited(connection, method)
    booked = a(TransferBooked, told(connection, currency="pln"))
    assert (booked.order.status, booked.payment.id, booked.payment.method) == ("paid", "p1", method)
    assert [s.status for s in subscription_record.of_account(connection, "a1")] == ["active"]
    found = [(t.reference, t.amount, t.status) for t in transfers.receipts(connection, "o1")]
    assert found == [("WB/1", GROSS, "paid")]
    assert kept(told(connection)) == ("booked_before", False)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"amount": GROSS - 1}, "wrong_amount"),
        ({"amount": GROSS * 2}, "wrong_amount"),
        ({"currency": "EUR"}, "wrong_currency"),
        ({"currency": "EUR", "amount": 1}, "wrong_currency"),
    ],
)
def test_a_wrong_sum_is_kept_and_the_right_one_books_all_the_same(
    connection: sa.Connection, wrong: dict[str, Any], reason: str
) -> None:
    awaited(connection)
    assert kept(told(connection, **wrong)) == (reason, True)
    assert kept(told(connection, **wrong)) == (reason, False)
    assert statuses(connection) == {"p1": "pending"}
    (receipt,) = transfers.receipts(connection, "o1")
    assert (receipt.amount, receipt.currency) == (wrong.get("amount", GROSS), wrong.get("currency", "PLN"))
    assert receipt.status == "mismatch"
    sent = [transfers.note_returned(connection, "p1-1", NOW) for _ in range(2)]
    assert [a(TransferReturned, one).first_time for one in sent] == [True, False]
    assert kept(told(connection)) == ("booked_before", False), "the money isn't here any more"
    assert isinstance(told(connection, reference="WB/2"), TransferBooked)
    assert transfers.note_returned(connection, "p1-2", NOW) == "booked"
    assert [t.status for t in transfers.receipts(connection, "o1")] == ["refunded", "paid"]


def test_a_sum_told_wrongly_is_put_right_under_its_reference(connection: sa.Connection) -> None:
    awaited(connection)
    assert kept(told(connection, amount=3677)) == ("wrong_amount", True)
    assert isinstance(told(connection), TransferBooked)
    assert [t.status for t in transfers.receipts(connection, "o1")] == ["paid"]


def test_paid_twice_is_kept_to_be_given_back(connection: sa.Connection) -> None:
    awaited(connection)
    told(connection)
    assert kept(told(connection, reference="WB/2")) == ("already_paid", True)
    assert kept(told(connection, reference="WB/2")) == ("booked_before", False)
    assert statuses(connection) == {"p1": "paid"}
    assert [t.amount for t in transfers.receipts(connection, "o1") if t.status == "refund_due"] == [GROSS]


@pytest.mark.parametrize("method", ["transfer", "blik"])
def test_a_late_transfer_for_an_order_in_whose_place_another_was_paid_is_kept(
    connection: sa.Connection, method: str
) -> None:
    awaited(connection, method)
    over = later(days=7)
    assert book.expire(connection, payment_id="p1", now=over)
    placed(connection, "o2", now=over)
    to_pay(connection, "p2", "o2", method="transfer", now=over, expires_at=later(days=14))
    assert isinstance(told(connection, order_number="FS/2026/000002", reference="WB/2", now=over), TransferBooked)

    assert kept(told(connection, now=later(days=8), expires_at=later(days=15))) == ("already_paid", True)
    assert statuses(connection) == {"p1": "expired"}
    assert [(t.amount, t.status) for t in transfers.receipts(connection, "o1")] == [(GROSS, "refund_due")]


def test_a_transfer_for_an_order_paid_by_card_is_kept(connection: sa.Connection) -> None:
    awaited(connection, "blik")
    pay(connection)
    assert kept(told(connection)) == ("already_paid", True)
    assert statuses(connection) == {"p1": "paid"}


@pytest.mark.parametrize("late", [True, False])
def test_what_a_transfer_has_paid_is_given_back_by_transfer(connection: sa.Connection, *, late: bool) -> None:
    awaited(connection, "blik")
    if late:
        orders.cancel(connection, order_id="o1", now=NOW)
    else:
        assert kept(told(connection, amount=1)) == ("wrong_amount", True)
    booked = a(TransferBooked, told(connection))
    assert (booked.payment.method, booked.payment.provider) == ("transfer", "transfer")


def test_the_customer_chose_blik_and_paid_by_transfer(connection: sa.Connection) -> None:
    awaited(connection, "blik")
    assert kept(told(connection, amount=1)) == ("wrong_amount", True)
    assert statuses(connection) == {"p1": "pending"}, "a wrong sum ends no payment under way"
    booked = a(TransferBooked, told(connection, reference="WB/2"))
    assert (booked.payment.method, booked.payment.provider) == ("transfer", "transfer")
    assert statuses(connection) == {"p1": "cancelled", "t1": "paid"}


def test_money_for_an_order_withdrawn_or_a_payment_run_out_counts(connection: sa.Connection) -> None:
    awaited(connection)
    book.expire(connection, payment_id="p1", now=later(days=8))
    assert isinstance(told(connection, now=later(days=9)), TransferBooked)
    assert present(order_record.get(connection, "o1")).status == "paid"


def test_a_cancelled_order_is_paid_after_all(connection: sa.Connection) -> None:
    awaited(connection)
    orders.cancel(connection, order_id="o1", now=NOW)
    assert isinstance(told(connection), TransferBooked)


def test_an_order_without_any_payment(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    assert kept(told(connection, amount=1)) == ("wrong_amount", True)
    assert isinstance(told(connection, reference="WB/2", payment_id="t2"), TransferBooked)


def test_withdrawn_before_it_had_a_payment(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    orders.cancel(connection, order_id="o1", now=NOW)
    assert kept(told(connection)) == ("cancelled", True)
    assert kept(told(connection)) == ("booked_before", False)
    assert kept(told(connection, reference="WB/2", amount=1, payment_id="t2")) == ("cancelled", True)
    listed = transfers.list_transfers(connection, Window(9), status="kept")
    found = [(one.receipt.reference, one.receipt.amount, one.receipt.currency) for one in listed]
    assert found == [("WB/1", GROSS, "PLN"), ("WB/2", 1, "PLN")]
    assert {one.order_number for one in listed} == {NUMBER}
    assert [order.status for order in order_record.of_account(connection, "a1")] == ["cancelled"]


def test_nobodys_order(connection: sa.Connection) -> None:
    assert told(connection, order_number="FS/2026/999999") is None


def test_told_by_five_at_once_it_is_booked_once(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        awaited(connection)
    outcomes = at_once(racing, 5, lambda connection, n: told(connection, reference=f"WB/{n}"))
    assert sum(isinstance(outcome, TransferBooked) for outcome in outcomes) == 1
    with racing.begin() as connection:
        assert [t.status for t in transfers.receipts(connection, "o1")].count("refund_due") == 4


def test_who_lists_transfers_sees_those_of_a_status_and_why_they_are_kept(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    told(connection, reference="WB/1", amount=1, now=NOW)
    told(connection, reference="WB/2", currency="EUR", payment_id="t2", now=later(seconds=1))
    before = present(order_record.get(connection, "o1"))
    told(connection, reference="WB/3", payment_id="t3", now=later(seconds=2))
    told(connection, reference="WB/4", payment_id="t4", now=later(seconds=3))

    def listed(status: str | None) -> list[str]:
        return [one.receipt.reference for one in transfers.list_transfers(connection, Window(9), status=status)]

    assert listed(None) == ["WB/1", "WB/2", "WB/3", "WB/4"]
    assert listed("booked") == ["WB/3"]
    assert listed("kept") == ["WB/1", "WB/2", "WB/4"]
    assert (listed("mismatch"), listed("refund_due")) == (["WB/1", "WB/2"], ["WB/4"])
    known = kept_money.of_account(connection, "a1")
    found = [one.why for one in known]
    assert found == ["wrong_amount", "wrong_currency", "already_paid", None], "the last has paid"
    assert kept_money.of_account(connection, "a2") == []
    assert kept_money.why_transfer_kept(before, known[-2].receipt) == "late"
    assert kept_money.why_transfer_kept(replace(before, status="cancelled"), known[-2].receipt) == "cancelled"


def test_deadlines_of_transfers_alone_are_told_three_days_before(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    to_pay(connection, "p1", method="transfer")
    [timer] = timer_rows.list_due(connection, later(days=9))
    assert timer_rows.take(connection, timer)
    deadlines.plan_all(connection, NOW)
    assert timer_rows.list_due(connection, later(days=9)) == (), "a provider tells of this one"
    connection.execute(sa.text("update payment set provider = 'transfer'"))
    deadlines.plan_all(connection, later(days=4, seconds=1))
    assert timer_rows.list_due(connection, later(days=9)) == (), "nearer from the start"
    deadlines.plan_all(connection, NOW)
    [timer] = timer_rows.list_due(connection, later(days=9))
    assert timer.due_at == later(days=7) - timedelta(days=3)


@pytest.mark.parametrize("first", ["o1", "o2"])
def test_both_orders_are_paid_in_whichever_order_they_are_named(connection: sa.Connection, first: str) -> None:
    awaited(connection)
    told(connection, amount=2 * GROSS)
    placed(connection, "o2", now=later(days=29))
    now = later(days=30)
    assert book.expire(connection, payment_id="p1", now=now)
    ids = [first, *({"o1", "o2"} - {first})]
    owing = [present(order_record.get(connection, id)) for id in ids]
    about = {"server_key": KEY, "expires_at": later(days=40), "now": now}
    made = slips.split_transfer(connection, "p1-1", owing, lambda number, _name: {"payment_id": number, **about}, now)
    assert [part.booked.order.id for part in a(TransferSplit, made).parts] == ["o1", "o2"]


def test_what_was_moved_before_the_upgrade_goes_back_where_it_came_from(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    engine = sa.create_engine(parse_url(empty_url))
    with engine.begin() as connection:
        buyer(connection)
        for n in (1, 2, 3, 4):
            placed(connection, f"o{n}")
        orders_ = [present(order_record.get(connection, f"o{n}")) for n in (1, 2, 3, 4)]
        for minute, reference in enumerate(("W1", "W2", "W3")):
            told(connection, reference=reference, now=later(minutes=minute))
        given: dict[str, Any] = {"payment_id": "t2", "server_key": KEY, "expires_at": later(days=7)}
        matching.book_kept(connection, "t1-2", orders_[1], now=later(minutes=4), **given)
        # As the releases before did it, which refused nothing.
        third: dict[str, Any] = {"order_number": orders_[2].number, "payment_id": "t3", "by_person": True}
        told(connection, reference="W2", now=later(minutes=5), **third)
        opening: dict[str, Any] = {"payment_id": "t4", "server_key": KEY, "expires_at": later(days=7)}
        at = later(minutes=6)
        a(TransferSplit, slips.split_transfer(connection, "t1-3", [orders_[3]], lambda *_: opening | {"now": at}, at))
    migrate.downgrade(empty_url, "0051")
    migrate.upgrade(empty_url)
    with engine.begin() as connection:
        found = {one.id: one.moved_from for one in transfers.list_transfers(connection, Window(9))}
        assert found == {"t1-1": None, "t1-3": None, "t2-1": "t1-2", "t3-1": None, "t4-1": "t1-4"}
        assert {one.digest for one in transfers.list_transfers(connection, Window(9))} == {None}
    engine.dispose()
