"""Transfers matched to the order that they are for: a kept one by a person, an entry of a statement by what it says.

An order is paid by the rules of `transfers.py`. A statement's money is nobody's by its sum alone: without the order's
number in its title it takes one awaited order of this sum whose company or orderer is called as its payer is.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.orders import order_record, trials
from services.payments import kept, money, record, transfers
from services.payments.bank_files import Entry, is_same_digest
from services.payments.transfers import ListedTransfer, Reason, TransferBooked, TransferReceipt
from services.store import leases
from services.store.tables.orders import orderer, payment, payment_attempt, sales_order
from values.parsing import fold_words
from values.payment import OFFLINE_PROVIDER

MatchedBy = Literal["number", "name", "person"]
Unmatched = Literal[
    "several_orders",  # their numbers stand in the title, or several await this sum of this payer
    "no_such_sum",  # no order awaits it
    "reference_taken",  # the bank has given it to another payment, too, and this one names no order
    "another_payer",  # an order awaits this sum of somebody who isn't called so
]
_TOLD_BEFORE = timedelta(days=31)
"""So long before its day in the bank's file money may have been told by a person."""
NotMoved = Reason | Literal["booked", "returned", "split"]


class KeptBooked(Struct, frozen=True):
    """A kept transfer that pays an order. `was`: as it was told; None: nothing was changed, it paid that order before.

    `told_for`: the order it was told for.
    """

    now: ListedTransfer
    told_for: order_record.OrderRecord
    was: ListedTransfer | None = None
    booked: TransferBooked | None = None


class NewEntry(Struct, frozen=True):
    """An entry that isn't in the books yet, and the name that it gets there.

    `taken_by`: the order with which another payment of the bank's reference stands, where no file has told both.
    """

    reference: str
    taken_by: str | None = None


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
        stands = _find_moved(connection, was) if known.status == "dropped" else was
        same = stands is not None and stands.receipt.status == "paid" and stands.order_number == order.number
        return KeptBooked(stands, told_for) if stands is not None and same else "booked"
    order, told = order_record.lock(connection, order.id), was.receipt
    why_kept = kept.why_transfer_kept(order, told)
    if told_for.id == order.id and why_kept not in ("undecided", "reference_taken"):
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
        digest=known.digest,
        moved_from=transfer_id,
    )
    assert isinstance(booked, TransferBooked), "it was asked before whether it pays"
    record.set_attempt(connection, known, now, status="dropped")
    return KeptBooked(booked.transfer, told_for, was, booked)


def _find_moved(connection: sa.Connection, was: ListedTransfer) -> ListedTransfer | None:
    """Return the transfer as which a person has booked this one for another order."""
    told = transfers.list_by_reference(connection, was.receipt.reference)
    return next((one for one in told if one.moved_from == was.id and one.receipt.status != "dropped"), None)


def lock_with_orders(
    connection: sa.Connection, transfer_id: str, order_ids: Iterable[str]
) -> tuple[order_record.OrderRecord, record.PaymentAttempt] | None:
    """Lock a transfer's order and these, by their ids: two moves in opposite directions wait for each other else."""
    of = record.get(connection, transfer_id.rpartition("-")[0])
    for id in sorted({*order_ids, *(() if of is None else (of.order_id,))}):
        order_record.lock(connection, id)
    return transfers.lock_order_of_transfer(connection, transfer_id)


def find_entry(connection: sa.Connection, entry: Entry, prefix: str) -> ListedTransfer | NewEntry:
    """Hold the entry's reference; return the transfer that it is, else the name that it gets.

    One without a digest, as the API tells it, is the entry where nothing of it contradicts: its sum, its order's number
    in the title, its day. It has the entry's digest from then on, as has one whose account wasn't told.
    """
    leases.serialize(connection, "transfer", entry.reference)
    called = transfers.list_by_reference(connection, entry.reference)
    apart = transfers.list_by_reference(connection, entry.reference_apart)
    for told in (apart, called) if entry.nth == 1 else (apart,):
        if (same := _find_same(connection, entry, told, prefix)) is not None:
            if len(same.digest or "") < len(entry.digest):
                payment_id, _, n = same.id.rpartition("-")
                its = (payment_attempt.c.payment_id == payment_id, payment_attempt.c.n == int(n))
                connection.execute(sa.update(payment_attempt).where(*its).values(digest=entry.digest))
            return same
    if not called:
        return NewEntry(entry.reference if entry.is_first else entry.reference_apart)
    beside = [one for one in called if one.digest and any(is_same_digest(one.digest, of) for of in entry.beside)]
    return NewEntry(entry.reference_apart, None if beside else called[-1].order_number)


def _find_same(
    connection: sa.Connection, entry: Entry, told: Sequence[ListedTransfer], prefix: str
) -> ListedTransfer | None:
    known = [one for one in told if one.receipt.status != "dropped"]
    for one in known:
        if one.digest is not None and is_same_digest(one.digest, entry.digest):
            return one
    unread = [one for one in known if one.digest is None and _is_possible(one.receipt, entry)]
    named = _named_orders(connection, entry, prefix) if unread else set[str]()
    if named and named.isdisjoint(one.order_number for one in told):
        return None
    return min(unread, key=lambda one: one.order_number not in named, default=None)


def _is_possible(told: TransferReceipt, entry: Entry) -> bool:
    """Return whether the entry may be what was told: of this sum, and not booked long after that."""
    late = entry.booked_on is not None and entry.booked_on > told.at.date() + _TOLD_BEFORE
    return (told.amount, told.currency) == (entry.amount, entry.currency) and not late


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
    if named := _named_orders(connection, entry, prefix):
        return OrderFound(named.pop(), "number") if len(named) == 1 else "several_orders"
    awaited = _awaited(connection, entry)
    theirs = [number for number, names in awaited.items() if _is_payer(names, entry.name)]
    if len(theirs) > 1:
        return "several_orders"
    if theirs:
        return OrderFound(theirs[0], "name")
    return "another_payer" if awaited else "no_such_sum"


def _named_orders(connection: sa.Connection, entry: Entry, prefix: str) -> set[str]:
    read = (order_record.by_number(connection, number) for number in _numbers(entry, prefix))
    return {order.number for order in read if order is not None}


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
