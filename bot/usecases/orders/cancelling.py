"""Unpaid orders cancelled by the seller: by the API, or by an agent."""

from collections.abc import Mapping
from typing import Literal

from bot.conversation.port import UnitOfWork
from dialogs.messages.order import OrderCancelled
from services.orders import order_record, orders
from services.orders.order_record import OrderRecord
from services.seller import seller_events
from services.subscriptions import renewals

NotCancelled = Literal["paid", "cancelled"]
NOT_CANCELLED: Mapping[NotCancelled, str] = {
    "paid": "the order is paid: give its money back instead",
    "cancelled": "the order was cancelled before",
}
"""Why an order stays as it is, for whoever asks by the API."""


def cancel(tx: UnitOfWork, order: OrderRecord, reason: str, *, here: str | None = None) -> NotCancelled | None:
    """Cancel the order, and tell its customer in every chat; return why not, where it is paid or cancelled already.

    `here`: the chat in which an agent says it.
    """
    if order_record.lock(tx.connection, order.id).status == "cancelled":
        return "cancelled"
    cancelled = orders.cancel(tx.connection, order_id=order.id, now=tx.now)
    if isinstance(cancelled, orders.AlreadyPaid):
        return "paid"
    tx.publish(seller_events.order_cancelled(cancelled.order, tx.now, reason))
    for chat in renewals.addresses(tx.connection, order.account_id, tx.now).conversations:
        tx.tell(chat, OrderCancelled(order.number, told=chat == here))
    return None
