"""A way to the identity provider and back: what the browser keeps, what the provider is told, and that it is one way.

All follows from one token in the browser's cookie; the store holds the hash of what the provider sends back, so that
each way leads back once, into the browser that it began in.
"""

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.keyed_hash import all_of, sha256_hex, token
from services.store.tables.agents import agent_sign_on as table

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SignOnAttempt:
    """`state` comes back with the code, `nonce` in the ID token; `verifier` proves that who has the code began it."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def way_of(server_key: bytes, browser_token: str) -> SignOnAttempt:
    """The way that began with this token."""
    state, nonce, verifier = (
        token(server_key, f"sign-on {part}", browser_token) for part in ("state", "nonce", "verifier")
    )
    return SignOnAttempt(state, nonce, verifier)


def ways_of(server_key: bytes, browser_token: str) -> tuple[SignOnAttempt, ...]:
    """The same for one that may have begun under a key that is being replaced."""
    return tuple(way_of(key, browser_token) for key in all_of(server_key))


def begin(connection: sa.Connection, way: SignOnAttempt, *, after: str, now: datetime) -> None:
    """Notes it; `after`: where it leads in the end."""
    values = {"state_hash": sha256_hex(way.state), "next": after, "expires_at": now + LIFETIME}
    connection.execute(sa.insert(table).values(values))


def end(connection: sa.Connection, way: SignOnAttempt, *, state: str, now: datetime) -> str | None:
    """Where it leads in the end, for exactly one caller; None if this isn't the state of a way under way."""
    if not hmac.compare_digest(way.state.encode(), state.encode("utf-8", "surrogatepass")):
        return None
    ended = sa.delete(table).where(table.c.state_hash == sha256_hex(state), table.c.expires_at > now)
    return connection.execute(ended.returning(table.c.next)).scalar()


def forget_before(connection: sa.Connection, now: datetime) -> None:
    """Drops those that never came back."""
    connection.execute(sa.delete(table).where(table.c.expires_at < now))
