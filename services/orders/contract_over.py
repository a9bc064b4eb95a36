"""A contract that is over: all that was paid is back, and it was withdrawn from or the seller's rule ends it."""

from datetime import datetime

import sqlalchemy as sa

from services.einvoicing import einvoices
from services.orders import order_record, orders
from services.payments import record
from services.subscriptions import changes, subscriptions, unbegun


def end(
    connection: sa.Connection, order: order_record.OrderRecord, now: datetime, *, by_refund: bool = False
) -> tuple[subscriptions.Subscription, ...]:
    """End what the order gave where its contract is over, whichever came first; return what that has changed.

    `by_refund`: the seller ends it without a withdrawal, too.

    With it end the e-invoices that nothing else is paid for, and the unpaid orders that were to renew it.
    """
    order_record.lock(connection, order.id)  # a refund that is booked just now reads the decision, or is read here
    paid = (of for of in record.of_order(connection, order.id) if of.paid_at is not None)
    owed = any(of.amount and not of.all_back for of in paid)  # a trial may have no payment at all
    withdrawn = subscriptions.is_withdrawn(connection, order.id)
    if order.status != "paid" or owed or not (withdrawn or by_refund):
        return ()
    why: subscriptions.EndReason = "withdrawn" if withdrawn else "refunded"
    changes.take_off(connection, order)
    changed = tuple(unbegun.call_off(connection, order, why, now, at_once=True))
    ended = {of.id for of in changed if of.status == "ended"}
    for other in order_record.of_account(connection, order.account_id):
        if other.status == "placed" and any(item.renews in ended for item in other.items):
            orders.cancel(connection, order_id=other.id, now=now)
    einvoices.end_with_service(connection, order.account_id)
    return changed


def has_ended(connection: sa.Connection, order_id: str) -> bool:
    """Return whether what the order gave has ended that way."""
    return any(of.why_ended == "withdrawn" for of in subscriptions.of_order(connection, order_id))
