"""One-time links by which an agent sets a password: the administrator who makes one never knows the password."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from services.keyed_hash import sha256_hex
from services.store.tables.agents import agent, agent_link

LIFETIME = timedelta(hours=24)


def issue(connection: sa.Connection, *, token: str, agent_id: str, now: datetime) -> datetime:
    """Make the link of a random token; older ones of the agent die. Gives the end of its time."""
    connection.execute(sa.delete(agent_link).where(agent_link.c.agent_id == agent_id))
    expires_at = now + LIFETIME
    connection.execute(
        sa.insert(agent_link).values(token_hash=sha256_hex(token), agent_id=agent_id, expires_at=expires_at)
    )
    return expires_at


def find_link_agent(connection: sa.Connection, token: str, now: datetime) -> str | None:
    """Return the id of the agent whose password it sets; None for every link that doesn't open. Changes nothing."""
    found = (
        sa.select(agent_link.c.agent_id)
        .join(agent, agent.c.id == agent_link.c.agent_id)
        .where(*_opens(token, now), agent.c.disabled_at.is_(None))
    )
    return connection.execute(found).scalar()


def use(connection: sa.Connection, token: str, now: datetime) -> str | None:
    """Use it up: the agent's id for exactly one caller."""
    used = sa.delete(agent_link).where(*_opens(token, now)).returning(agent_link.c.agent_id)
    return connection.execute(used).scalar()


def _opens(token: str, now: datetime) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return agent_link.c.token_hash == sha256_hex(token), agent_link.c.expires_at > now
