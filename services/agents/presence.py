"""Which agents can be given a conversation, and who of them is there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from services.agents import accounts, sessions
from services.store.tables.agents import agent, agent_identity, agent_telegram

Where = Literal["there", "idle", "group", "out"]
"""At the desk, logged in without doing anything, in the agents' Telegram group, or nowhere."""
THERE = timedelta(minutes=5)
_CAN_LOG_IN = sa.or_(
    agent.c.password_hash.is_not(None),
    sa.exists().where(agent_identity.c.agent_id == agent.c.id),
    sa.exists().where(agent_telegram.c.agent_id == agent.c.id),
)
_ABLE = (
    sa.select(agent.c.id, sa.exists().where(agent_telegram.c.agent_id == agent.c.id))
    .where(agent.c.disabled_at.is_(None), _CAN_LOG_IN)
    .order_by(agent.c.login_key)
)
_ORDER: tuple[Where, ...] = ("there", "group", "idle", "out")


@dataclass(frozen=True, slots=True)
class AgentPresence:
    """One agent; `seen_at`: when they last did something at the desk, None unless they are logged in."""

    id: str
    name: str
    where: Where
    seen_at: datetime | None


def able(connection: sa.Connection, now: datetime) -> list[AgentPresence]:
    """Return the agents who can answer: who may log in and has what it takes to, those who are there first."""
    seen, known = sessions.last_seen(connection, now), {one.id: one for one in accounts.listed(connection)}
    found = [
        AgentPresence(id, known[id].name, _where(seen.get(id), now, in_group=in_group), seen.get(id))
        for id, in_group in connection.execute(_ABLE)
        if id in known
    ]
    return sorted(found, key=lambda one: _ORDER.index(one.where))


def _where(seen: datetime | None, now: datetime, *, in_group: bool) -> Where:
    if seen is not None and now - seen <= THERE:
        return "there"
    return "group" if in_group else "idle" if seen is not None else "out"
