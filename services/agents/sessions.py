"""Sessions of agents: a random token in the browser, its SHA-256 in the store.

Every log-in makes a new token. A session that ended is gone: by log-out, a new password, a new role, a disabled
account, or by time (NIST SP 800-63B, AAL2: at most an hour idle and a day in all; here half of each).
"""

from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.keyed_hash import sha256_hex
from services.store.tables.agents import agent, agent_session
from services.store.tables.agents import agent_session as table

Stage = Literal["half", "full"]

IDLE = timedelta(minutes=30)
OVERALL = timedelta(hours=12)
HALF = timedelta(minutes=10)
"""How long the second factor may take after the password."""
TOUCHED = timedelta(minutes=1)
"""So exactly it is noted when somebody was last active."""


class AgentSession(Struct, frozen=True):
    """A log-in that holds. `proved_at`: when this person last showed that it is them."""

    id: str
    agent_id: str
    login: str
    name: str
    role: str
    locale: str | None
    proved_at: datetime
    seen_at: datetime


_LIVE = (
    sa.select(
        table.c.id,
        table.c.agent_id,
        agent.c.login,
        agent.c.name,
        agent.c.role,
        agent.c.locale,
        table.c.proved_at,
        table.c.seen_at,
    )
    .join(agent, agent.c.id == table.c.agent_id)
    .where(
        table.c.stage == sa.bindparam("of_stage"),
        agent.c.disabled_at.is_(None),
        table.c.proved_at > sa.bindparam("proved_after"),
        table.c.seen_at > sa.bindparam("seen_after"),
    )
)
_BY_TOKEN = _LIVE.where(table.c.token_hash == sa.bindparam("hashed"))
_BY_ID = _LIVE.where(table.c.id == sa.bindparam("wanted"))


def begin(
    connection: sa.Connection, *, session_id: str, token: str, agent_id: str, now: datetime, stage: Stage = "full"
) -> None:
    """Begin a session. `token`: 256 random bits, known to the browser only."""
    connection.execute(
        sa.insert(table).values(
            id=session_id, token_hash=sha256_hex(token), agent_id=agent_id, stage=stage, proved_at=now, seen_at=now
        )
    )


def find(connection: sa.Connection, token: str, now: datetime, stage: Stage = "full") -> AgentSession | None:
    """Return the session of a token; None if there never was one, or it has ended."""
    row = connection.execute(_BY_TOKEN, {"hashed": sha256_hex(token), **_limits(stage, now)}).first()
    return None if row is None else AgentSession(*row)


def alive(connection: sa.Connection, session_id: str, now: datetime) -> bool:
    """Return whether a session still holds; for responses that stay open, such as a stream."""
    return connection.execute(_BY_ID, {"wanted": session_id, **_limits("full", now)}).first() is not None


def _limits(stage: Stage, now: datetime) -> dict[str, object]:
    overall, idle = (OVERALL, IDLE) if stage == "full" else (HALF, HALF)
    return {"of_stage": stage, "proved_after": now - overall, "seen_after": now - idle}


def last_seen(connection: sa.Connection, now: datetime) -> dict[str, datetime]:
    """Return the moment of each logged-in agent's last activity, by id; to the minute (`TOUCHED`)."""
    limits = _limits("full", now)
    query = sa.select(table.c.agent_id, sa.func.max(table.c.seen_at)).where(
        table.c.stage == limits["of_stage"],
        table.c.proved_at > limits["proved_after"],
        table.c.seen_at > limits["seen_after"],
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(table.c.agent_id))}


def touch(connection: sa.Connection, session_id: str, now: datetime) -> None:
    connection.execute(sa.update(table).where(table.c.id == session_id).values(seen_at=now))


def end(connection: sa.Connection, session_id: str) -> bool:
    """End one; True for exactly one caller."""
    ended = sa.delete(table).where(table.c.id == session_id).returning(table.c.id)
    return connection.execute(ended).first() is not None


def end_by_token(connection: sa.Connection, token: str) -> None:
    """End the one of this token, of whichever stage, if there is one."""
    connection.execute(sa.delete(table).where(table.c.token_hash == sha256_hex(token)))


def end_all(connection: sa.Connection, agent_id: str) -> None:
    """End all of an agent, those that wait for a second factor included."""
    connection.execute(sa.delete(table).where(table.c.agent_id == agent_id))


def forget_before(connection: sa.Connection, now: datetime) -> None:
    """Drop those whose time is over."""
    connection.execute(sa.delete(agent_session).where(table.c.proved_at < now - OVERALL))
    connection.execute(sa.delete(agent_session).where(table.c.seen_at < now - IDLE))
