"""Which agent a Telegram account is: told by a one-time code that the agent sends to the bot."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from services.agents import agent_accounts
from services.keyed_hash import sha256_hex
from services.store.tables.agents import agent_telegram, agent_telegram_code

LIFETIME = timedelta(minutes=30)


def issue(connection: sa.Connection, *, code: str, agent_id: str, now: datetime) -> datetime:
    """Make the code, a random one of at least 128 bits; older ones of the agent die. Gives the end of its time."""
    connection.execute(sa.delete(agent_telegram_code).where(agent_telegram_code.c.agent_id == agent_id))
    expires_at = now + LIFETIME
    connection.execute(
        sa.insert(agent_telegram_code).values(code_hash=sha256_hex(code), agent_id=agent_id, expires_at=expires_at)
    )
    return expires_at


def join(connection: sa.Connection, *, code: str, telegram_id: int, now: datetime) -> agent_accounts.Agent | None:
    """Use the code up: the Telegram account is this agent's from now on, whoever's it was, and the agent has no other.

    None for a code that isn't good, or whose agent may not work any more.
    """
    used = (
        sa.delete(agent_telegram_code)
        .where(agent_telegram_code.c.code_hash == sha256_hex(code), agent_telegram_code.c.expires_at > now)
        .returning(agent_telegram_code.c.agent_id)
    )
    agent_id = connection.execute(used).scalar()
    agent = agent_accounts.get(connection, agent_id) if agent_id is not None else None
    if agent is None or agent.disabled_at is not None:
        return None
    earlier = sa.or_(agent_telegram.c.telegram_id == telegram_id, agent_telegram.c.agent_id == agent.id)
    connection.execute(sa.delete(agent_telegram).where(earlier))
    connection.execute(sa.insert(agent_telegram).values(telegram_id=telegram_id, agent_id=agent.id, joined_at=now))
    return agent


def agent_of(connection: sa.Connection, telegram_id: int) -> agent_accounts.Agent | None:
    """Return the agent with this Telegram account; None without one, or if the agent may not work any more."""
    found = sa.select(agent_telegram.c.agent_id).where(agent_telegram.c.telegram_id == telegram_id)
    agent_id = connection.execute(found).scalar()
    agent = agent_accounts.get(connection, agent_id) if agent_id is not None else None
    return agent if agent is not None and agent.disabled_at is None else None


def has_telegram(connection: sa.Connection, agent_id: str) -> bool:
    found = sa.select(agent_telegram.c.telegram_id).where(agent_telegram.c.agent_id == agent_id)
    return connection.execute(found).first() is not None
