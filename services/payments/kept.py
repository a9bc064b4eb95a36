"""Kept money: transfers that pay nothing, with why, for a person to book or to send back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import transfers
from services.payments.transfers import ListedTransfer, TransferReceipt
from services.store.statements import Window

WhyKept = Literal["wrong_amount", "wrong_currency", "already_paid", "cancelled", "late", "undecided", "reference_taken"]


class KeptTransfer(Struct, frozen=True):
    """A transfer with the order that it was told for; a kept one says why."""

    id: str
    receipt: TransferReceipt
    order: OrderRecord
    why: WhyKept | None


def of_account(connection: sa.Connection, account_id: str) -> list[KeptTransfer]:
    """Return the account's in the order in which they were told, then those that have paid its orders."""
    told = (
        transfers.list_transfers(connection, Window(_MOST), status=one, of=account_id) for one in ("kept", "booked")
    )
    return join_orders(connection, [one for of in told for one in of])


def find_last_kept_transfer(connection: sa.Connection, order_id: str) -> TransferReceipt | None:
    """Return the last transfer told for an order that pays nothing and hasn't gone back, as its customer was told."""
    told = (one for one in transfers.receipts(connection, order_id) if one.status != "reference_taken")
    kept = [one for one in told if transfers.word_status(one.status) == "kept"]
    return kept[-1] if kept else None


def find_changed_transfer(connection: sa.Connection, order_id: str, told_at: datetime) -> TransferReceipt | None:
    """Return the transfer told for an order at that moment, which isn't what it was told as any more."""
    told = (one for one in transfers.receipts(connection, order_id, moved=True) if one.at == told_at)
    return next((one for one in told if one.status in ("refunded", "dropped", "kept", "split")), None)


def page(connection: sa.Connection, asked: Window) -> list[KeptTransfer]:
    """Return a page of all of them, the longest kept first."""
    return join_orders(connection, transfers.list_transfers(connection, asked, status="kept"))


_MOST = 200


def join_orders(connection: sa.Connection, told: Iterable[ListedTransfer]) -> list[KeptTransfer]:
    """Return transfers with their orders."""
    with_orders = ((one, order_record.by_number(connection, one.order_number)) for one in told)
    return [
        KeptTransfer(
            one.id, one.receipt, order, why_transfer_kept(order, one.receipt) if one.receipt.status != "paid" else None
        )
        for one, order in with_orders
        if order is not None
    ]


def why_transfer_kept(order: OrderRecord, of: TransferReceipt) -> WhyKept:
    """Return why a kept transfer pays nothing; `late`: another order was paid in the place of this one.

    `undecided`: its booking was taken back, or it is what a split has left. `reference_taken`: the bank has given its
    reference to another payment, too.
    """
    if of.status == "reference_taken":
        return "reference_taken"
    if of.status == "kept":
        return "undecided"
    if of.status == "mismatch":
        return "wrong_amount" if of.currency == order.currency else "wrong_currency"
    if order.status == "paid":
        return "already_paid"
    return "cancelled" if order.status == "cancelled" else "late"
