"""Timers by which the desk tells of the deadline of money that somebody has to carry to a bank or a post office.

Each such payment has one while it is open; it belongs to no conversation, so that it runs whoever is logged in where.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from services.payments import questions, record
from services.store import timer_rows
from services.store.tables.orders import payment
from values.payment import OFFLINE_PROVIDER, is_offline

KIND = "deadline"
BEFORE = timedelta(days=3)


def set_deadline_timer(connection: sa.Connection, of: record.PaymentRecord, now: datetime) -> None:
    """Set the payment's timer, unless it is paid online or its deadline is nearer than that from the start."""
    due = of.expires_at - BEFORE
    if is_offline(of.method) and now < due:
        postpone_notice(connection, of.id, due)


def plan_all(connection: sa.Connection, now: datetime) -> None:
    """Plan all that are awaited: they may have been opened before deadlines were told."""
    awaited = sa.select(*record.PAYMENT).where(payment.c.status == "pending", payment.c.provider == OFFLINE_PROVIDER)
    for row in connection.execute(awaited.order_by(payment.c.id)).mappings().all():
        set_deadline_timer(connection, record.PaymentRecord(**row), now)


def postpone_notice(connection: sa.Connection, payment_id: str, due: datetime) -> None:
    """Tell of it then."""
    timer_rows.set_timer(connection, questions.owner_of(payment_id), KIND, due)
