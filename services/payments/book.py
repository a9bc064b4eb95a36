"""The life of a payment until its money comes: opened, tried again, replaced by another method, expired, cancelled.

    pending ─▶ failed ─▶ pending (again, the same one)      paid ─▶ refunded
       └─▶ paid, expired, cancelled       failed, expired, cancelled ─▶ paid (late money counts, see money.py)

An order has at most one payment that is pending or paid; the store holds that, too.
"""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct, structs

from services import keyed_hash
from services.orders import order_record
from services.payments import deadlines, record
from services.store.statements import demand_same_row
from services.store.tables.orders import payment
from values.payment import OFFLINE_METHODS, OFFLINE_PROVIDER


class Opened(Struct, frozen=True):
    """The payment may be paid. `replaced`: ids of those that it took the place of, cancelled now."""

    payment: record.PaymentRecord
    replaced: tuple[str, ...] = ()


class NotPayable(Struct, frozen=True):
    """There is nothing to pay here (any more); `charging`: the desk takes the money by itself just now."""

    reason: Literal["unknown", "paid", "cancelled", "expired", "refunded", "charging"]


_BY_TOKEN = sa.select(*record.PAYMENT).where(payment.c.token_hash == sa.bindparam("wanted"))


def public_token(server_key: bytes, payment_id: str) -> str:
    """Return the token of our payment link `/p/{token}`: 43 characters, the same for as long as the payment exists."""
    return keyed_hash.token(keyed_hash.key_of(server_key, payment_id), "payment link", payment_id)


def open_payment(
    connection: sa.Connection,
    *,
    payment_id: str,
    order_id: str,
    method: str,
    provider: str,
    server_key: bytes,
    expires_at: datetime,
    now: datetime,
    stored_id: str | None = None,
) -> Opened | NotPayable:
    """Open a payment of a placed order; one pending or failed makes way for it and is cancelled.

    `method:*` and `pay:now`. `stored_id`: the stored way to pay that its link is to lead to.

    The same id twice is the same payment. Errors: LookupError for an order that doesn't exist, NameTaken.
    """
    order = order_record.lock(connection, order_id)
    if (known := record.get(connection, payment_id)) is not None:
        demand_same_row("payment", structs.asdict(known), order_id=order_id)
        return Opened(known)
    if order.status != "placed":
        return NotPayable("paid" if order.status == "paid" else "cancelled")
    replaced = cancel_open(connection, order_id)
    gross, currency = order.price.gross.minor, order.currency
    opened = record.PaymentRecord(
        payment_id, order_id, method, provider, gross, currency, "pending", now, expires_at, None, stored_id
    )
    _insert(connection, opened, server_key)
    order_record.set_method(connection, order_id, method)
    deadlines.set_deadline_timer(connection, opened, now)
    return Opened(opened, replaced)


def note_unpayable(
    connection: sa.Connection,
    *,
    payment_id: str,
    order: order_record.OrderRecord,
    method: str,
    provider: str,
    server_key: bytes,
    now: datetime,
) -> record.PaymentRecord:
    """Note a payment that never could be paid, to hold money that came for an order without any.

    It is over when it begins, which tells it from those that were open once. The caller holds the order.
    """
    gross, currency = order.price.gross.minor, order.currency
    noted = record.PaymentRecord(payment_id, order.id, method, provider, gross, currency, "cancelled", now, now, None)
    _insert(connection, noted, server_key)
    return noted


def find_or_open_for_transfer(
    connection: sa.Connection,
    order: order_record.OrderRecord,
    *,
    opens: bool,
    payment_id: str,
    server_key: bytes,
    expires_at: datetime,
    now: datetime,
) -> record.PaymentRecord:
    """Return the payment that money without a provider is for; where there is none, open one.

    `opens`: beside others, too. A wrong sum must not end a payment under way, nor money that goes back make an order
    payable. An order that was cancelled before it had any gets one that only holds the money.
    """
    known = record.of_order(connection, order.id)
    if (paid := [p for p in known if p.status == "paid"]) and order.status == "paid":
        return paid[-1]
    if awaited := [p for p in known if p.method in OFFLINE_METHODS and p.status != "refunded"]:
        return awaited[-1]
    if known and not (order.status == "placed" and opens):
        return known[-1]
    given: dict[str, Any] = {"payment_id": payment_id, "server_key": server_key, "now": now}
    given |= {"method": OFFLINE_METHODS[0], "provider": OFFLINE_PROVIDER}
    opened = open_payment(connection, order_id=order.id, expires_at=expires_at, **given)
    return opened.payment if isinstance(opened, Opened) else note_unpayable(connection, order=order, **given)


def _insert(connection: sa.Connection, new: record.PaymentRecord, server_key: bytes) -> None:
    token_hash = keyed_hash.sha256_hex(public_token(server_key, new.id))
    connection.execute(sa.insert(payment).values(**structs.asdict(new), token_hash=token_hash))


def retry(connection: sa.Connection, *, payment_id: str, now: datetime) -> Opened | NotPayable:
    """Reopen the payment after a failed try (`pay:now`, or its link opened again).

    A pending one stays so.
    """
    locked = record.lock(connection, payment_id)
    if locked is None:
        return NotPayable("unknown")
    order, known = locked
    if known.status in ("pending", "failed") and known.expires_at <= now:
        record.set_status(connection, payment_id, "expired")
        return NotPayable("expired")
    if "paid" in (known.status, order.status):
        return NotPayable("paid")
    if known.status not in ("pending", "failed"):
        return NotPayable(known.status)
    if known.status == "failed":
        record.set_status(connection, payment_id, "pending")
    fresh = record.get(connection, payment_id)
    return NotPayable("unknown") if fresh is None else Opened(fresh)


def expire(connection: sa.Connection, *, payment_id: str, now: datetime) -> bool:
    """End a payment whose time is over; False if it isn't, or if it was paid, cancelled or expired before."""
    locked = record.lock(connection, payment_id)
    if locked is None or locked[1].status not in ("pending", "failed") or locked[1].expires_at > now:
        return False
    record.set_status(connection, payment_id, "expired")
    return True


def cancel_open(connection: sa.Connection, order_id: str) -> tuple[str, ...]:
    """Cancel what is pending or failed of an order. The caller holds the order."""
    closed = connection.execute(
        sa.update(payment)
        .where(payment.c.order_id == order_id, payment.c.status.in_(("pending", "failed")))
        .values(status="cancelled")
        .returning(payment.c.id)
    )
    return tuple(sorted(closed.scalars()))


def find_by_token(connection: sa.Connection, token: str) -> record.PaymentRecord | None:
    """Return the payment that a link of ours leads to, None if there is none."""
    row = connection.execute(_BY_TOKEN, {"wanted": keyed_hash.sha256_hex(token)}).mappings().first()
    return None if row is None else record.PaymentRecord(**row)
