"""Quotas of codes: per number, chat, network address and, against SMS pumping, per prefix, country and day.

All count the rows of the codes themselves, so that they hold over processes and restarts. A day is the 24 hours before
now. Network addresses that have had no code in a day are newcomers: each ceiling reserves a part for them, and the
breakers of a country and of the whole desk let them through, so that an attack from elsewhere doesn't close SMS to
customers.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct

from services.store.tables.accounts import code
from values.phone import dial_code
from values.rules import CODE_LIFETIME

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_HIDDEN_DIGITS = 4  # a prefix is a number without them: ten thousand neighbours

Reason = Literal[
    "cool_down", "number", "number_day", "chat", "network", "prefix", "country", "paused", "ceiling", "tries"
]
PUMPING: frozenset[Reason] = frozenset({"prefix", "country", "paused", "ceiling"})
"""These deserve an alarm: somebody may be sending messages at the seller's cost."""


class CodeLimits(Struct, frozen=True):
    """The figures; the defaults are the recommended ones."""

    lifetime: timedelta = CODE_LIFETIME
    tries_per_code: int = 5
    tries_per_day: int = 10
    cool_down: timedelta = timedelta(seconds=60)
    per_number: int = 3  # in 10 minutes
    per_number_day: int = 5
    per_chat: int = 5  # in an hour
    per_network: int = 5  # in an hour
    per_network_day: int = 20
    per_country: int = 200  # in a day, to each country but the seller's own
    per_day: int = 1000  # of the whole installation
    kept_percent: int = 20  # of both: for network addresses that have had none in a day
    watched: int = 20  # the last codes of a prefix …
    entered_percent: int = 30  # … of which so many must have been typed in
    watched_country: int = 40
    watched_desk: int = 60
    entered_percent_at_large: int = 20  # of a country's and of the desk's
    to_enter: timedelta = timedelta(minutes=3)  # a younger code at large may still be typed in
    pause: timedelta = timedelta(hours=1)


RECOMMENDED = CodeLimits()


class Limited(Struct, frozen=True):
    """No code was sent. `retry_at` is the first moment at which this reason no longer holds."""

    reason: Reason
    retry_at: datetime


LETTER = "letter"
"""The purpose of a code that a letter holds beside its link; no quota of SMS counts it."""

_Sent = list[tuple[datetime, str]]
"""When codes were sent and what became of them, youngest first."""

# A message that never left costs nothing and counts for nothing; letters have limits of their own.
_SENT = sa.and_(code.c.state != "unsent", code.c.purpose != LETTER)
_OF_NUMBER = (
    sa.select(code.c.issued_at)
    .where(code.c.target_hash.in_(sa.bindparam("of", expanding=True)), code.c.issued_at > sa.bindparam("since"), _SENT)
    .order_by(code.c.issued_at.desc())
)
_OF_CHAT = (
    sa.select(code.c.issued_at)
    .where(code.c.conversation_id == sa.bindparam("of"), code.c.issued_at > sa.bindparam("since"), _SENT)
    .order_by(code.c.issued_at.desc())
)
_OF_NETWORK = (
    sa.select(code.c.issued_at)
    .where(code.c.network == sa.bindparam("of"), code.c.issued_at > sa.bindparam("since"), _SENT)
    .order_by(code.c.issued_at.desc())
)
_ALL = (
    sa.select(code.c.issued_at, code.c.state)
    .where(code.c.issued_at > sa.bindparam("since"), code.c.prefix.is_not(None), _SENT)
    .order_by(code.c.issued_at.desc())
)
_OF_PREFIX = _ALL.where(code.c.prefix == sa.bindparam("of"))
_OF_COUNTRY = _ALL.where(code.c.prefix.startswith(sa.bindparam("of", type_=sa.Text)))


def prefix_of(target: str) -> str | None:
    """Return the number's neighbourhood; None for an e-mail, which costs nothing to write to."""
    return target[:-_HIDDEN_DIGITS] if target.startswith("+") else None


def refusal(
    connection: sa.Connection,
    *,
    target_hashes: tuple[str, ...],
    prefix: str | None,
    conversation_id: str,
    network: str | None,
    home: str,
    limits: CodeLimits,
    now: datetime,
) -> Limited | None:
    """Return why no code may be sent now, None if one may. The caller keeps others from counting at the same time."""
    of_chat = _times(connection, _OF_CHAT, conversation_id, now - _DAY)
    of_network = None if network is None else _times(connection, _OF_NETWORK, network, now - _DAY)
    refused = (
        _of_number(_times(connection, _OF_NUMBER, target_hashes, now - _DAY), limits, now)
        or _filled("chat", of_chat, limits.per_chat, _HOUR, now)
        or _of_network(of_network or [], limits, now)
    )
    if refused or prefix is None:
        return refused
    newcomer = not (of_chat if of_network is None else of_network)
    return _of_prefix(connection, prefix, limits, now) or _at_large(
        connection, prefix, home, limits, now, newcomer=newcomer
    )


def room_at(
    connection: sa.Connection,
    *,
    target_hashes: tuple[str, ...],
    conversation_id: str,
    network: str | None,
    limits: CodeLimits,
    now: datetime,
) -> datetime:
    """Return the first moment at which the customer's own quotas have room for one more code."""
    while True:
        held = refusal(
            connection,
            target_hashes=target_hashes,
            prefix=None,  # what everybody's quotas allow by then nobody can tell
            conversation_id=conversation_id,
            network=network,
            home="",
            limits=limits,
            now=now,
        )
        if held is None:
            return now
        now = held.retry_at


def _times(
    connection: sa.Connection, statement: sa.Select[Any], of: str | tuple[str, ...], since: datetime
) -> list[datetime]:
    return list(connection.execute(statement, {"of": of, "since": since}).scalars())


def _of_number(times: list[datetime], limits: CodeLimits, now: datetime) -> Limited | None:
    """Check a number's `times` of a day, youngest first."""
    if times and times[0] + limits.cool_down > now:
        return Limited("cool_down", times[0] + limits.cool_down)
    recent = timedelta(minutes=10)
    if len(times) >= limits.per_number and times[limits.per_number - 1] + recent > now:
        return Limited("number", times[limits.per_number - 1] + recent)
    if len(times) >= limits.per_number_day:
        return Limited("number_day", times[limits.per_number_day - 1] + _DAY)
    return None


def _of_network(times: list[datetime], limits: CodeLimits, now: datetime) -> Limited | None:
    return _filled("network", times, limits.per_network, _HOUR, now) or _filled(
        "network", times, limits.per_network_day, _DAY, now
    )


def _filled(reason: Reason, times: list[datetime], most: int, per: timedelta, now: datetime) -> Limited | None:
    """Return whether `most` of these, youngest first, lie within the last `per`."""
    if len(times) < most or times[most - 1] + per <= now:
        return None
    return Limited(reason, times[most - 1] + per)


def _of_prefix(connection: sa.Connection, prefix: str, limits: CodeLimits, now: datetime) -> Limited | None:
    """Return the breaker of a neighbourhood: newcomers are held, too, as each of its numbers may be the pumper's."""
    sent = _sent(connection, _OF_PREFIX, now, of=prefix)
    return _broken("prefix", sent, sent, limits.watched, limits.entered_percent, limits, now)


def _at_large(
    connection: sa.Connection, prefix: str, home: str, limits: CodeLimits, now: datetime, *, newcomer: bool
) -> Limited | None:
    """Check ceilings and breakers of the dialled country and of the whole desk."""
    dialled = dial_code(prefix)
    country = _sent(connection, _OF_COUNTRY, now, of=dialled)
    desk = _sent(connection, _ALL, now)
    per_country = limits.per_day if dialled == home else limits.per_country
    return (
        _ceiling("ceiling", desk, limits.per_day, limits, now, newcomer)
        or _ceiling("country", country, per_country, limits, now, newcomer)
        or (None if newcomer else _breaker("paused", desk, limits.watched_desk, limits, now))
        or (None if newcomer else _breaker("country", country, limits.watched_country, limits, now))
    )


def _sent(
    connection: sa.Connection, statement: sa.Select[datetime, str], now: datetime, of: str | None = None
) -> _Sent:
    given = {"since": now - _DAY} | ({} if of is None else {"of": of})
    return [(at, state) for at, state in connection.execute(statement, given)]


def _ceiling(
    reason: Reason, sent: _Sent, most: int, limits: CodeLimits, now: datetime, newcomer: bool
) -> Limited | None:
    room = most if newcomer else most - most * limits.kept_percent // 100
    return _filled(reason, [at for at, _ in sent], room, _DAY, now)


def _breaker(reason: Reason, sent: _Sent, watched: int, limits: CodeLimits, now: datetime) -> Limited | None:
    ripe = [(at, state) for at, state in sent if state == "used" or at + limits.to_enter <= now]
    return _broken(reason, ripe, sent, watched, limits.entered_percent_at_large, limits, now)


def _broken(
    reason: Reason, judged: _Sent, sent: _Sent, watched: int, percent: int, limits: CodeLimits, now: datetime
) -> Limited | None:
    """After the pause one more code goes out; if the share is still too low, the pause begins anew."""
    last = judged[:watched]
    entered = sum(state == "used" for _, state in last)
    if len(last) < watched or entered * 100 >= percent * watched:
        return None
    reopens = sent[0][0] + limits.pause
    return Limited(reason, reopens) if reopens > now else None
