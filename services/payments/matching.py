"""Transfers matched to the order that they are for: a kept one by a person, an entry of a statement by what it says.

An order is paid by the rules of `transfers.py`. A statement's money is nobody's by its sum alone: without the order's
number in its title it takes one awaited order of this sum whose company or orderer is called as its payer is.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.orders import order_record, trials
from services.payments import kept, money, record, transfers
from services.payments.bank_files import Entry
from services.payments.transfers import ListedTransfer, Reason, TransferBooked
from services.store import leases
from services.store.statements import Window
from services.store.tables.orders import orderer, payment, sales_order
from values.parsing import fold_words
from values.payment import OFFLINE_PROVIDER

MatchedBy = Literal["number", "name", "person"]
Unmatched = Literal[
    "several_orders",  # their numbers stand in the title, or several await this sum of this payer
    "no_such_sum",  # no order awaits it
    "reference_taken",  # the bank has given it to another sum, too: that isn't known
    "another_payer",  # an order awaits this sum of somebody who isn't called so
]
NotMoved = Reason | Literal["booked", "returned", "split"]


class KeptBooked(Struct, frozen=True):
    """A kept transfer that pays an order. `was`: as it was told; None: nothing was changed, it paid that order before.

    `told_for`: the order it was told for.
    """

    now: ListedTransfer
    told_for: order_record.OrderRecord
    was: ListedTransfer | None = None
    booked: TransferBooked | None = None


class OrderFound(Struct, frozen=True):
    """The order that an entry is for, and how it was found."""

    number: str
    by: MatchedBy


def book_kept(
    connection: sa.Connection,
    transfer_id: str,
    order: order_record.OrderRecord,
    *,
    payment_id: str,
    server_key: bytes,
    expires_at: datetime,
    now: datetime,
) -> KeptBooked | NotMoved | None:
    """Book a kept transfer for an order, which it pays to the cent; else why it stays as it is, None if unknown."""
    found = lock_with_orders(connection, transfer_id, [order.id])
    if found is None:
        return None
    told_for, known = found
    was = transfers.describe(connection, known)
    if known.status == "refunded":
        return "returned"
    if known.status == "split":
        return "split"
    if known.status in ("paid", "dropped"):
        stands = find_by_reference(connection, was.receipt.reference) if known.status == "dropped" else was
        same = stands is not None and stands.receipt.status == "paid" and stands.order_number == order.number
        return KeptBooked(stands, told_for) if stands is not None and same else "booked"
    order, told = order_record.lock(connection, order.id), was.receipt
    why_kept = kept.why_transfer_kept(order, told)
    if told_for.id == order.id and why_kept != "undecided":
        return "already_paid" if why_kept == "late" else why_kept
    if (why := why_unpaid(connection, order, told.amount, told.currency, now)) is not None:
        return why
    booked = transfers.book_transfer(
        connection,
        order_number=order.number,
        amount=told.amount,
        currency=told.currency,
        reference=told.reference,
        payment_id=payment_id,
        server_key=server_key,
        expires_at=expires_at,
        now=now,
        by_person=True,
    )
    assert isinstance(booked, TransferBooked), "it was asked before whether it pays"
    record.set_attempt(connection, known, now, status="dropped")
    stands = find_by_reference(connection, told.reference)
    assert stands is not None, "it was booked just now"
    return KeptBooked(stands, told_for, was, booked)


def lock_with_orders(
    connection: sa.Connection, transfer_id: str, order_ids: Iterable[str]
) -> tuple[order_record.OrderRecord, record.PaymentAttempt] | None:
    """Lock a transfer's order and these, by their ids: two moves in opposite directions wait for each other else."""
    of = record.get(connection, transfer_id.rpartition("-")[0])
    for id in sorted({*order_ids, *(() if of is None else (of.order_id,))}):
        order_record.lock(connection, id)
    return transfers.lock_order_of_transfer(connection, transfer_id)


def find_entry(connection: sa.Connection, entry: Entry) -> ListedTransfer | Unmatched | None:
    """Hold the entry's reference; return the transfer that it is, or why it can't be told, None for a new one."""
    leases.serialize(connection, "transfer", entry.reference)
    known = find_by_reference(connection, entry.reference)
    if known is None or (known.receipt.amount, known.receipt.currency) == (entry.amount, entry.currency):
        return known
    return "reference_taken"


def find_by_reference(connection: sa.Connection, reference: str) -> ListedTransfer | None:
    """Return the transfer that the bank calls so, as it stands now; None: it wasn't told."""
    return next(iter(transfers.list_transfers(connection, Window(1), reference=reference)), None)


def why_unpaid(
    connection: sa.Connection, order: order_record.OrderRecord, amount: int, currency: str, now: datetime
) -> Reason | None:
    """Return why money wouldn't pay the order, None if it would. The caller holds the order."""
    if currency.upper() != order.currency.upper():
        return "wrong_currency"
    if amount != order.price.gross.minor:
        return "wrong_amount"
    if order.paid_at is not None or money.is_order_replaced(connection, order, now):
        return "already_paid"
    if order.trial and trials.is_lost(connection, order.id):
        return "cancelled"
    payable = any(of.expires_at > of.created_at for of in record.of_order(connection, order.id))
    return None if payable or order.status == "placed" else "cancelled"


def find_order(connection: sa.Connection, entry: Entry, prefix: str) -> OrderFound | Unmatched:
    """Return the order whose number stands in the entry's title, else the one awaited of its payer."""
    read = (order_record.by_number(connection, number) for number in _numbers(entry, prefix))
    named = {order.number for order in read if order is not None}
    if named:
        return OrderFound(named.pop(), "number") if len(named) == 1 else "several_orders"
    awaited = _awaited(connection, entry)
    theirs = [number for number, names in awaited.items() if _is_payer(names, entry.name)]
    if len(theirs) > 1:
        return "several_orders"
    if theirs:
        return OrderFound(theirs[0], "name")
    return "another_payer" if awaited else "no_such_sum"


def _numbers(entry: Entry, prefix: str) -> Iterator[str]:
    """Yield the numbers in a title as they are written in full: banks leave out slashes and break lines anywhere."""
    written = re.compile(rf"(?<![0-9A-Z]){prefix}[\s/_.-]*(\d{{4}})[\s/_.-]*(\d{{6,9}})(?!\d)", re.ASCII)
    for title in (" ".join(entry.title), "".join(entry.title)):
        for year, count in written.findall(title.upper()):
            yield f"{prefix}/{year}/{count}"


def _awaited(connection: sa.Connection, entry: Entry) -> dict[str, tuple[str, str]]:
    """Return the orders that await a transfer of this sum, by number: how the company and the orderer are called.

    All of them: of one that is left out nobody would see that the money may be for it.
    """
    owed = (payment.c.amount == entry.amount, payment.c.currency == entry.currency, payment.c.status == "pending")
    query = sa.select(sales_order.c.number, sales_order.c.billing, orderer.c.name)
    query = query.join(payment).outerjoin(orderer).where(*owed, payment.c.provider == OFFLINE_PROVIDER)
    return {row.number: (row.billing.get("name") or "", row.name or "") for row in connection.execute(query)}


def _is_payer(names: tuple[str, str], payer: str) -> bool:
    """Return whether all words of the company's name, or of the orderer's, stand in the payer's, two at least."""
    written = set(fold_words(payer).split())
    return any(len(words) > 1 and words <= written for words in (set(fold_words(one).split()) for one in names))
