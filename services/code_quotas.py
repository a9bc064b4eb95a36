"""How many codes may be sent: per number, per chat, per day and, against SMS pumping, per prefix of numbers.

All are counted on the rows of the codes themselves, so that they hold over processes and restarts. A day is the 24
hours before now.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from services.store.proof_tables import code

_DAY = timedelta(days=1)
_HIDDEN_DIGITS = 4  # a prefix is a number without them: ten thousand neighbours

Reason = Literal["cool_down", "number", "number_day", "chat", "prefix", "ceiling", "tries"]


@dataclass(frozen=True, slots=True)
class CodeLimits:
    """The figures; the defaults are the recommended ones."""

    lifetime: timedelta = timedelta(minutes=10)
    tries_per_code: int = 5
    tries_per_day: int = 10
    cool_down: timedelta = timedelta(seconds=60)
    per_number: int = 3  # in 10 minutes
    per_number_day: int = 5
    per_chat: int = 5  # in an hour
    per_day: int = 1000  # of the whole installation
    watched: int = 20  # the last codes of a prefix …
    entered_percent: int = 30  # … of which so many must have been typed in
    pause: timedelta = timedelta(hours=1)


RECOMMENDED = CodeLimits()


@dataclass(frozen=True, slots=True)
class Limited:
    """No code was sent. `retry_at` is the first moment at which this reason no longer holds.

    "prefix" and "ceiling" deserve an alarm: somebody may be sending messages at the seller's cost.
    """

    reason: Reason
    retry_at: datetime


# A message that never left costs nothing and counts for nothing.
_SENT = code.c.state != "unsent"
_OF_NUMBER = (
    sa.select(code.c.issued_at)
    .where(code.c.target_hash == sa.bindparam("of"), code.c.issued_at > sa.bindparam("since"), _SENT)
    .order_by(code.c.issued_at.desc())
)
_OF_CHAT = (
    sa.select(code.c.issued_at)
    .where(code.c.conversation_id == sa.bindparam("of"), code.c.issued_at > sa.bindparam("since"), _SENT)
    .order_by(code.c.issued_at.desc())
)
_OF_PREFIX = (
    sa.select(code.c.issued_at, code.c.state)
    .where(code.c.prefix == sa.bindparam("of"), code.c.issued_at > sa.bindparam("since"), _SENT)
    .order_by(code.c.issued_at.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_NTH_OF_ALL = (
    sa.select(code.c.issued_at)
    .where(code.c.issued_at > sa.bindparam("since"), code.c.prefix.is_not(None), _SENT)
    .order_by(code.c.issued_at.desc())
    .offset(sa.bindparam("younger", type_=sa.Integer))
    .limit(1)
)


def prefix_of(target: str) -> str | None:
    """The number's neighbourhood; None for an e-mail, which costs nothing to write to."""
    return target[:-_HIDDEN_DIGITS] if target.startswith("+") else None


def refusal(
    connection: sa.Connection,
    *,
    target_hash: str,
    prefix: str | None,
    conversation_id: str,
    limits: CodeLimits,
    now: datetime,
) -> Limited | None:
    """Why no code may be sent now, None if one may. The caller keeps others from counting at the same time."""
    return (
        _of_number(_times(connection, _OF_NUMBER, target_hash, now - _DAY), limits, now)
        or _of_chat(_times(connection, _OF_CHAT, conversation_id, now - timedelta(hours=1)), limits)
        or _of_prefix(connection, prefix, limits, now)
        or _of_all(connection, prefix, limits, now)
    )


def _times(connection: sa.Connection, statement: sa.Select[Any], of: str, since: datetime) -> list[datetime]:
    return list(connection.execute(statement, {"of": of, "since": since}).scalars())


def _of_number(times: list[datetime], limits: CodeLimits, now: datetime) -> Limited | None:
    """`times` of a day, youngest first."""
    if times and times[0] + limits.cool_down > now:
        return Limited("cool_down", times[0] + limits.cool_down)
    recent = timedelta(minutes=10)
    if len(times) >= limits.per_number and times[limits.per_number - 1] + recent > now:
        return Limited("number", times[limits.per_number - 1] + recent)
    if len(times) >= limits.per_number_day:
        return Limited("number_day", times[limits.per_number_day - 1] + _DAY)
    return None


def _of_chat(times: list[datetime], limits: CodeLimits) -> Limited | None:
    if len(times) >= limits.per_chat:
        return Limited("chat", times[limits.per_chat - 1] + timedelta(hours=1))
    return None


def _of_prefix(connection: sa.Connection, prefix: str | None, limits: CodeLimits, now: datetime) -> Limited | None:
    """The breaker. After the pause one more code goes out; if the share is still too low, the pause begins anew."""
    if prefix is None:
        return None
    sent = connection.execute(_OF_PREFIX, {"of": prefix, "since": now - _DAY, "most": limits.watched}).all()
    entered = sum(state == "used" for _, state in sent)
    if len(sent) < limits.watched or entered * 100 >= limits.entered_percent * len(sent):
        return None
    reopens = sent[0][0] + limits.pause
    return Limited("prefix", reopens) if reopens > now else None


def _of_all(connection: sa.Connection, prefix: str | None, limits: CodeLimits, now: datetime) -> Limited | None:
    if prefix is None:
        return None
    filler = connection.execute(_NTH_OF_ALL, {"since": now - _DAY, "younger": limits.per_day - 1}).scalar()
    return None if filler is None else Limited("ceiling", filler + _DAY)
