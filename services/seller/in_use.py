"""Counts of an offer's use by customers: products, payment methods, languages. No personal data."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa

from services.store.tables.accounts import account
from services.store.tables.core import conversation
from services.store.tables.orders import payment_method, sales_order
from services.store.tables.subscriptions import subscription

RUNNING = ("active", "grace")
UNPAID = sales_order.c.status == "placed"
AT_ONCE = 500  # states read at a time

Counted = Counter[str]


def subscriptions(connection: sa.Connection) -> Counted:
    """Return how many subscriptions run, by product."""
    return _by(connection, subscription.c.product, subscription.c.status.in_(RUNNING))


def renewing_products(connection: sa.Connection) -> Counted:
    """Return how many of them renew themselves, by product."""
    on = subscription.c.status.in_(RUNNING) & subscription.c.auto_renewal
    return _by(connection, subscription.c.product, on)


def unpaid_methods(connection: sa.Connection) -> Counted:
    """Return how many orders wait for their money, by payment method."""
    return _by(connection, sales_order.c.method, UNPAID)


def unpaid_products(connection: sa.Connection) -> Counted:
    """Return how many orders wait for their money, by what is in them."""
    found = connection.execute(sa.select(sales_order.c["items"]).where(UNPAID)).scalars()
    return Counter(name for items in found for name in {str(item["id"]) for item in items})


def names_as_sold(connection: sa.Connection, known: Collection[str]) -> dict[str, dict[str, str]]:
    """Return what products were called when they were sold, by language.

    Those that run or wait for their money, and aren't known.
    """
    lost = [name for name in subscriptions(connection) if name not in known]
    running = sa.select(subscription.c.order_id).where(subscription.c.product.in_(lost))
    mine = sa.or_(sales_order.c.id.in_(running), UNPAID) if lost else UNPAID
    found = connection.execute(sa.select(sales_order.c["items"]).where(mine).order_by(sales_order.c.placed_at))
    return {
        str(item["id"]): dict(item["names"])
        for items in found.scalars()
        for item in items
        if "names" in item and item["id"] not in known
    }


def stored_methods(connection: sa.Connection) -> Counted:
    """Return how many payment methods are kept by customers."""
    kept = payment_method.c.forgotten_at.is_(None) & payment_method.c.gone_at.is_(None)
    return _by(connection, payment_method.c.method, kept)


def account_languages(connection: sa.Connection) -> Counted:
    """Return how many accounts are written to in each language."""
    return _by(connection, account.c.locale, account.c.status != "closed")


def states(connection: sa.Connection, *, latest: int | None = None) -> Iterator[dict[str, Any]]:
    """Return what each open conversation knows, one by one; with `latest` so many, those begun last."""
    wanted = sa.select(conversation.c.state).where(conversation.c.closed_at.is_(None))
    if latest is not None:
        wanted = wanted.order_by(conversation.c.started_at.desc()).limit(latest)
    yield from connection.execute(wanted.execution_options(yield_per=AT_ONCE)).scalars()


def _by(connection: sa.Connection, of: sa.Column[Any], where: sa.ColumnElement[bool]) -> Counted:
    found = connection.execute(sa.select(of, sa.func.count()).where(where).group_by(of)).all()
    return Counter({str(name): int(number) for name, number in found})
