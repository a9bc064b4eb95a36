"""Readings of a desk's tables: jobs left undone, orders booked."""

import sqlalchemy as sa
from msgspec import Struct

from services.store.tables.accounts import account
from services.store.tables.core import call, event, inbound, journal
from services.store.tables.orders import payment, sales_order
from services.store.tables.support import recording


class PaymentReading(Struct, frozen=True):
    """A payment as the desk has it: of which order, and how it stands."""

    id: str
    order: str
    status: str


def left(connection: sa.Connection) -> dict[str, int]:
    """Count unfinished work, turns that raised, and jobs that were given up, by their kind."""
    questions = {
        "calls open": sa.select(sa.func.count()).select_from(call).where(call.c.status == "open", ~call.c.background),
        "events open": sa.select(sa.func.count()).select_from(event).where(event.c.done_at.is_(None)),
        "replies unsent": sa.select(sa.func.count()).select_from(journal).where(journal.c.delivery == "open"),
        "recordings unheard": sa.select(sa.func.count()).select_from(recording).where(recording.c.state.is_(None)),
        "turns that raised": sa.select(sa.func.count()).select_from(inbound).where(inbound.c.failed),
    }
    given_up = (
        sa.select(call.c.kind, call.c.attempts, sa.func.count())
        .where(call.c.status == "failed")
        .group_by(call.c.kind, call.c.attempts)
    )
    return {
        **{name: connection.execute(query).scalar_one() for name, query in questions.items()},
        **{f"{kind} given up at try {tries}": n for kind, tries, n in connection.execute(given_up)},
    }


def booked(connection: sa.Connection) -> list[PaymentReading]:
    """List all payments with their orders."""
    of = sa.select(payment.c.id, sales_order.c.number, payment.c.status)
    return [PaymentReading(*row) for row in connection.execute(of.join_from(payment, sales_order))]


def orders(connection: sa.Connection) -> dict[str, int]:
    """Count the orders by how they stand."""
    of = sa.select(sales_order.c.status, sa.func.count()).group_by(sales_order.c.status)
    return {row[0]: row[1] for row in connection.execute(of)}


def addresses_twice(connection: sa.Connection) -> list[str]:
    """List the addresses of which there is more than one active account."""
    of = sa.select(account.c.email).where(account.c.status == "active").group_by(account.c.email)
    return [row[0] for row in connection.execute(of.having(sa.func.count() > 1))]
