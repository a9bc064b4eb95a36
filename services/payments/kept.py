"""Kept money: transfers that pay nothing, with why, for a person to book or to send back."""

from collections.abc import Iterable
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import transfers
from services.payments.transfers import ListedTransfer, TransferReceipt
from services.store.statements import Window

WhyKept = Literal["wrong_amount", "wrong_currency", "already_paid", "cancelled", "late"]


class KeptTransfer(Struct, frozen=True):
    """A kept transfer, with the order that it was told for."""

    id: str
    receipt: TransferReceipt
    order: OrderRecord
    why: WhyKept


def of_account(connection: sa.Connection, account_id: str) -> list[KeptTransfer]:
    """Return the account's in the order in which they were told."""
    return list(_explained(connection, transfers.listed(connection, Window(_MOST), status="kept", of=account_id)))


def page(connection: sa.Connection, asked: Window) -> list[KeptTransfer]:
    """Return a page of all of them, the longest kept first."""
    return list(_explained(connection, transfers.listed(connection, asked, status="kept")))


_MOST = 200


def _explained(connection: sa.Connection, kept: Iterable[ListedTransfer]) -> Iterable[KeptTransfer]:
    for one in kept:
        order = order_record.by_number(connection, one.order_number)
        assert order is not None, "it was told for this order"
        yield KeptTransfer(one.id, one.receipt, order, why_kept(order, one.receipt))


def why_kept(order: OrderRecord, of: TransferReceipt) -> WhyKept:
    """Return why a kept transfer pays nothing; `late`: another order was paid in the place of this one."""
    if of.status == "mismatch":
        return "wrong_amount" if of.currency == order.currency else "wrong_currency"
    if order.status == "paid":
        return "already_paid"
    return "cancelled" if order.status == "cancelled" else "late"
