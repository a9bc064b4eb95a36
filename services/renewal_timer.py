"""The timer of a subscription: it belongs to no conversation, so that nobody needs to have written for it to run."""

from datetime import datetime

import sqlalchemy as sa

from services.store import timers

KIND = "renewal"
_OWNER = "subscription:"


def owner_of(subscription_id: str) -> str:
    """Under what a subscription's timer and letters are kept: no conversation has such an id."""
    return f"{_OWNER}{subscription_id}"


def owned_by(owner: str) -> str | None:
    """The subscription that a timer is about, None for a conversation's."""
    return owner.removeprefix(_OWNER) if owner.startswith(_OWNER) else None


def wake(connection: sa.Connection, subscription_id: str, now: datetime) -> None:
    """Its end has moved, or is new: what is to be done about it is thought over at once."""
    timers.set(connection, owner_of(subscription_id), KIND, now)


def set(connection: sa.Connection, subscription_id: str, due_at: datetime) -> None:
    """Thought over then."""
    timers.set(connection, owner_of(subscription_id), KIND, due_at)


def drop(connection: sa.Connection, subscription_id: str) -> None:
    """There is nothing more to think over."""
    timers.cancel(connection, owner_of(subscription_id), KIND)
