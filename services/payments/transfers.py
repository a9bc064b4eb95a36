"""Transfers and postal slips: money that no provider tells of. The seller's back office books it by an order's number.

The right sum pays the order as a provider's would (`money.py`). Any other sum or currency, and money for what is paid
already, isn't booked but kept with the order, for a person to look at. A transfer is known by its reference, so that
the same one told again changes nothing, and one told wrongly can be put right.
"""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct, structs

from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import book, money, record
from services.payments.record import AttemptStatus, PaymentAttempt, PaymentRecord
from services.store import leases, statements
from services.store.tables.base import storable
from services.store.tables.orders import payment, payment_attempt, sales_order
from values.payment import OFFLINE_METHODS, OFFLINE_PROVIDER

Reason = Literal["wrong_amount", "wrong_currency", "already_paid", "booked_before", "cancelled"]
Taken = Literal["reference_taken"]


class TransferBooked(Struct, frozen=True):
    """The order is paid by it."""

    order: OrderRecord
    payment: PaymentRecord
    transfer: "ListedTransfer"


class TransferKept(Struct, frozen=True):
    """Not booked. `first_time`: a person must look at it now; False: the same news again, nothing was changed."""

    reason: Reason | Taken
    order: OrderRecord
    first_time: bool


class ReferenceTaken(Struct, frozen=True):
    """Neither booked nor kept: its reference stands for another payment, of the order of this number."""

    order_number: str


class TransferReceipt(Struct, frozen=True):
    """A transfer as it was told for an order, and what became of it."""

    reference: str
    amount: int
    currency: str
    status: AttemptStatus
    at: datetime


def book_transfer(
    connection: sa.Connection,
    *,
    order_number: str,
    amount: int,
    currency: str,
    reference: str,
    payment_id: str,
    server_key: bytes,
    expires_at: datetime,
    now: datetime,
    by_person: bool = False,
    keeps: bool = False,
    digest: str | None = None,
    moved_from: str | None = None,
) -> TransferBooked | TransferKept | ReferenceTaken | None:
    """Book a transfer of `amount` minor units for the order of this number; None if there is no such order.

    `payment_id` and `expires_at` are for the payment that is made where the customer had chosen another method.
    `by_person`: whatever was decided on it before, and with whatever order its reference stands. `keeps`: keep it
    for a person, whatever its sum. `digest`, `moved_from`: as its attempt keeps them.
    """
    reference = storable(reference)
    if not by_person:
        leases.serialize(connection, "transfer", reference)
    found = order_record.by_number(connection, order_number)
    if found is None:
        return None
    order = order_record.lock(connection, found.id)
    right = (amount, currency.upper()) == (order.price.gross.minor, order.currency.upper())
    told = None if by_person else _told(connection, order, reference)
    if told is None and not by_person:
        others = (one for one in list_by_reference(connection, reference) if one.receipt.status != "dropped")
        if (other := next(others, None)) is not None:
            return ReferenceTaken(other.order_number)
    if told is not None and _is_other_money(told, amount, currency):
        return ReferenceTaken(order.number)
    if told is not None and told.status in ("dropped", "kept", "split", "reference_taken"):
        return TransferKept("booked_before", order, first_time=False)  # a person has decided, or will
    if told is None:
        opening: dict[str, Any] = {"payment_id": payment_id, "server_key": server_key, "expires_at": expires_at}
        opens = right and not keeps and not money.is_order_replaced(connection, order, now)
        of = book.find_or_open_for_transfer(connection, order, opens=opens, now=now, **opening)
        told = _note(connection, of, reference, now, digest=digest, moved_from=moved_from)
        if keeps or of.expires_at <= of.created_at:
            unpaid = "already_paid" if order.status == "paid" else "cancelled"
            came = {"received": amount, "received_currency": currency.upper()}
            record.set_attempt(connection, told, now, status="reference_taken" if keeps else "refund_due", **came)
            return TransferKept("reference_taken" if keeps else unpaid, order, first_time=True)
    booked = money.book_paid(
        connection, payment_id=told.payment_id, attempt=told.n, amount=amount, currency=currency.upper(), now=now
    )
    return _outcome(connection, order, told, booked, currency)


def receipts(connection: sa.Connection, order_id: str, *, moved: bool = False) -> list[TransferReceipt]:
    """Return the transfers told for an order, in the order in which they were told; `moved`: those moved away, too."""
    rows = [
        TransferReceipt(a.provider_ref or "", a.received or 0, a.received_currency or "", a.status, a.created_at)
        for p in record.of_order(connection, order_id)
        for a in record.attempts_of(connection, p.id)
        if a.provider == OFFLINE_PROVIDER and (moved or a.status != "dropped")
    ]
    return sorted(rows, key=lambda row: row.at)


class ListedTransfer(Struct, frozen=True):
    """A transfer with the order that it was told for; `id` places it in the list.

    `digest`, `moved_from`: as its attempt keeps them.
    """

    id: str
    receipt: TransferReceipt
    order_number: str
    account_id: str
    digest: str | None = None
    moved_from: str | None = None


_ID = payment_attempt.c.payment_id + "-" + sa.cast(payment_attempt.c.n, sa.Text)
_EVERY = (
    sa.select(
        _ID.label("id"),
        payment_attempt.c.provider_ref,
        payment_attempt.c.received,
        payment_attempt.c.received_currency,
        payment_attempt.c.status,
        payment_attempt.c.created_at,
        payment_attempt.c.digest,
        payment_attempt.c.moved_from,
        sales_order.c.number,
        sales_order.c.account_id,
    )
    .join(payment, payment.c.id == payment_attempt.c.payment_id)
    .join(sales_order, sales_order.c.id == payment.c.order_id)
    .where(payment_attempt.c.provider == OFFLINE_PROVIDER)
)
_LISTED = _EVERY.where(payment_attempt.c.status != "dropped")  # which was booked for another order
_KEPT: tuple[AttemptStatus, ...] = ("mismatch", "refund_due", "kept", "reference_taken")


def list_transfers(
    connection: sa.Connection,
    asked: statements.Window,
    *,
    status: str | None = None,
    reference: str | None = None,
    of: str | None = None,
) -> list[ListedTransfer]:
    """Return transfers in the order in which they were told; `status` as `word_status` names it, `of`: an account."""
    query = _LISTED if of is None else _LISTED.where(sales_order.c.account_id == of)
    if reference is not None:
        query = query.where(payment_attempt.c.provider_ref == storable(reference))
    if status == "kept":
        query = query.where(payment_attempt.c.status.in_(_KEPT))
    elif status is not None:
        query = query.where(payment_attempt.c.status == {"booked": "paid"}.get(status, status))
    rows = connection.execute(statements.page_after(query, payment_attempt.c.created_at, _ID, asked)).all()
    return [_as_listed(row) for row in rows]


def list_by_reference(connection: sa.Connection, reference: str) -> list[ListedTransfer]:
    """Return all that was told under a reference, oldest first, also what a person has booked for another order."""
    named = _EVERY.where(payment_attempt.c.provider_ref == storable(reference))
    return [_as_listed(row) for row in connection.execute(named.order_by(payment_attempt.c.created_at, _ID))]


def booked_since(connection: sa.Connection, since: datetime, most: int) -> list[ListedTransfer]:
    """Return the transfers told since then that have paid an order, the last in front."""
    booked = _LISTED.where(payment_attempt.c.status == "paid", payment_attempt.c.created_at >= since)
    rows = connection.execute(booked.order_by(payment_attempt.c.created_at.desc(), _ID).limit(most)).all()
    return [_as_listed(row) for row in rows]


class TransferReturned(Struct, frozen=True):
    """A transfer that went back to its payer; `first_time`: nobody had said so before."""

    transfer: ListedTransfer
    order: OrderRecord
    first_time: bool


def note_returned(
    connection: sa.Connection, transfer_id: str, now: datetime
) -> TransferReturned | Literal["booked"] | None:
    """Note that a kept transfer was sent back; None if there is none of this id. The payment it came for stays."""
    found = lock_order_of_transfer(connection, transfer_id)
    if found is None:
        return None
    order, known = found
    if known.status in ("paid", "dropped", "split"):
        return "booked"
    if known.status != "refunded":
        record.set_attempt(connection, known, now, status="refunded")
    return TransferReturned(describe(connection, known), order, first_time=known.status != "refunded")


def lock_order_of_transfer(connection: sa.Connection, transfer_id: str) -> tuple[OrderRecord, PaymentAttempt] | None:
    """Lock the order that a transfer was told for; return both, None if there is none of this id."""
    payment_id, _, n = transfer_id.rpartition("-")
    locked = record.lock(connection, payment_id)
    known = next((one for one in record.attempts_of(connection, payment_id) if str(one.n) == n), None)
    if locked is None or known is None or known.provider != OFFLINE_PROVIDER:
        return None
    return locked[0], known


def describe(connection: sa.Connection, known: PaymentAttempt) -> ListedTransfer:
    """Return a transfer as it is listed."""
    found = get(connection, f"{known.payment_id}-{known.n}")
    assert found is not None, "it is known"
    return found


def get(connection: sa.Connection, transfer_id: str) -> ListedTransfer | None:
    """Return a transfer as it is listed, one booked for another order, too; None if there is none of this id."""
    this = (payment_attempt.c.payment_id == transfer_id.rpartition("-")[0], sa.literal(transfer_id) == _ID)
    row = connection.execute(_EVERY.where(*this)).first()
    return None if row is None else _as_listed(row)


def _as_listed(row: sa.Row[*tuple[Any, ...]]) -> ListedTransfer:
    came = (row.provider_ref or "", row.received or 0, row.received_currency or "")
    told = TransferReceipt(*came, row.status, row.created_at)
    return ListedTransfer(row.id, told, row.number, row.account_id, row.digest, row.moved_from)


def word_status(status: AttemptStatus) -> str:
    """Return booked, refunded, split or kept."""
    return {"paid": "booked", "refunded": "refunded", "split": "split"}.get(status, "kept")


def _told(connection: sa.Connection, order: OrderRecord, reference: str) -> PaymentAttempt | None:
    for of in record.of_order(connection, order.id):
        for attempt in record.attempts_of(connection, of.id):
            if (attempt.provider, attempt.provider_ref) == (OFFLINE_PROVIDER, reference):
                return attempt
    return None


def _is_other_money(told: PaymentAttempt, amount: int, currency: str) -> bool:
    """Return whether a known transfer isn't this sum: one told wrongly may be put right, what the bank said may not."""
    stands = told.digest is not None or told.status in ("paid", "refund_due", "kept", "split", "dropped")
    return stands and (told.received, told.received_currency) != (amount, currency.upper())


def _note(
    connection: sa.Connection, of: PaymentRecord, reference: str, now: datetime, **more: str | None
) -> PaymentAttempt:
    n = max((known.n for known in record.attempts_of(connection, of.id)), default=0) + 1
    way = None if of.method in OFFLINE_METHODS else OFFLINE_METHODS[0]  # what it pays is given back as it came
    made = PaymentAttempt(of.id, n, OFFLINE_PROVIDER, reference, None, "created", None, None, now, now, method=way)
    made = structs.replace(made, **more)
    connection.execute(sa.insert(payment_attempt).values(**structs.asdict(made)))
    return made


def _outcome(
    connection: sa.Connection,
    order: OrderRecord,
    told: PaymentAttempt,
    booked: money.Booked | money.Duplicate | money.Overpaid | money.Mismatch | money.UnknownPaymentNotice,
    currency: str,
) -> TransferBooked | TransferKept:
    match booked:
        case money.Booked():
            paid = record.get(connection, told.payment_id)
            assert paid is not None, "it was booked just now"
            return TransferBooked(order_record.lock(connection, order.id), paid, describe(connection, told))
        case money.Mismatch(first_time=first):
            wrong = currency.upper() != order.currency.upper()
            return TransferKept("wrong_currency" if wrong else "wrong_amount", order, first)
        case money.Overpaid():
            return TransferKept("already_paid", order, first_time=True)
        case money.Duplicate() | money.UnknownPaymentNotice():
            return TransferKept("booked_before", order, first_time=False)
