"""Read what waits in the database, and how orders and payments stand: the figures that all processes on it share.

What waits is read by an index of it, so that it costs by what waits and not by what there is; orders and payments are
counted: 73 ms on SQLite for 200,000 of each (why nobody is asked for a password: docs/decisions/failures.md).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from services.store import jobs_table
from services.store.tables.core import OPEN_CALL, OPEN_DELIVERY, OPEN_EVENT, call, event, journal, timer
from services.store.tables.orders import payment, sales_order
from services.store.tables.support import handoff


class Waiting(Struct, frozen=True):
    """A number of rows that wait, and for how long the first of them has."""

    count: int = 0
    oldest: timedelta = timedelta(0)


class DeskFigures(Struct, frozen=True):
    """The state of one database at one moment.

    `jobs`: due and not done, by kind; `retried`: those whose tries fail, since the first. `deliveries`: replies that
    haven't reached their channel. `events`: stored for a conversation whose turn hasn't run. `people`: customers
    that wait for an agent.
    """

    jobs: Mapping[str, Waiting]
    retried: Mapping[str, Waiting]
    timers: Waiting
    deliveries: Waiting
    events: Waiting
    people: Waiting
    orders: Mapping[str, int]
    payments: Mapping[str, int]


_NOW = sa.bindparam("now")
_HOW_MANY = sa.func.count()
_JOBS = (
    sa.select(call.c.kind, _HOW_MANY, sa.func.min(call.c.due_at))
    .where(OPEN_CALL, call.c.due_at <= _NOW)
    .group_by(call.c.kind)
)
_SINCE = jobs_table.select_failure("since")
_RETRIED = (
    sa.select(call.c.kind, _HOW_MANY, sa.func.min(_SINCE)).where(OPEN_CALL, _SINCE.is_not(None)).group_by(call.c.kind)
)
_TIMERS = sa.select(_HOW_MANY, sa.func.min(timer.c.due_at)).where(timer.c.due_at <= _NOW)
_DELIVERIES = sa.select(_HOW_MANY, sa.func.min(journal.c.at)).where(OPEN_DELIVERY)
_EVENTS = sa.select(_HOW_MANY, sa.func.min(event.c.at)).where(OPEN_EVENT)
_PEOPLE = sa.select(_HOW_MANY, sa.func.min(handoff.c.asked_at)).where(
    sa.text("ended_at IS NULL"), handoff.c.agent_id.is_(None)
)
_ORDERS = sa.select(sales_order.c.status, _HOW_MANY).group_by(sales_order.c.status)
_PAYMENTS = sa.select(payment.c.status, _HOW_MANY).group_by(payment.c.status)


def read_figures(connection: sa.Connection, now: datetime) -> DeskFigures:
    """Return the figures of now."""

    def one(query: sa.Executable) -> Waiting:
        count, first = connection.execute(query, {"now": now} if query is _TIMERS else {}).one()
        return Waiting(count, _age(first, now))

    jobs = connection.execute(_JOBS, {"now": now})
    retried = connection.execute(_RETRIED)
    return DeskFigures(
        jobs={kind: Waiting(count, _age(first, now)) for kind, count, first in jobs},
        retried={kind: Waiting(count, _age(datetime.fromisoformat(since), now)) for kind, count, since in retried},
        timers=one(_TIMERS),
        deliveries=one(_DELIVERIES),
        events=one(_EVENTS),
        people=one(_PEOPLE),
        orders=_counted(connection, _ORDERS),
        payments=_counted(connection, _PAYMENTS),
    )


def _counted(connection: sa.Connection, query: sa.Executable) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


def _age(first: datetime | None, now: datetime) -> timedelta:
    return max(now - first, timedelta(0)) if first is not None else timedelta(0)
