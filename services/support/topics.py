"""The topics of the agents' Telegram group: which conversation each shows, and how far.

The process that holds the group's lease writes here, after it has done something in the group; what it did is noted
against the topic that it did it to, so that one who was too late notes nothing.
"""

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from services.store import journal
from services.store.statements import PerDialect, columns
from services.store.tables.support import desk_topic as table
from services.support.mirrors import ERASE, MirrorQueue, both

Status = Literal["open", "closed", "erase"]
#: So much of what was said before a person was wanted stands in a new topic.
LINES_BEFORE = 12


@dataclass(frozen=True, slots=True)
class Topic:
    """One conversation's topic in the group `chat_id`. `shown` is the hash of what the card says."""

    conversation_id: str
    chat_id: int
    thread_id: int | None
    card_id: int | None
    shown: str | None
    mirrored_id: int
    status: Status


_COLUMNS = columns(table, Topic)
_ALL = sa.select(*_COLUMNS)
_MAKE = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["conversation_id"],
        set_={name: insert.excluded[name] for name in Topic.__slots__ if name != "conversation_id"},
        # One that another process has made meanwhile stays; one in an earlier group, or deleted by hand, doesn't.
        where=sa.or_(table.c.chat_id != insert.excluded.chat_id, table.c.thread_id.is_(None)),
    ).returning(table.c.thread_id),
)
_CHAT = sa.bindparam("chat", type_=sa.BigInteger)
_HERE = table.c.chat_id == _CHAT
_MIRROR = MirrorQueue(table, _HERE, table.c.thread_id, table.c.status)
_WANTED, _TO_DO = _MIRROR.wanted(), _MIRROR.to_do()


def of(connection: sa.Connection, conversation_id: str) -> Topic | None:
    """Return the conversation's topic, in whatever group and state."""
    return _one(connection, table.c.conversation_id == conversation_id)


def by_thread(connection: sa.Connection, chat_id: int, thread_id: int) -> Topic | None:
    """Return the topic of this number."""
    return _one(connection, table.c.chat_id == chat_id, table.c.thread_id == thread_id)


def by_card(connection: sa.Connection, chat_id: int, card_id: int) -> Topic | None:
    """Return the topic whose card is this message."""
    return _one(connection, table.c.chat_id == chat_id, table.c.card_id == card_id)


def to_do(connection: sa.Connection, chat_id: int, most: int = 100) -> list[str]:
    """Conversations for which something is to be done in the group: those that have waited longest come first."""
    given = {"chat": chat_id, "most": most}
    return both(connection, _WANTED, _TO_DO, given)


def begin(connection: sa.Connection, conversation_id: str) -> int:
    """Return the line of the journal after which a new topic begins: some of what was said before stands in it."""
    return journal.before_last_said(connection, conversation_id, LINES_BEFORE)


def make(connection: sa.Connection, topic: Topic) -> bool:
    """Note a topic that was made in the group; False if the conversation has one there already."""
    values = {name: getattr(topic, name) for name in Topic.__slots__}
    return connection.execute(_MAKE.of(connection), values).first() is not None


def note(connection: sa.Connection, topic: Topic, **changed: Any) -> bool:
    """Note what became of this topic; False if it isn't the conversation's any more."""
    mine = table.c.conversation_id == topic.conversation_id, table.c.thread_id == topic.thread_id
    return connection.execute(sa.update(table).where(*mine).values(**changed)).rowcount == 1


def lost(connection: sa.Connection, topic: Topic) -> None:
    """Note that the group has it no more: another is made, which begins with some of what was said before."""
    start = min(topic.mirrored_id, begin(connection, topic.conversation_id))
    note(connection, topic, thread_id=None, card_id=None, shown=None, mirrored_id=start)


def forget(connection: sa.Connection, conversation_id: str) -> None:
    """Drop the row: the topic is gone, and none is wanted."""
    connection.execute(sa.delete(table).where(table.c.conversation_id == conversation_id))


def erase(connection: sa.Connection, conversation_id: str) -> None:
    """Mark the topic to be deleted with all its messages, as soon as that can be done."""
    connection.execute(sa.update(table).where(table.c.conversation_id == conversation_id).values(status=ERASE))


def _one(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> Topic | None:
    row = connection.execute(_ALL.where(*where)).first()
    return None if row is None else Topic(*row)
