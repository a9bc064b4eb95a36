"""How busy the desk is: who waits, how long people have waited, and how many conversations each agent has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

import sqlalchemy as sa

from services.store.tables.support import handoff

OPEN = sa.text("ended_at IS NULL")  # literally the index's condition


@dataclass(frozen=True, slots=True)
class Load:
    """Now. `longest`: how long the first of the queue has waited, None if nobody waits. `held`: conversations that each
    agent has, by the agent's id."""

    waiting: int
    longest: timedelta | None
    held: dict[str, int]


@dataclass(frozen=True, slots=True)
class WaitTimes:
    """Of those who were first taken in a span: how many, and how long they had waited. `nine_of_ten` waited no longer
    than that. `gone`: asked in the span and ended without an agent."""

    taken: int
    median: timedelta | None
    nine_of_ten: timedelta | None
    gone: int


_NOW = sa.select(handoff.c.agent_id, sa.func.count(), sa.func.min(handoff.c.asked_at)).where(OPEN)
_TAKEN = sa.select(handoff.c.asked_at, handoff.c.first_taken_at).where(
    handoff.c.first_taken_at >= sa.bindparam("begin"),
    handoff.c.first_taken_at < sa.bindparam("end"),
    # Taken without having been asked for: nobody waited.
    handoff.c.reason != "taken",
)
_GONE = sa.select(sa.func.count()).where(
    handoff.c.asked_at >= sa.bindparam("begin"),
    handoff.c.asked_at < sa.bindparam("end"),
    handoff.c.ended_at.is_not(None),
    handoff.c.first_taken_at.is_(None),
)


def now(connection: sa.Connection, moment: datetime) -> Load:
    """The queue and who has how many."""
    rows = connection.execute(_NOW.group_by(handoff.c.agent_id)).all()
    counted = {agent: (count, first) for agent, count, first in rows}
    waiting, first = counted.pop(None, (0, None))
    longest = max(moment - first, timedelta(0)) if first is not None else None
    return Load(waiting, longest, {agent: count for agent, (count, _) in sorted(counted.items())})


def waits(connection: sa.Connection, *, begin: datetime, end: datetime) -> WaitTimes:
    """How long people waited who were taken in `begin` ≤ time < `end`."""
    times = {"begin": begin, "end": end}
    waited = sorted(taken - asked for asked, taken in connection.execute(_TAKEN, times))
    gone = connection.execute(_GONE, times).scalar_one()
    if not waited:
        return WaitTimes(0, None, None, gone)
    return WaitTimes(len(waited), median(waited), waited[-(-9 * len(waited) // 10) - 1], gone)
