"""Timers: rows that are due at a moment, at most one of a kind per conversation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import bindparam as given

from services.store.prepared import Prepared
from services.store.statements import Insert, PerDialect, columns
from services.store.tables.core import timer as table


class Timer(Struct, frozen=True):
    """Something that is to happen to a conversation at `due_at`."""

    id: int
    conversation_id: str
    kind: str
    due_at: datetime
    data: dict[str, Any]


_fields = columns(table, Timer)


def _put(insert: Insert) -> sa.Executable:
    return insert.on_conflict_do_update(
        index_elements=["conversation_id", "kind"],
        set_={"due_at": insert.excluded.due_at, "data": insert.excluded.data},
    )


def _put_earlier(insert: Insert) -> sa.Executable:
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=["conversation_id", "kind"],
        set_={"due_at": new.due_at, "data": new.data},
        where=table.c.due_at > new.due_at,
    )


_SET = table.c.conversation_id, table.c.kind, table.c.due_at, table.c.data
_set = {False: Prepared(PerDialect(table, _put), *_SET), True: Prepared(PerDialect(table, _put_earlier), *_SET)}
_of = table.c.conversation_id == given("of")
_cancel = Prepared(sa.delete(table).where(_of, table.c.kind == given("sort")))
_cancel_all = sa.delete(table).where(_of)
# By their numbers, which one index has beside the kind: else all timers due later are looked up, one by one.
_of_kind = sa.select(table.c.id).where(table.c.kind == given("sort"))
_hasten = sa.update(table).where(table.c.id.in_(_of_kind), table.c.due_at > given("due")).values(due_at=given("due"))
_take = sa.delete(table).where(table.c.id == given("number"), table.c.due_at == given("due"))
_due = (
    sa.select(*_fields).where(table.c.due_at <= given("now")).order_by(table.c.due_at, table.c.id).limit(given("most"))
)
_due_of = sa.select(table.c.conversation_id, table.c.due_at).where(
    table.c.conversation_id.in_(given("these", expanding=True)), table.c.kind == given("sort")
)
_next_after = sa.select(sa.func.min(table.c.due_at)).where(table.c.due_at > given("now"))


def set_timer(
    connection: sa.Connection,
    conversation_id: str,
    kind: str,
    due_at: datetime,
    data: dict[str, Any] | None = None,
    *,
    or_earlier: bool = False,
) -> None:
    """Set the conversation's timer of this kind; one already set is moved, with `or_earlier` only if it is due later.

    A timer that stays isn't written: neither it nor its indexes.
    """
    _set[or_earlier].send(connection, (conversation_id, kind, due_at, data or {}))


def cancel(connection: sa.Connection, conversation_id: str, kind: str) -> bool:
    """Remove the conversation's timer of this kind; False if there was none."""
    return _cancel.run(connection, {"of": conversation_id, "sort": kind}) == 1


def drop(connection: sa.Connection, conversation_id: str, kind: str) -> None:
    """Remove the conversation's timer of this kind, if there is one."""
    _cancel.send(connection, {"of": conversation_id, "sort": kind})


def cancel_all(connection: sa.Connection, conversation_id: str) -> int:
    """Remove all timers of the conversation; return how many."""
    return connection.execute(_cancel_all, {"of": conversation_id}).rowcount


def hasten(connection: sa.Connection, kind: str, due_at: datetime) -> int:
    """Move all timers of a kind that are due later up to that moment; return how many."""
    return connection.execute(_hasten, {"sort": kind, "due": due_at}).rowcount


def take(connection: sa.Connection, timer: Timer) -> bool:
    """Remove a timer that fires; False if it was moved, cancelled or taken meanwhile: then it must do nothing."""
    return connection.execute(_take, {"number": timer.id, "due": timer.due_at}).rowcount == 1


def list_due(connection: sa.Connection, now: datetime, limit: int = 256) -> tuple[Timer, ...]:
    """Return the timers whose time has come, the earliest first."""
    return tuple(Timer(*row) for row in connection.execute(_due, {"now": now, "most": limit}))


def due_at(connection: sa.Connection, ids: Sequence[str], kind: str) -> dict[str, datetime]:
    """When these conversations' timers of a kind are due; those without one are left out."""
    return {row[0]: row[1] for row in connection.execute(_due_of, {"these": list(ids), "sort": kind})}


def next_after(connection: sa.Connection, now: datetime) -> datetime | None:
    """When the next timer is due of those that aren't yet; None if there is none."""
    return connection.execute(_next_after, {"now": now}).scalar()
