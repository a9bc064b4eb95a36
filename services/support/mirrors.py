"""Tables of conversations that are mirrored in a place outside where agents answer.

The agents' group in Telegram (`topics.py`), the seller's help desk (`chatwoot/threads.py`). The process that holds the
place's lease writes a row after it has done something there, against the number that it did it to: so a process that
was too late notes nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Literal, Protocol, TypeVar

import sqlalchemy as sa
from msgspec import Struct

from services.store import conversations, journal
from services.store.statements import PerDialect, columns
from services.store.tables.core import conversation
from services.store.tables.core import journal as lines
from services.store.tables.support import handoff
from services.support import handoffs, second_line

MirrorState = Literal["open", "closed", "erase"]
OPENED, CLOSED, ERASE = "open", "closed", "erase"
"""A row's state: shown, no longer shown, to be deleted there with all that was said."""
MOST_ENTRIES = 200
"""Lines of the journal read in one go; those that follow are read after these are brought."""


class MirrorRow(Protocol):
    """A conversation's mirror; `mirrored_id` is the last line of the journal that stands there."""

    @property
    def conversation_id(self) -> str: ...

    @property
    def mirrored_id(self) -> int: ...


Row = TypeVar("Row", bound=MirrorRow)


class MirrorView(Struct, Generic[Row], frozen=True):
    """A conversation and its mirror in one place, read at one moment.

    `request` is the open request for a person, `last` the last one; a new mirror begins after the journal's line
    `begins`; `entries` aren't mirrored yet. `over`: nothing of the conversation is to stand there any more.
    """

    conversation: conversations.StoredConversation | None
    row: Row | None
    over: bool
    request: handoffs.HandoffRecord | None
    last: handoffs.HandoffRecord | None
    begins: int
    entries: tuple[journal.JournalEntry, ...]

    @property
    def reason(self) -> str:
        """Why a person is wanted."""
        return self.last.reason if self.last is not None else "asked"


class MirrorTable(Generic[Row]):
    """The rows of one kind of place.

    The columns `place` name the place, `number` is the conversation's number there (NULL: deleted there), `state` one
    of the above. `lost` are the values of a row whose conversation was deleted there; `lines_before`: so much of what
    was said before stands in a new one; `also`: further rows for which something is to be done.
    """

    def __init__(
        self,
        table: sa.Table,
        row: type[Row],
        *,
        place: Sequence[str],
        number: str,
        state: str,
        lost: Mapping[str, Any],
        lines_before: int,
        also: Sequence[sa.ColumnElement[bool]] = (),
    ) -> None:
        self.table = table
        self._row = row
        self._place = tuple(place)
        self._number, self._state = table.c[number], table.c[state]
        self._lost = {number: None, **lost}
        self._lines_before = lines_before
        self._all = sa.select(*columns(table, row))
        self._here = sa.and_(*(table.c[name] == sa.bindparam(f"of_{name}", type_=sa.BigInteger) for name in place))
        fields = [column.name for column in columns(table, row)]
        self._make = PerDialect(
            table,
            lambda insert: insert.on_conflict_do_update(
                index_elements=["conversation_id"],
                set_={name: insert.excluded[name] for name in fields if name != "conversation_id"},
                # One that another process has made meanwhile stays; one of another place, or deleted there, doesn't.
                where=sa.or_(self._number.is_(None), *(table.c[name] != insert.excluded[name] for name in place)),
            ).returning(table.c.conversation_id),
        )
        self._due = self._wanted(), self._unfinished(also)
        self._lacking = self._wanted(), self._behind()

    def of(self, connection: sa.Connection, conversation_id: str, place: Sequence[int]) -> Row | None:
        """Return the conversation's mirror in this place, in whatever state."""
        return self._one(connection, self.table.c.conversation_id == conversation_id, place)

    def due(self, connection: sa.Connection, place: Sequence[int], most: int = 100) -> list[str]:
        """Return conversations for which something is to be done: those that have waited longest come first."""
        given = {**self._at(place), "most": most, "second": list(second_line.ids(connection))}
        found: list[str] = []
        for query in self._due:
            found += connection.execute(query, given).scalars()
        return list(dict.fromkeys(found))

    def lacking(self, connection: sa.Connection, place: Sequence[int]) -> list[str]:
        """Return a conversation that waits for a person unseen, or lacks lines; empty if none does."""
        given = {**self._at(place), "most": 1, "second": list(second_line.ids(connection))}
        found = (connection.execute(query, given).scalars().first() for query in self._lacking)
        return next(([one] for one in found if one is not None), [])

    def shown(self, connection: sa.Connection, place: Sequence[int]) -> list[str]:
        """Return the conversations that are shown there."""
        query = sa.select(self.table.c.conversation_id).where(
            self._here, self._state == OPENED, self._number.is_not(None)
        )
        return list(connection.execute(query, self._at(place)).scalars())

    def view(self, connection: sa.Connection, conversation_id: str, place: Sequence[int]) -> MirrorView[Row]:
        """Read a conversation and its mirror in this place."""
        here = conversations.load(connection, conversation_id, lock=False)
        row = self.of(connection, conversation_id, place)
        request = handoffs.find_open_request(connection, conversation_id)
        begins = self._begin(connection, conversation_id)
        after = begins if row is None else row.mirrored_id
        return MirrorView(
            conversation=here,
            row=row,
            over=here is None or (row is not None and getattr(row, self._state.name) == ERASE),
            request=request,
            last=request or handoffs.last_of(connection, conversation_id),
            begins=begins,
            entries=journal.read_after(connection, conversation_id, after=after, most=MOST_ENTRIES),
        )

    def make(self, connection: sa.Connection, row: Row) -> bool:
        """Note a conversation that was made there; False if another process has noted one already."""
        values = {column.name: getattr(row, column.name) for column in columns(self.table, self._row)}
        return connection.execute(self._make.of(connection), values).first() is not None

    def note(self, connection: sa.Connection, row: Row, **changed: Any) -> bool:
        """Note what became of this row; False if its number isn't the conversation's any more, or is to be erased."""
        mine = (
            self.table.c.conversation_id == row.conversation_id,
            self._number == getattr(row, self._number.name),
            self._state != ERASE,
        )
        return connection.execute(sa.update(self.table).where(*mine).values(**changed)).rowcount == 1

    def lost(self, connection: sa.Connection, row: Row) -> None:
        """Note that it was deleted there: another is made, which begins with what was said before."""
        start = min(row.mirrored_id, self._begin(connection, row.conversation_id))
        self.note(connection, row, mirrored_id=start, **self._lost)

    def forget(self, connection: sa.Connection, conversation_id: str) -> None:
        """Drop the row: the conversation is gone there, and none is wanted."""
        connection.execute(sa.delete(self.table).where(self.table.c.conversation_id == conversation_id))

    def erase(self, connection: sa.Connection, conversation_id: str) -> None:
        """Mark the conversation to be deleted there, as soon as that can be done."""
        erased = sa.update(self.table).where(self.table.c.conversation_id == conversation_id)
        connection.execute(erased.values({self._state: ERASE}))

    def _begin(self, connection: sa.Connection, conversation_id: str) -> int:
        return journal.before_last_said(connection, conversation_id, self._lines_before)

    def _one(self, connection: sa.Connection, where: sa.ColumnElement[bool], place: Sequence[int]) -> Row | None:
        row = connection.execute(self._all.where(where, self._here), self._at(place)).first()
        return None if row is None else self._row(*row)

    def _at(self, place: Sequence[int]) -> dict[str, int]:
        return {f"of_{name}": number for name, number in zip(self._place, place, strict=True)}

    def _wanted(self) -> sa.Select[str]:
        """Conversations that wait for a person and aren't shown there yet; the second line waits in the console."""
        ours = self.table.c.conversation_id == handoff.c.conversation_id
        shown = sa.exists().where(ours, self._here, self._state == OPENED, self._number.is_not(None))
        return (
            sa.select(handoff.c.conversation_id)
            .where(handoffs.OPEN, ~shown, handoff.c.conversation_id.not_in(sa.bindparam("second", expanding=True)))
            .order_by(handoff.c.asked_at, handoff.c.id)
            .limit(sa.bindparam("most"))
        )

    def _behind(self) -> sa.Select[str]:
        """Mirrors that lack lines."""
        ours = self.table.c.conversation_id
        newer = sa.exists().where(lines.c.conversation_id == ours, lines.c.id > self.table.c.mirrored_id)
        return sa.select(ours).where(self._here, self._state == OPENED, newer).limit(sa.bindparam("most"))

    def _unfinished(self, also: Sequence[sa.ColumnElement[bool]]) -> sa.Select[str]:
        """Mirrors that lack lines, need no person any more, are to be erased, or whose conversation is gone."""
        ours = self.table.c.conversation_id
        newer = sa.exists().where(lines.c.conversation_id == ours, lines.c.id > self.table.c.mirrored_id)
        held = sa.exists().where(handoff.c.conversation_id == ours, handoffs.OPEN)
        lacks = sa.and_(self._state == OPENED, sa.or_(newer, ~held))
        gone = ~sa.exists().where(conversation.c.id == ours)
        return (
            sa.select(ours)
            .where(self._here, sa.or_(lacks, self._state == ERASE, gone, *also))
            .limit(sa.bindparam("most"))
        )
