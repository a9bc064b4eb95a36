"""Orders' pages that a customer may pass on, for somebody else to pay: the secret address of each.

It is derived, never stored, and good for one order alone, whatever becomes of that.
"""

from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.keyed_hash import is_keyed_hex, keyed_hex
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import record
from services.payments.record import PaymentRecord

State = Literal["waits", "paid", "cancelled", "expired"]
_PURPOSE, _PROOF = "order's page", 64


class PassedOnOrder(Struct, frozen=True):
    """An order, and the payment that was opened for it last."""

    order: OrderRecord
    payment: PaymentRecord

    def state(self, now: datetime) -> State:
        """Return whether its money is still waited for."""
        if self.order.status == "paid" or self.payment.status in ("paid", "refunded"):
            return "paid"
        if self.order.status == "cancelled" or self.payment.status == "cancelled":
            return "cancelled"
        return "expired" if self.payment.status == "expired" or self.payment.expires_at <= now else "waits"


def path_of(server_key: bytes, order_id: str) -> str:
    """Return the secret path of an order's page, the same for as long as the order exists."""
    return f"pay/{order_id}{keyed_hex(server_key, _PURPOSE, order_id)}"


def find(connection: sa.Connection, server_key: bytes, token: str) -> PassedOnOrder | None:
    """Return the order behind the last part of its path; None for any other, and where there is nothing to be paid."""
    order_id, proof = token[:-_PROOF], token[-_PROOF:]
    known = is_keyed_hex(server_key, proof, _PURPOSE, order_id)
    return of_order(connection, order_record.get(connection, order_id)) if known else None


def of_order(connection: sa.Connection, order: OrderRecord | None) -> PassedOnOrder | None:
    """Return an order with the payment opened for it last; None without one, and where nothing is to be paid."""
    opened = record.of_order(connection, order.id) if order is not None and order.price.gross.minor else []
    return PassedOnOrder(order, opened[-1]) if order is not None and opened else None
