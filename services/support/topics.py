"""The topics of the agents' Telegram group, and how long it couldn't be written to."""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict

from services.store.statements import PerDialect, columns
from services.store.tables.support import desk_forum_trouble, desk_topic
from services.support.mirrors import MirrorState, MirrorTable


class Topic(Struct, frozen=True):
    """One conversation's topic in the group `chat_id`. `shown` is the hash of what the card says."""

    conversation_id: str
    chat_id: int
    thread_id: int | None
    card_id: int | None
    shown: str | None
    mirrored_id: int
    status: MirrorState


class TopicTable(MirrorTable[Topic]):
    """The topics; their place is the group's number."""

    def by_thread(self, connection: sa.Connection, chat_id: int, thread_id: int) -> Topic | None:
        return self._one(connection, self.table.c.thread_id == thread_id, (chat_id,))

    def by_card(self, connection: sa.Connection, chat_id: int, card_id: int) -> Topic | None:
        return self._one(connection, self.table.c.card_id == card_id, (chat_id,))


TOPICS = TopicTable(
    desk_topic,
    Topic,
    place=("chat_id",),
    number="thread_id",
    state="status",
    lost={"card_id": None, "shown": None},
    lines_before=12,
)


class OutageRecord(Struct, frozen=True):
    """Why and since when a group can't be written to; `told_at`: when the seller's support was told, if it was."""

    chat_id: int
    kind: str
    since: datetime
    told_at: datetime | None


_OUTAGE = sa.select(*columns(desk_forum_trouble, OutageRecord))
_BEGIN = PerDialect(desk_forum_trouble, lambda insert: insert.on_conflict_do_nothing(index_elements=["chat_id"]))


def outage_of(connection: sa.Connection, chat_id: int) -> OutageRecord | None:
    row = connection.execute(_OUTAGE.where(desk_forum_trouble.c.chat_id == chat_id)).first()
    return None if row is None else OutageRecord(*row)


def begin_outage(connection: sa.Connection, chat_id: int, kind: str, now: datetime) -> OutageRecord:
    """Note an outage; one that lasts already stays as it is."""
    new = OutageRecord(chat_id, kind, now, None)
    connection.execute(_BEGIN.of(connection), asdict(new))
    return outage_of(connection, chat_id) or new


def note_outage_told(connection: sa.Connection, chat_id: int, now: datetime) -> None:
    """Note that the seller's support was told."""
    connection.execute(sa.update(desk_forum_trouble).where(desk_forum_trouble.c.chat_id == chat_id).values(told_at=now))


def end_outage(connection: sa.Connection, chat_id: int) -> bool:
    """End the outage; False if there was none."""
    gone = sa.delete(desk_forum_trouble).where(desk_forum_trouble.c.chat_id == chat_id)
    return connection.execute(gone).rowcount == 1
