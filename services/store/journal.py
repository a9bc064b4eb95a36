"""The journal: what was said and decided in a conversation, in order, and how far its replies have got."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import bindparam as given

from services.store.leases import REPLIES
from services.store.prepared import Prepared
from services.store.statements import columns
from services.store.tables.core import OPEN_DELIVERY
from services.store.tables.core import journal as table
from services.store.tables.core import lease as lease_table

CUSTOMER = "customer"
"""The kind of an entry that holds a customer's words; those of the bot and of agents are told by their `seq`."""
BOT, AGENT = "bot", "agent"
HELD = "held"
"""What the dialogs would have said while an agent has the talk: for the agent's eyes, so it has no `seq`."""
MOST_HELD = 50
"""So many of them are looked at for what the customer is told when the agent leaves."""


class NewJournalEntry(Struct, frozen=True):
    """A line for the journal.

    `root` names the message that caused it (None: a timer's or a person's doing). `seq` numbers what the bot or an
    agent says. `delivery`: "none" (nothing to send), "open" (to be sent to the
    channel) or "kept" (until the channel asks for it).
    """

    conversation_id: str
    revision: int
    kind: str
    data: dict[str, Any]
    at: datetime
    root: str | None = None
    seq: int | None = None
    delivery: str = "none"

    def __repr__(self) -> str:
        """Without what was said."""
        return f"NewEntry(conversation_id={self.conversation_id!r}, kind={self.kind!r}, seq={self.seq})"


class JournalEntry(Struct, frozen=True):
    """A line of the journal; `delivery` is none, open, sent, given_up, kept or given.

    `sent_at` is by the clock of the channel that took it, where it has one of its own; `place` is the channel's name of
    the message that shows it.
    """

    id: int
    conversation_id: str
    revision: int
    kind: str
    root: str | None
    seq: int | None
    data: dict[str, Any]
    at: datetime
    delivery: str
    sent_at: datetime | None
    place: str | None = None

    def __repr__(self) -> str:
        """Without what was said."""
        return f"Entry(id={self.id}, conversation_id={self.conversation_id!r}, kind={self.kind!r}, seq={self.seq})"


_add = Prepared(sa.insert(table).returning(table.c.id), *columns(table, NewJournalEntry))
_entries = sa.select(*columns(table, JournalEntry)).order_by(table.c.id)
_in = _entries.where(table.c.conversation_id == given("wanted"))
_spoken = table.c.seq.is_not(None)
_transcript = sa.or_(_spoken, table.c.kind == CUSTOMER)
# `seq` rises with `id`: looked for from the end, it needs no index of its own.
_reached = (
    sa.select(table.c.id)
    .where(table.c.conversation_id == given("wanted"), table.c.seq <= given("after"))
    .order_by(table.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_said_by = {False: _in.where(_spoken), True: _in.where(_transcript)}
_all = {talk: Prepared(query) for talk, query in _said_by.items()}
_after = {talk: Prepared(query.where(table.c.id > sa.func.coalesce(_reached, 0))) for talk, query in _said_by.items()}
_caused = {talk: Prepared(query.where(table.c.root == given("caused_by"))) for talk, query in _said_by.items()}
_everything = Prepared(_in)
_before_last = (
    sa.select(table.c.id)
    .where(table.c.conversation_id == given("wanted"), _transcript)
    .order_by(table.c.id.desc())
    .limit(1)
    .offset(given("passed"))
)
_lines_after = Prepared(_in.where(table.c.id > given("after_id")).limit(given("most")))
_newest = _in.order_by(None).order_by(table.c.id.desc())
_latest = Prepared(_newest.where(_transcript, table.c.id > sa.func.coalesce(_reached, 0)).limit(given("most")))
_newest_said = Prepared(_newest.where(_spoken).limit(given("most")))
_held = Prepared(_newest.where(table.c.kind == HELD).limit(MOST_HELD))
_said = Prepared(_newest.where(table.c.seq == given("number")).limit(1))
_settle = Prepared(
    sa.update(table)
    .where(table.c.id == given("line"), OPEN_DELIVERY)
    .values(delivery=given("end"), sent_at=given("when"), place=given("stands"))
)
_kept = Prepared(_in.where(table.c.delivery == "kept"))
_give = Prepared(
    sa.update(table)
    .where(table.c.id == given("line"), table.c.delivery == "kept")
    .values(delivery="given", sent_at=given("when"))
)
_open_here = Prepared(_in.where(OPEN_DELIVERY))
_free_if_none_open = Prepared(
    sa.delete(lease_table).where(
        lease_table.c.name == sa.literal(REPLIES) + given("wanted", type_=sa.Text),
        lease_table.c.holder == given("by"),
        ~sa.exists().where(table.c.conversation_id == given("wanted"), OPEN_DELIVERY),
    )
)
_sender_lives = sa.exists().where(
    lease_table.c.name == sa.literal(REPLIES) + table.c.conversation_id,
    lease_table.c.until > sa.func.clock_timestamp(type_=lease_table.c.until.type),
)
_left = (
    sa.select(table.c.conversation_id)
    .where(OPEN_DELIVERY)
    .group_by(table.c.conversation_id)
    .order_by(sa.func.min(table.c.id))
    .limit(given("most"))
)
_unattended = {"sqlite": _left, "postgresql": _left.where(~_sender_lives)}


def add(connection: sa.Connection, entries: Sequence[NewJournalEntry]) -> tuple[JournalEntry, ...]:
    """Write the lines in this order, and return them with their numbers, which rise."""
    return ask_add(connection, entries)()


def ask_add(connection: sa.Connection, entries: Sequence[NewJournalEntry]) -> Callable[[], tuple[JournalEntry, ...]]:
    """Write as `add` does; the returned gives the lines."""
    asked = [_add.ask(connection, astuple(entry)) for entry in entries]
    return lambda: tuple(_written(one.rows()[0][0], new) for one, new in zip(asked, entries, strict=True))


def _written(id: int, new: NewJournalEntry) -> JournalEntry:
    said = new.conversation_id, new.revision, new.kind, new.root, new.seq, new.data, new.at, new.delivery
    return JournalEntry(id, *said, sent_at=None)


def messages(
    connection: sa.Connection,
    conversation_id: str,
    *,
    after_seq: int | None = None,
    root: str | None = None,
    with_customer: bool = False,
) -> tuple[JournalEntry, ...]:
    """Return what was said, in order: above a bot message's number, caused by `root`, or all.

    `with_customer` adds the customer's own words.
    """
    if after_seq is not None and root is not None:
        raise ValueError("after_seq and root exclude each other")
    query, values = _all, {"wanted": conversation_id}
    if after_seq is not None:
        query, values = _after, values | {"after": after_seq}
    elif root is not None:
        query, values = _caused, values | {"caused_by": root}
    return _read(connection, query[with_customer], values)


def read_last(
    connection: sa.Connection, conversation_id: str, *, most: int, after_seq: int = 0
) -> tuple[JournalEntry, ...]:
    """Return the last `most` lines of the transcript above a bot message's number, in order."""
    values = {"wanted": conversation_id, "most": most, "after": after_seq}
    return _read(connection, _latest, values)[::-1]


def said(connection: sa.Connection, conversation_id: str, seq: int) -> JournalEntry | None:
    """Return the bot's or agent's message of this number."""
    row = _said.row(connection, {"wanted": conversation_id, "number": seq})
    return None if row is None else JournalEntry(*row)


def newest_said(connection: sa.Connection, conversation_id: str, most: int) -> tuple[JournalEntry, ...]:
    """Return the last `most` messages of the bot and of agents, the newest first."""
    return _read(connection, _newest_said, {"wanted": conversation_id, "most": most})


def before_last_said(connection: sa.Connection, conversation_id: str, count: int) -> int:
    """Return the line after which the last `count` lines of what was said begin; 0 where there are no more."""
    found = connection.execute(_before_last, {"wanted": conversation_id, "passed": count})
    return found.scalar() or 0


def read_all(connection: sa.Connection, conversation_id: str) -> tuple[JournalEntry, ...]:
    """All lines of a conversation, decisions and results included."""
    return _read(connection, _everything, {"wanted": conversation_id})


def read_held_messages(connection: sa.Connection, conversation_id: str) -> tuple[JournalEntry, ...]:
    """Return the messages that were kept back from the customer, the last ones first."""
    return _read(connection, _held, {"wanted": conversation_id})


def read_after(connection: sa.Connection, conversation_id: str, *, after: int, most: int) -> tuple[JournalEntry, ...]:
    """Up to `most` lines of any kind after the line `after`."""
    return _read(connection, _lines_after, {"wanted": conversation_id, "after_id": after, "most": most})


def forget(connection: sa.Connection, conversation_id: str, *, after: int = 0, until: int | None = None) -> None:
    """Delete the lines above `after`, up to `until` or to the last."""
    lines = sa.delete(table).where(table.c.conversation_id == conversation_id, table.c.id > after)
    connection.execute(lines if until is None else lines.where(table.c.id <= until))


def forget_lines(connection: sa.Connection, ids: Sequence[int]) -> None:
    if ids:
        connection.execute(sa.delete(table).where(table.c.id.in_(ids)))


def mark_sent(connection: sa.Connection, id: int, at: datetime, place: str | None = None) -> None:
    """Mark the reply as sent, unless it was settled before; `place` is what the channel calls it."""
    _settle.send(connection, {"line": id, "end": "sent", "when": at, "stands": place})


def give_up(connection: sa.Connection, id: int, at: datetime) -> None:
    """Mark the reply as given up (blocked, chat gone), unless it was settled before."""
    _settle.send(connection, {"line": id, "end": "given_up", "when": at, "stands": None})


def read_unfetched_replies(connection: sa.Connection, conversation_id: str) -> tuple[JournalEntry, ...]:
    """Return the replies that the channel hasn't fetched yet, the oldest first."""
    return _read(connection, _kept, {"wanted": conversation_id})


def give(connection: sa.Connection, ids: Sequence[int], at: datetime) -> None:
    """Note that the channel has asked for these and got them."""
    for line in ids:
        _give.run(connection, {"line": line, "when": at})


def open_deliveries(connection: sa.Connection, conversation_id: str) -> tuple[JournalEntry, ...]:
    """Return the replies of a conversation still to be sent, the oldest first: only the first may be sent now."""
    return ask_open(connection, conversation_id)()


def ask_open(connection: sa.Connection, conversation_id: str) -> Callable[[], tuple[JournalEntry, ...]]:
    """Ask for the replies still to be sent; the returned gives them as `open_deliveries` does."""
    asked = _open_here.ask(connection, {"wanted": conversation_id})
    return lambda: tuple(JournalEntry(*row) for row in asked.rows())


def free_if_none_open(connection: sa.Connection, conversation_id: str, holder: str) -> None:
    """Give back the lease on a conversation's replies, unless one is still to be sent."""
    _free_if_none_open.send(connection, {"wanted": conversation_id, "by": holder})


def list_unattended_conversations(connection: sa.Connection, limit: int = 256) -> tuple[str, ...]:
    """Conversations with replies to be sent whose lease nobody holds: their sender died, or stands still.

    Those that have waited longest first. On SQLite, where there is one process: all with replies to be sent.
    """
    return tuple(connection.execute(_unattended[connection.dialect.name], {"most": limit}).scalars())


def _read(connection: sa.Connection, query: Prepared, values: dict[str, Any]) -> tuple[JournalEntry, ...]:
    return tuple(JournalEntry(*row) for row in query.rows(connection, values))
