"""The moment of being let in: a session begins only while what was shown still holds.

Passwords are compared outside of transactions, so another one may have been set, or the account disabled, meanwhile.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.agents import audit, sessions
from services.agents.agent_accounts import Agent
from services.agents.sessions import AgentSession, Stage
from services.store.tables.agents import agent as table
from values.private import Private, PrivateStruct


class NewSession(PrivateStruct):
    """The id and token of a session, made before the transaction."""

    id: str
    token: Private[str]


def admit(
    connection: sa.Connection,
    agent: Agent,
    made: NewSession,
    *,
    now: datetime,
    how: str,
    stage: Stage = "full",
    instead_of: str | None = None,
) -> bool:
    """Begins a session of an agent who has shown a password (or a provider's word); False if it isn't so any more.

    `instead_of`: the token that the browser had before; it ends.
    """
    row = _locked(connection, agent.id)
    if row is None or row.disabled_at is not None or row.password_hash != agent.password_hash:
        return False
    _begin(connection, agent.id, made, now, stage, how)
    if instead_of is not None and stage == "full":
        sessions.end_by_token(connection, instead_of)
    return True


def complete(
    connection: sa.Connection,
    half: AgentSession,
    made: NewSession,
    *,
    now: datetime,
    how: str,
    instead_of: str | None = None,
) -> bool:
    """Make the half session a whole one after a right second factor, for exactly one caller."""
    row = _locked(connection, half.agent_id)
    if row is None or row.disabled_at is not None or not sessions.end(connection, half.id):
        return False
    _begin(connection, half.agent_id, made, now, "full", how)
    if instead_of is not None:
        sessions.end_by_token(connection, instead_of)
    return True


def _begin(connection: sa.Connection, agent_id: str, made: NewSession, now: datetime, stage: Stage, how: str) -> None:
    sessions.begin(connection, session_id=made.id, token=made.token, agent_id=agent_id, now=now, stage=stage)
    if stage == "full":
        audit.note(connection, agent_id=agent_id, what="logged_in", at=now, details={"how": how})


def _locked(connection: sa.Connection, agent_id: str) -> sa.Row[Any, Any] | None:
    wanted = sa.select(table.c.password_hash, table.c.disabled_at).where(table.c.id == agent_id).with_for_update()
    return connection.execute(wanted).first()
