"""Identity providers' subjects as agents, and the log-ins on their way to a provider."""

import hmac
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from services.agents import agent_accounts, audit
from services.keyed_hash import all_keys, sha256_hex, token
from services.store.statements import PerDialect
from services.store.tables.agents import agent_identity as table
from services.store.tables.agents import agent_sign_on as _sign_ons
from values.private import Private, PrivateStruct

if TYPE_CHECKING:
    from services.agents.id_token import Identity

_BIND = PerDialect(table, lambda insert: insert.on_conflict_do_nothing())  # two ways back at once


class NoAccess(Struct, frozen=True):
    """Why an identity opens no account, as a stable code. `agent_id`: whose account it would be, where it is known."""

    cause: str
    agent_id: str | None = None


def agent_of(connection: sa.Connection, identity: "Identity", now: datetime) -> agent_accounts.Agent | NoAccess:
    """Return the agent, bound to the subject at the first time.

    An address counts once only: who gets somebody else's address at the provider later is another subject, and nobody.
    """
    known = sa.select(table.c.agent_id).where(table.c.issuer == identity.issuer, table.c.subject == identity.subject)
    agent_id = connection.execute(known).scalar()
    found = agent_accounts.get(connection, agent_id) if agent_id is not None else _by_address(connection, identity)
    if found is None:
        return NoAccess("unknown")
    if isinstance(found, NoAccess):
        return found
    if found.disabled_at is not None:
        return NoAccess("disabled", found.id)
    if found.sandbox:
        return NoAccess("sandbox", found.id)
    if agent_id is None:
        values = {"issuer": identity.issuer, "subject": identity.subject, "agent_id": found.id, "created_at": now}
        connection.execute(_BIND.of(connection), values)
        audit.note(connection, agent_id=found.id, what="identity_bound", at=now)
    return found


def forget(connection: sa.Connection, agent_id: str) -> None:
    """Forget the agent's subjects: the next log-in by the provider binds the agent anew."""
    connection.execute(sa.delete(table).where(table.c.agent_id == agent_id))


def _by_address(connection: sa.Connection, identity: "Identity") -> agent_accounts.Agent | NoAccess | None:
    if identity.email is None:
        return NoAccess("email_missing")
    if not identity.email_proven:
        return NoAccess("email_unverified")
    found = agent_accounts.by_email(connection, identity.email)
    if found is not None and _has_one(connection, found.id, identity.issuer):
        return NoAccess("other_subject", found.id)
    return found


def _has_one(connection: sa.Connection, agent_id: str, issuer: str) -> bool:
    known = sa.select(table.c.subject).where(table.c.agent_id == agent_id, table.c.issuer == issuer)
    return connection.execute(known).first() is not None


SIGN_ON_LIFETIME = timedelta(minutes=10)


class SignOnAttempt(PrivateStruct):
    """`state` comes back with the code, `nonce` in the ID token; `verifier` proves that who has the code began it."""

    state: Private[str]
    nonce: Private[str]
    verifier: Private[str]


def derive_sign_on(server_key: bytes, browser_token: str) -> SignOnAttempt:
    state, nonce, verifier = (
        token(server_key, f"sign-on {part}", browser_token) for part in ("state", "nonce", "verifier")
    )
    return SignOnAttempt(state, nonce, verifier)


def derive_sign_ons(server_key: bytes, browser_token: str) -> tuple[SignOnAttempt, ...]:
    """Return the same for one that may have begun under a key that is being replaced."""
    return tuple(derive_sign_on(key, browser_token) for key in all_keys(server_key))


def begin_sign_on(connection: sa.Connection, way: SignOnAttempt, *, after: str, now: datetime) -> None:
    """Note it; `after`: where it leads in the end."""
    values = {"state_hash": sha256_hex(way.state), "next": after, "expires_at": now + SIGN_ON_LIFETIME}
    connection.execute(sa.insert(_sign_ons).values(values))


def end_sign_on(connection: sa.Connection, way: SignOnAttempt, *, state: str, now: datetime) -> str | None:
    """End the sign-on and return its target, for exactly one caller; None if `state` belongs to no open sign-on."""
    if not hmac.compare_digest(way.state.encode(), state.encode("utf-8", "surrogatepass")):
        return None
    ended = sa.delete(_sign_ons).where(_sign_ons.c.state_hash == sha256_hex(state), _sign_ons.c.expires_at > now)
    return connection.execute(ended.returning(_sign_ons.c.next)).scalar()


def forget_sign_ons_before(connection: sa.Connection, now: datetime) -> None:
    """Drop those that never came back."""
    connection.execute(sa.delete(_sign_ons).where(_sign_ons.c.expires_at < now))
