"""A change paid by the kept method, or by money that comes late: once, for what was ordered, or not at all."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from bot.usecases.billing.bookings import Bookings
from dialogs.messages import payment as paying
from dialogs.messages import zone
from dialogs.messages.order import OrderCancelled
from dialogs.messages.renewal import ChargeComing, RenewalCharged, RenewalToPay
from services.orders import contract_over, order_record
from services.payments import methods, record, transfers
from services.payments.slips import BookingTakenBack
from services.payments.transfers import TransferBooked
from services.store.statements import Window
from services.store.tables.accounts import account
from services.store.tables.orders import sales_order
from tests.bot.usecases.renewals.buyer import Buyer, buyer
from tests.kit.narrow import a, present
from tests.services.domain.people import KEY
from tests.table import table

DAY = timedelta(days=1)


def kept(one: Buyer) -> str:
    return present(methods.default_of(one.connection, "a1")).id


def orders(one: Buyer, plan: str | None, number: int | None, way: str | None = None) -> Any:
    """Order it as the chat does: at the sum, and by the kept method, that were shown."""
    quoted = a(zone.ChangeQuoted, one.desk.does(zone.QuoteChange("a1", one.of.id, number, plan))).offer
    assert quoted.way == (kept(one) if way else quoted.way)
    gross = present(quoted.now).gross.minor
    return one.desk.does(zone.MakeChange("a1", one.of.id, number, "now", gross, plan, way))


def told(one: Buyer, kind: type) -> list[Any]:
    return [said.event for said in one.desk.said if isinstance(said.event, kind) and not said.by_letter]


def runs(one: Buyer) -> tuple[str, int]:
    return one.of.product, one.of.quantity


@table(
    ("answers", "hours", "plan", "number", "then"),
    [
        ("works", 0, "team", None, ("team", 3)),
        ("works", 0, None, 7, ("pro", 7)),
        ("lost", 1, "team", 5, ("team", 5)),
    ],
)
def test_a_change_is_charged_once_and_given_once(
    answers: str, hours: int, plan: str | None, number: int | None, then: tuple[str, int]
) -> None:
    with buyer() as one:
        one.passes(100)
        one.desk.bank.next = answers.split()
        made = a(RenewalToPay, orders(one, plan, number, kept(one)))
        assert (made.charging, made.adds, made.label) == (True, True, "Visa …4242")
        one.desk.until(one.desk.now + timedelta(hours=hours))
        owed = present(record.get(one.connection, made.payment_id))
        assert [amount for _, _, amount, _ in one.desk.bank.charges] == [owed.amount]
        assert (runs(one), owed.status) == (then, "paid")
        [receipt] = told(one, RenewalCharged)
        assert (receipt.adds, receipt.gross, receipt.until) == (True, owed.amount, one.of.ends_at)
        one.passes(3)
        assert (len(one.desk.bank.charges), runs(one), one.desk.bank.refunds) == (1, then, {})


@table(
    ("answers", "refusal"),
    [
        ("declined", "declined"),
        ("needs_payer", "needs_payer"),
        ("gone", "gone"),
        ("down", "declined"),
        ("odd", "unanswered"),
    ],
)
def test_what_cannot_be_charged_is_paid_by_its_link(answers: str, refusal: str) -> None:
    with buyer() as one:
        one.passes(100)
        one.desk.bank.next = answers.split()
        made = orders(one, None, 5, kept(one))
        assert not one.desk.bank.charges
        one.desk.until(one.desk.now + timedelta(hours=4))
        [asked] = told(one, RenewalToPay)
        assert (asked.refusal, asked.adds, asked.retry_at, asked.payment_id) == (refusal, True, None, made.payment_id)
        assert runs(one) == ("pro", 3), "nothing before it is paid"
        one.desk.bank.next = []
        assert one.desk.pays(made.payment_id)
        assert (runs(one), len(one.desk.bank.charges)) == (("pro", 5), 0)
        one.passes(3)
        assert (runs(one), len(one.desk.bank.charges)) == (("pro", 5), 0)


def test_no_other_method_is_charged_than_the_one_that_was_shown() -> None:
    with buyer() as one:
        one.passes(100)
        way = kept(one)
        assert not orders(one, None, 4, "another").charging
        one.desk.pays(record.of_order(one.connection, order_record.of_account(one.connection, "a1")[-1].id)[0].id)
        one.desk.does(paying.ForgetMethod("a1", way))
        quoted = a(zone.ChangeQuoted, one.desk.does(zone.QuoteChange("a1", one.of.id, 6))).offer
        made = one.desk.does(zone.MakeChange("a1", one.of.id, 6, "now", present(quoted.now).gross.minor, None, way))
        assert (quoted.way, made.charging, one.desk.bank.charges, runs(one)) == (None, False, [], ("pro", 4))


def test_a_charge_that_makes_no_sense_any_more_is_not_made_and_its_customer_told() -> None:
    with buyer() as one:
        one.passes(100)
        orders(one, None, 4, kept(one))
        with patch.object(one.desk, "settle"):
            made = orders(one, "team", None, kept(one))
        goes_back(one, order_record.of_account(one.connection, "a1")[1])
        one.desk.until(one.desk.now + timedelta(hours=1))
        assert (len(one.desk.bank.charges), runs(one)) == (1, ("pro", 3))
        assert [event.number for event in told(one, OrderCancelled)] == [made.number]


def goes_back(one: Buyer, order: order_record.OrderRecord) -> None:
    """All the money of a change is back, and with it what it changed."""
    for of in record.of_order(one.connection, order.id):
        record.set_back(one.connection, of.id, refunded=of.amount, disputed=None, at=one.desk.now)
    contract_over.end_contract(one.connection, order, one.desk.now, by_refund=True)


@table(
    ("before", "ordered", "since", "then", "given"),
    [
        (None, ("team", 5), None, ("team", 5), True),
        (None, (None, 5), None, ("pro", 5), True),
        (None, ("team", 5), ("team", 8), ("team", 8), False),
        (None, ("team", 5), (None, 6), ("pro", 6), False),
        (None, ("team", 5), ("even", 3), ("even", 3), False),
        (None, (None, 5), (None, 6), ("pro", 6), False),
        (None, (None, 5), ("team", None), ("team", 3), False),
        ((None, 5), ("team", 6), "back", ("pro", 3), False),
        ((None, 5), (None, 6), "back", ("pro", 3), False),
        (None, ("team", 5), "over", ("pro", 3), False),
    ],
)
def test_late_money_gives_what_was_ordered_or_goes_back(
    before: Any, ordered: Any, since: Any, then: tuple[str, int], given: bool
) -> None:
    with buyer() as one:
        one.passes(100)
        if before is not None:
            one.changes(before[0], "now", before[1])
        made = a(RenewalToPay, orders(one, *ordered))
        one.desk.opens(made.payment_id)
        one.passes(300 if since == "over" else 20)
        one.desk.does(paying.ExpirePayment(made.payment_id))
        if since == "back":
            goes_back(one, order_record.of_account(one.connection, "a1")[1])
        elif since is not None and since != "over":
            one.changes(since[0], "now", since[1])
        was = len(one.desk.bank.unowed)
        assert one.desk.pays(made.payment_id)
        assert (runs(one), len(one.desk.bank.unowed) - was) == (then, 0 if given else 1)
        assert present(order_record.get(one.connection, made.order_id)).status == ("paid" if given else "placed")


def test_a_changed_charge_is_told_anew_by_letter_to_whoever_has_no_chat() -> None:
    with buyer() as one:
        chats = (sa.update(account).values(conversation_id=None), sa.update(sales_order).values(conversation_id=None))
        for none in chats:
            one.connection.execute(none)
        one.changes("team", "next_term", 8)
        one.passes(352)
        [first] = letters(one)
        made = a(RenewalToPay, orders(one, None, 4))
        gross = present(order_record.by_number(one.connection, made.number)).price.gross
        for none in chats:
            one.connection.execute(none)
        booked = Bookings(one.desk.quotes, KEY, one.desk).book(one.desk, made.number, gross, "W1")  # type: ignore[arg-type]
        assert isinstance(booked, TransferBooked)
        one.passes(14)
        [_, anew] = letters(one)
        charged = [amount for _, _, amount, _ in one.desk.bank.charges]
        assert (runs(one), charged) == (("pro", 4), [anew.gross])
        assert anew.gross < first.gross


def letters(one: Buyer) -> list[ChargeComing]:
    return [said.event for said in one.desk.said if isinstance(said.event, ChargeComing) and said.by_letter]


def test_a_change_whose_transfer_was_a_slip_is_paid_again() -> None:
    with buyer() as one:
        one.passes(100)
        made = a(RenewalToPay, orders(one, None, 5))
        gross = present(order_record.by_number(one.connection, made.number)).price.gross
        books = Bookings(one.desk.quotes, KEY, one.desk)
        for reference in ("W1", "W2"):
            assert isinstance(books.book(one.desk, made.number, gross, reference), TransferBooked)  # type: ignore[arg-type]
            assert runs(one) == ("pro", 5)
            [listed] = transfers.list_transfers(one.connection, Window(10), status="booked")
            assert isinstance(books.take_back(one.desk, listed.id, "a slip"), BookingTakenBack)  # type: ignore[arg-type]
            assert present(order_record.by_number(one.connection, made.number)).status == "placed"
