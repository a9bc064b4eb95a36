"""Agents' accounts. Made by an administrator only, never by whoever comes along; never deleted, only disabled."""

from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa
from msgspec import Struct

from services.agents import sessions
from services.store.statements import PerDialect, columns
from services.store.tables.agents import agent, agent_identity, agent_link, agent_telegram
from services.store.tables.agents import agent as table
from values import email as emails
from values.private import Private, PrivateStruct

Role = Literal["agent", "supervisor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""In rising order: whoever has a later one may do what an earlier one may."""


class Agent(PrivateStruct):
    """One account. `email` is that of single sign-on; `totp_since`: since when a second factor is asked."""

    id: str
    login: str
    name: str
    email: str | None
    role: Role
    locale: str | None
    password_hash: Private[str | None]
    totp_since: datetime | None
    sandbox: bool
    created_at: datetime
    disabled_at: datetime | None
    times_disabled: int | None = None

    def may(self, role: Role) -> bool:
        """Return whether this agent may do everything that `role` may."""
        return role_covers(self.role, role)


_COLUMNS = columns(table, Agent)
_ADD = PerDialect(table, lambda insert: insert.on_conflict_do_nothing().returning(table.c.id))


def role_covers(has: str, needed: Role) -> bool:
    """Return whether a role is `needed` or a higher one."""
    return has in ROLES and ROLES.index(has) >= ROLES.index(needed)


def as_role(text: str) -> Role | None:
    return next((role for role in ROLES if role == text), None)


def key(login: str) -> str:
    """Return the form in which a login is compared: small letters, no blanks around."""
    return emails.key(login)


def add(
    connection: sa.Connection,
    *,
    agent_id: str,
    login: str,
    name: str,
    role: Role,
    now: datetime,
    email: str | None = None,
    password_hash: str | None = None,
    sandbox: bool = False,
) -> bool:
    """Make an account; False, and nothing is made, if there is one with this id, login or e-mail."""
    values = {
        "id": agent_id,
        "login": login.strip(),
        "login_key": key(login),
        "name": name.strip(),
        "email": emails.key(email) if email else None,
        "role": role,
        "locale": None,
        "password_hash": password_hash,
        "totp_secret": None,
        "totp_since": None,
        "totp_step": None,
        "sandbox": sandbox,
        "created_at": now,
        "disabled_at": None,
        "times_disabled": None,
    }
    return connection.execute(_ADD.of(connection), values).first() is not None


def get(connection: sa.Connection, agent_id: str) -> Agent | None:
    return _one(connection, table.c.id == agent_id)


def by_login(connection: sa.Connection, login: str) -> Agent | None:
    """Return the account of this login, however it is spelled in capitals."""
    return _one(connection, table.c.login_key == key(login))


def by_email(connection: sa.Connection, email: str) -> Agent | None:
    """Return the account for which an administrator noted this e-mail, else the one that has it as its login."""
    wanted = emails.key(email)
    return _one(connection, table.c.email == wanted) or _one(connection, table.c.login_key == wanted)


def _one(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Agent | None:
    row = connection.execute(sa.select(*_COLUMNS).where(where)).first()
    return None if row is None else Agent(*row)


def list_agents(connection: sa.Connection) -> list[Agent]:
    return [Agent(*row) for row in connection.execute(sa.select(*_COLUMNS).order_by(table.c.login_key))]


def disable(connection: sa.Connection, agent_id: str, now: datetime) -> bool:
    """End the account's sessions, open links and known devices, lets nobody in by it; False if that was so already.

    Conversations that the agent holds are given back by whoever calls this.
    """
    disabled = sa.update(table).where(table.c.id == agent_id, table.c.disabled_at.is_(None))
    values = {"disabled_at": now, "times_disabled": sa.func.coalesce(table.c.times_disabled, 0) + 1}
    done = connection.execute(disabled.values(values).returning(table.c.id)).first() is not None
    connection.execute(sa.delete(agent_link).where(agent_link.c.agent_id == agent_id))
    sessions.end_all(connection, agent_id)
    return done


def enable(connection: sa.Connection, agent_id: str, *, sandbox: bool = False) -> bool:
    """Lets the agent in again; False if nothing stood in the way.

    One whose password everybody knows is let in by the sandbox itself only: then too it is False, and nothing
    changes.
    """
    enabled = sa.update(table).where(
        table.c.id == agent_id, table.c.disabled_at.is_not(None), table.c.sandbox.is_(sandbox)
    )
    return connection.execute(enabled.values(disabled_at=None).returning(table.c.id)).first() is not None


def is_disabled(connection: sa.Connection, agent_id: str) -> bool:
    """Return whether this account is disabled.

    One that isn't stays so until the transaction ends, so that whoever disables it sees what was done in it. An id from
    another help desk belongs to no account, so the answer is False.
    """
    found = sa.select(table.c.disabled_at).where(table.c.id == agent_id).with_for_update(read=True)
    return connection.execute(found).scalar() is not None


def set_password(connection: sa.Connection, agent_id: str, password_hash: str) -> None:
    """Another password: whoever is logged in by the old one is out, and open links set no other."""
    connection.execute(sa.update(table).where(table.c.id == agent_id).values(password_hash=password_hash))
    connection.execute(sa.delete(agent_link).where(agent_link.c.agent_id == agent_id))
    sessions.end_all(connection, agent_id)


def rehash(connection: sa.Connection, agent_id: str, before: str, password_hash: str) -> None:
    """Set a hash of the same password with today's figures: nobody is logged out by it."""
    same = sa.update(table).where(table.c.id == agent_id, table.c.password_hash == before)
    connection.execute(same.values(password_hash=password_hash))


def set_locale(connection: sa.Connection, agent_id: str, locale: str) -> None:
    """Set the language of the agent's pages."""
    connection.execute(sa.update(table).where(table.c.id == agent_id).values(locale=locale))


def set_role(connection: sa.Connection, agent_id: str, role: Role) -> Role | None:
    """Another role; gives the one before, None if nothing has changed.

    Sessions end: what was shown under the old one is asked for anew.
    """
    had = connection.execute(sa.select(table.c.role).where(table.c.id == agent_id).with_for_update()).scalar()
    if had is None or had == role:
        return None
    connection.execute(sa.update(table).where(table.c.id == agent_id).values(role=role))
    sessions.end_all(connection, agent_id)
    return as_role(had)


def rename(connection: sa.Connection, agent_id: str, name: str) -> None:
    """Set the name that customers read from now on."""
    connection.execute(sa.update(table).where(table.c.id == agent_id).values(name=name.strip()))


def set_email(connection: sa.Connection, agent_id: str, email: str) -> bool:
    """Set the address of single sign-on; False if another agent has it. Bound identities stay bound."""
    found = connection.execute(sa.select(table.c.id).where(table.c.email == emails.key(email))).scalar()
    if found is not None and found != agent_id:
        return False
    connection.execute(sa.update(table).where(table.c.id == agent_id).values(email=emails.key(email)))
    return True


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


class AgentPresence(Struct, frozen=True):
    """One agent; `seen_at`: when they last did something at the desk, None unless they are logged in."""

    id: str
    name: str
    where: Where
    seen_at: datetime | None


def assignable(connection: sa.Connection, now: datetime) -> list[AgentPresence]:
    """Return the agents who can answer: who may log in and has what it takes to, those who are there first."""
    seen, known = sessions.last_seen(connection, now), {one.id: one for one in list_agents(connection)}
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
