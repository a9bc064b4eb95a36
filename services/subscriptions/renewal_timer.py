"""Timers of subscriptions: they belong to no conversation, so that nobody needs to have written for them to run.

Each subscription has one of its own; what customers without an account own has one for all.
"""

from datetime import datetime

import sqlalchemy as sa

from services.store import timer_rows
from services.store.tables.core import timer

KIND = "renewal"
_RULES = "rules"
_OWNER = "subscription:"
ON_FILE = "customers on file"


def owner_of(subscription_id: str) -> str:
    """Under what a subscription's timer and letters are kept: no conversation has such an id."""
    return f"{_OWNER}{subscription_id}"


def owned_by(owner: str) -> str | None:
    """Return the subscription that a timer is about, None for a conversation's."""
    return owner.removeprefix(_OWNER) if owner.startswith(_OWNER) else None


def is_one(owner: str) -> bool:
    return owner == ON_FILE or owned_by(owner) is not None


def wake_on_file(connection: sa.Connection, now: datetime) -> None:
    """Something on file has changed: whom to remind is thought over at once."""
    timer_rows.set_timer(connection, ON_FILE, KIND, now)


def set_on_file(connection: sa.Connection, due_at: datetime) -> None:
    """Thought over then."""
    timer_rows.set_timer(connection, ON_FILE, KIND, due_at)


def wake(connection: sa.Connection, subscription_id: str, now: datetime) -> None:
    """Wake the timer: its end has moved, or is new, so that it is planned at once."""
    timer_rows.set_timer(connection, owner_of(subscription_id), KIND, now)


def set_renewal_timer(connection: sa.Connection, subscription_id: str, due_at: datetime, *, planned_by: str) -> None:
    """Thought over then; `planned_by` names the rules that say so."""
    timer_rows.set_timer(connection, owner_of(subscription_id), KIND, due_at, {_RULES: planned_by})


def select_planned_subscriptions(by: str) -> sa.Select[str]:
    """Return the subscriptions whose timer these rules have set, or that are woken to be planned by them."""
    subscription_id = sa.func.substr(timer.c.conversation_id, len(_OWNER) + 1)
    set_or_woken = sa.or_(timer.c.data == {_RULES: by}, timer.c.data == {})
    return sa.select(subscription_id).where(timer.c.kind == KIND, set_or_woken)


def drop(connection: sa.Connection, subscription_id: str) -> None:
    """There is nothing more to think over."""
    timer_rows.cancel(connection, owner_of(subscription_id), KIND)
