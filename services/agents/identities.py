"""Whom a provider's subject is at this desk: known from the first log-in, by an address that an administrator noted."""

from datetime import datetime

import sqlalchemy as sa

from services.agents import accounts, audit
from services.agents.accounts import Agent
from services.agents.id_token import Identity
from services.store.agent_tables import agent_identity as table
from services.store.statements import PerDialect

_BIND = PerDialect(table, lambda insert: insert.on_conflict_do_nothing())  # two ways back at once


def agent_of(connection: sa.Connection, identity: Identity, now: datetime) -> Agent | None:
    """The agent, bound to the subject at the first time; None if nobody made an account for them, or it is disabled.

    An address counts once only: who gets somebody else's address at the provider later is another subject, and nobody.
    """
    known = sa.select(table.c.agent_id).where(table.c.issuer == identity.issuer, table.c.subject == identity.subject)
    agent_id = connection.execute(known).scalar()
    found = accounts.get(connection, agent_id) if agent_id is not None else _bound(connection, identity, now)
    return found if found is not None and found.disabled_at is None and not found.sandbox else None


def forget(connection: sa.Connection, agent_id: str) -> None:
    """The next log-in by the provider binds the agent anew."""
    connection.execute(sa.delete(table).where(table.c.agent_id == agent_id))


def _bound(connection: sa.Connection, identity: Identity, now: datetime) -> Agent | None:
    found = accounts.by_email(connection, identity.email) if identity.email is not None else None
    if found is None or found.disabled_at is not None or _has_one(connection, found.id, identity.issuer):
        return None
    values = {"issuer": identity.issuer, "subject": identity.subject, "agent_id": found.id, "created_at": now}
    connection.execute(_BIND.of(connection), values)
    audit.note(connection, agent_id=found.id, what="identity_bound", at=now)
    return found


def _has_one(connection: sa.Connection, agent_id: str, issuer: str) -> bool:
    known = sa.select(table.c.subject).where(table.c.agent_id == agent_id, table.c.issuer == issuer)
    return connection.execute(known).first() is not None
