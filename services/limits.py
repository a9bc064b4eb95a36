"""Limits that guard money, codes and accounts: hits are rows, counted in the turn's own transaction.

They hold over processes and restarts. Whose hits they are is kept as a keyed hash only. Floods of an address that
cost nothing are no business of this file.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from services.keyed_hash import all_keys, keyed_hex
from services.store import leases
from services.store.tables.accounts import limit_hit


class Rule(Struct, frozen=True):
    """At most `n` hits of one subject within any stretch of length `per`. `scope` names what is counted."""

    scope: str
    n: int
    per: timedelta


Counted = tuple[tuple[Rule, str], ...]
"""Rules, each with the subject for which a try counts."""


class Held(Struct, frozen=True):
    """Too many wrong ones; seconds until the next one is looked at."""

    retry_after: int


_OF_SUBJECT = sa.and_(
    limit_hit.c.scope == sa.bindparam("in_scope"),
    limit_hit.c.subject_hash.in_(sa.bindparam("of_subjects", expanding=True)),
)
_COUNT = sa.select(sa.func.count()).where(_OF_SUBJECT, limit_hit.c.at > sa.bindparam("since"))
# The hit that has to leave the window before there is room for one more: the n-th youngest.
_FILLS = (
    sa.select(limit_hit.c.at)
    .where(_OF_SUBJECT, limit_hit.c.at > sa.bindparam("since"))
    .order_by(limit_hit.c.at.desc())
    .offset(sa.bindparam("younger", type_=sa.Integer))
    .limit(1)
)
_HIT = sa.insert(limit_hit)
_YOUNGEST = sa.select(sa.func.max(limit_hit.c.id)).where(_OF_SUBJECT).scalar_subquery()
_TAKE_BACK = sa.delete(limit_hit).where(limit_hit.c.id == _YOUNGEST)
_FORGET = sa.delete(limit_hit).where(limit_hit.c.at < sa.bindparam("before"))
_CLEAR = sa.delete(limit_hit).where(_OF_SUBJECT)


def allow(
    connection: sa.Connection, rule: Rule, subject: str | None, *, server_key: bytes, now: datetime, quotas: bool = True
) -> bool:
    """Count one hit if there is room for it; False (and nothing is counted) if there is none.

    No subject (a loopback address while one tries the desk) has no limit; `quotas=False` lifts them all.
    """
    if subject is None or not quotas:
        return True
    hold(connection, rule, subject, server_key=server_key)
    if count(connection, rule, subject, server_key=server_key, now=now) >= rule.n:
        return False
    _hit(connection, rule, subject, server_key, now)
    return True


def hit(connection: sa.Connection, rule: Rule, subject: str, *, server_key: bytes, now: datetime) -> int:
    """Count one hit, room or not (something that went wrong); return the number of hits with this one."""
    hold(connection, rule, subject, server_key=server_key)
    _hit(connection, rule, subject, server_key, now)
    return count(connection, rule, subject, server_key=server_key, now=now)


def hold(connection: sa.Connection, rule: Rule, subject: str, *, server_key: bytes) -> None:
    """Lock the subject's count until the transaction ends: for looking first and counting afterwards."""
    leases.serialize(connection, "limit", rule.scope, subject_hash(server_key, rule.scope, subject))


def take_back(connection: sa.Connection, rule: Rule, subject: str, *, server_key: bytes) -> None:
    """Take the youngest hit away: a try that was counted beforehand came to a good end."""
    hold(connection, rule, subject, server_key=server_key)
    connection.execute(_TAKE_BACK, _subject(server_key, rule, subject))


def count_try(connection: sa.Connection, counted: Counted, *, server_key: bytes, now: datetime) -> Held | None:
    """Count a try for each of its subjects; where one has no room, for none. Return how long to wait then."""
    if (held := hold_all(connection, counted, server_key=server_key, now=now)) is not None:
        return held
    for rule, of in counted:
        hit(connection, rule, of, server_key=server_key, now=now)
    return None


def hold_all(connection: sa.Connection, counted: Counted, *, server_key: bytes, now: datetime) -> Held | None:
    """Lock the counts as `hold` does; return how long to wait where one has no room."""
    for rule, of in counted:
        hold(connection, rule, of, server_key=server_key)
    free = [free_at(connection, rule, of, server_key=server_key, now=now) for rule, of in counted]
    waits = [moment for moment in free if moment is not None]
    return Held(max(1, round((max(waits) - now).total_seconds()))) if waits else None


def take_back_try(connection: sa.Connection, counted: Counted, *, server_key: bytes) -> None:
    """Take a try back that came to a good end."""
    for rule, of in counted:
        take_back(connection, rule, of, server_key=server_key)


def clear(connection: sa.Connection, rule: Rule, subject: str, *, server_key: bytes) -> None:
    """Take all hits of a subject away: it counts from nothing."""
    hold(connection, rule, subject, server_key=server_key)
    connection.execute(_CLEAR, _subject(server_key, rule, subject))


def count(connection: sa.Connection, rule: Rule, subject: str, *, server_key: bytes, now: datetime) -> int:
    """Return the subject's hits within the rule's window that ends now."""
    counted = connection.execute(_COUNT, {**_subject(server_key, rule, subject), "since": now - rule.per})
    return int(counted.scalar_one())


def free_at(
    connection: sa.Connection, rule: Rule, subject: str, *, server_key: bytes, now: datetime
) -> datetime | None:
    """Return when there is room again; None if there is room now. For `Retry-After`."""
    window = {"since": now - rule.per, "younger": rule.n - 1}
    found = connection.execute(_FILLS, {**_subject(server_key, rule, subject), **window}).scalar()
    return None if found is None else found + rule.per


def forget_before(connection: sa.Connection, before: datetime) -> None:
    """Drop hits older than any window that still counts them."""
    connection.execute(_FORGET, {"before": before})


def subject_hash(server_key: bytes, scope: str, subject: str) -> str:
    """Return what stands for a subject in the store.

    Another in every scope, so that rows can't be joined to a person.
    """
    return keyed_hex(server_key, "limit", scope, subject)


def _subject(server_key: bytes, rule: Rule, subject: str) -> dict[str, str | list[str]]:
    """Return a subject's rows, also those written before the key was replaced."""
    return {
        "in_scope": rule.scope,
        "of_subjects": [subject_hash(key, rule.scope, subject) for key in all_keys(server_key)],
    }


def _hit(connection: sa.Connection, rule: Rule, subject: str, server_key: bytes, now: datetime) -> None:
    hashed = subject_hash(server_key, rule.scope, subject)
    connection.execute(_HIT, {"scope": rule.scope, "subject_hash": hashed, "at": now})
