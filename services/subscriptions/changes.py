"""Changes within a term: more of a subscription for the days that are left, or another number from the next term on.

What is added now is an order of its own, whose line names the subscription it adds to (`Item.adds`): its money raises
the quantity until the term's end, and with it what is renewed. That it did so stands beside the extensions of the
subscription, with the same end twice.
"""

from datetime import datetime

import sqlalchemy as sa

from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item
from services.store.tables.subscriptions import subscription
from services.store.tables.subscriptions import subscription_extension as extension
from services.subscriptions import subscriptions
from services.subscriptions.subscriptions import Subscription


def term_begun(connection: sa.Connection, of: Subscription) -> datetime | None:
    """Return when the running term began: where the one before ended, or with the subscription."""
    put_off = sa.select(extension.c.from_end).where(
        extension.c.subscription_id == of.id,
        extension.c.to_end == of.ends_at,
        extension.c.from_end != extension.c.to_end,
    )
    return connection.execute(put_off).scalar() or of.starts_at


def add(connection: sa.Connection, order: OrderRecord, now: datetime) -> None:
    """Add what the paid order is for. A second call changes nothing, nor does money for a term that is over."""
    for of, item in _added_to(connection, order):
        if _is_over(of, item):
            continue
        noted = {"order_id": order.id, "subscription_id": of.id, "from_end": of.ends_at, "to_end": of.ends_at}
        if connection.execute(subscriptions.EXTENDED.of(connection), {**noted, "at": now}).first() is not None:
            _count(connection, of, item.quantity)


def is_late(connection: sa.Connection, order: OrderRecord) -> bool:
    """Return whether the term is over to which the order was to add."""
    return any(_is_over(of, item) for of, item in _added_to(connection, order))


def _is_over(of: Subscription, item: Item) -> bool:
    return of.status not in ("active", "grace") or of.ends_at != item.until


def take_off(connection: sa.Connection, order: OrderRecord) -> None:
    """Take off what the order has added to a term that still runs: its money is back."""
    for of, item in _added_to(connection, order):
        noted = sa.delete(extension).where(
            extension.c.order_id == order.id, extension.c.subscription_id == of.id, extension.c.to_end == of.ends_at
        )
        if connection.execute(noted.returning(extension.c.order_id)).first() is not None:
            _count(connection, of, -item.quantity)


def added_until(connection: sa.Connection, of: Subscription, ends_at: datetime) -> int:
    """Return how many were added to the term that ends then, beside those that it was sold with."""
    noted = sa.select(extension.c.order_id).where(
        extension.c.subscription_id == of.id, extension.c.from_end == ends_at, extension.c.to_end == ends_at
    )
    orders = (order_record.get(connection, id) for id in connection.execute(noted).scalars().all())
    return sum(item.quantity for order in orders if order is not None for item in order.items if item.adds == of.id)


def set_next(connection: sa.Connection, of: Subscription, number: int) -> None:
    """Let so many be renewed with the next term."""
    kept = None if number == of.quantity else number
    connection.execute(sa.update(subscription).where(subscription.c.id == of.id).values(next_quantity=kept))


def set_quantity(connection: sa.Connection, of: Subscription, number: int) -> None:
    """Let so many run from now on, at no cost: in a trial."""
    values = {"quantity": number, "next_quantity": None}
    connection.execute(sa.update(subscription).where(subscription.c.id == of.id).values(values))


def _added_to(connection: sa.Connection, order: OrderRecord) -> list[tuple[Subscription, Item]]:
    """Return what the order adds to, locked, with the line that does."""
    wanted = [(item, subscriptions.lock(connection, item.adds)) for item in order.items if item.adds is not None]
    return [(of, item) for item, of in wanted if of is not None and of.account_id == order.account_id]


def _count(connection: sa.Connection, of: Subscription, number: int) -> None:
    """Add so many to what runs, and to what was to be renewed instead of it."""
    columns = subscription.c
    more = {"quantity": columns.quantity + number, "next_quantity": columns.next_quantity + number}
    connection.execute(sa.update(subscription).where(columns.id == of.id).values(more))
