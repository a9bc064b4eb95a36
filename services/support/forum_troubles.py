"""A Telegram group that can't be written to: since when, why, and whether the seller's support was told."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from services.store.statements import PerDialect, columns
from services.store.tables.support import desk_forum_trouble as table


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why it can't; `told_at` None: nobody was written to yet."""

    chat_id: int
    kind: str
    since: datetime
    told_at: datetime | None


_COLUMNS = columns(table, Trouble)
_BEGIN = PerDialect(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["chat_id"]))


def begin(connection: sa.Connection, chat_id: int, kind: str, now: datetime) -> Trouble:
    """Note it; one that lasts already stays as it is."""
    fresh = {"chat_id": chat_id, "kind": kind, "since": now, "told_at": None}
    connection.execute(_BEGIN.of(connection), fresh)
    return of(connection, chat_id) or Trouble(chat_id, kind, now, None)


def of(connection: sa.Connection, chat_id: int) -> Trouble | None:
    """Return the group's trouble, if it has any."""
    row = connection.execute(sa.select(*_COLUMNS).where(table.c.chat_id == chat_id)).first()
    return None if row is None else Trouble(*row)


def told(connection: sa.Connection, chat_id: int, now: datetime) -> None:
    """Note that the seller's support was written to."""
    connection.execute(sa.update(table).where(table.c.chat_id == chat_id).values(told_at=now))


def over(connection: sa.Connection, chat_id: int) -> bool:
    """End the trouble; False if there was none."""
    gone = connection.execute(sa.delete(table).where(table.c.chat_id == chat_id).returning(table.c.chat_id))
    return gone.first() is not None
