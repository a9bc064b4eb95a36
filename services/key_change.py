"""Replacing the desk's key: which one a database is used with, and what still needs the one before.

Values are made with the new key and read with both (`keyed_hash.ServerKey`). What can be sealed anew is sealed anew at
once; the rest ends by itself, or is made anew by the agents.
"""

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from services.agents import second_factor
from services.hearing import for_agents
from services.keyed_hash import ServerKey, key_of, keyed_hex
from services.store import installation_rows
from services.store.tables.accounts import one_time_link
from services.store.tables.agents import agent
from services.store.tables.orders import payment, sales_order, trial_claim
from services.store.tables.subscriptions import renewal

FINGERPRINT = "secret_key_fingerprint"
"""The row of the table `installation` by which a desk sees whether it has the key that the database is used with."""
REPLACED_AT = "secret_key_replaced_at"
COUNTED = timedelta(days=7)
"""For so long limits and repeats of messages are known by hashes of the former key."""

_RENEWALS = (
    sa.select(sa.func.count(renewal.c.order_id.distinct()))
    .join(sales_order, sales_order.c.id == renewal.c.order_id)
    .where(sales_order.c.status == "placed")
)
_TRIALS = sa.select(sa.func.count(trial_claim.c.order_id.distinct()))


class Needs(Struct, frozen=True):
    """The uses of the former key that are left. Each `_until`: the moment when the last of them ends by itself."""

    replaced_at: datetime | None
    payments: int
    payments_until: datetime | None
    links: int
    links_until: datetime | None
    renewals: int
    trials: int
    agents: tuple[str, ...]
    counted_until: datetime | None

    def told(self) -> Iterator[str]:
        """One line each; none: the former key isn't needed any more."""
        if self.payments:
            yield f"payment links: {self.payments}, the last until {_day(self.payments_until)}"
        if self.links:
            yield f"one-time links: {self.links}, the last until {_day(self.links_until)}"
        if self.renewals:
            yield f"renewals that wait for their money: {self.renewals}; they would be asked for, no longer charged"
        if self.trials:
            yield f"trials that were had: {self.trials}; a second one would no longer be refused"
        if self.agents:
            yield f"recovery codes of {', '.join(self.agents)}: new ones are made at /desk/profile"
        if self.counted_until is not None:
            yield f"limits, and messages that are sent again, until {_day(self.counted_until)}"


def take_key(connection: sa.Connection, key: ServerKey, now: datetime) -> bool:
    """Note that the database is used with this key from now on, and seal anew what is sealed with a former one.

    False, and nothing is changed, if it was used with a key that isn't among them.
    """
    mark = _mark(key)
    known = installation_rows.agree(connection, FINGERPRINT, mark)
    if not hmac.compare_digest(known, mark):
        if not _is_of(known, *key.former):
            return False
        installation_rows.replace_value(connection, FINGERPRINT, mark)
        installation_rows.replace_value(connection, REPLACED_AT, now.isoformat())
    if key.former:
        second_factor.reseal(connection, key)
        for_agents.reseal(connection, key)
    return True


def would_take_key(connection: sa.Connection, key: ServerKey) -> bool:
    """Return whether `take_key` would take the key, without taking it."""
    known = installation_rows.read_value(connection, FINGERPRINT)
    return known is None or _is_of(known, key, *key.former)


def forget(connection: sa.Connection) -> bool:
    """Take the next key, whichever it is: the former one is lost. False if the database knows of none."""
    return bool(installation_rows.drop(connection, FINGERPRINT))


def list_former_key_needs(connection: sa.Connection, key: ServerKey, now: datetime) -> Needs:
    """Say what still needs one of the former keys."""
    replaced = installation_rows.read_value(connection, REPLACED_AT)
    replaced_at = datetime.fromisoformat(replaced) if replaced is not None else None
    payable = sa.select(payment.c.id, payment.c.expires_at).where(
        payment.c.status.in_(("pending", "failed")), payment.c.expires_at > now
    )
    # A page on which reminders are stopped is shown in its e-mail only, and found by the hash of its token.
    shown = sa.select(one_time_link.c.id, one_time_link.c.expires_at).where(
        one_time_link.c.state == "open", one_time_link.c.expires_at > now, one_time_link.c.purpose != "stop_reminders"
    )
    payments, links = (_former(connection, key, found) for found in (payable, shown))
    counted_until = replaced_at + COUNTED if replaced_at is not None else None
    return Needs(
        replaced_at,
        len(payments),
        max(payments, default=None),
        len(links),
        max(links, default=None),
        _earlier(connection, _RENEWALS, sales_order.c.placed_at, replaced_at),
        _earlier(connection, _TRIALS, trial_claim.c.at, replaced_at),
        _logins(connection, second_factor.list_agents_under_former_key(connection, key)),
        counted_until if counted_until is not None and counted_until > now else None,
    )


def _former(connection: sa.Connection, key: ServerKey, found: sa.Select[Any, Any]) -> list[datetime]:
    return [row.expires_at for row in connection.execute(found) if key_of(key, row.id) != key]


def _earlier(connection: sa.Connection, counted: sa.Select[int], at: sa.Column[Any], until: datetime | None) -> int:
    """Count what was made under the former key, which its time alone tells."""
    return 0 if until is None else connection.execute(counted.where(at < until)).scalar_one()


def _logins(connection: sa.Connection, ids: tuple[str, ...]) -> tuple[str, ...]:
    found = sa.select(agent.c.login).where(agent.c.id.in_(ids), agent.c.disabled_at.is_(None))
    return tuple(connection.execute(found.order_by(agent.c.login)).scalars())


def _is_of(known: str, *keys: bytes) -> bool:
    return any(hmac.compare_digest(known, _mark(key)) for key in keys)


def _mark(key: bytes) -> str:
    return keyed_hex(key, "fingerprint of the key")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment is not None else ""
