"""The lines of a conversation's journal on a page, and the updates for it: the work is that of what is new.

A page says which lines it has (`Have`). Lines don't change once they are written, but for how far a reply has got: so
the desk reads only lines above those, earlier ones if asked for, and the few that were still on their way. A mark
stands for what went into all lines (contacts to be masked, names, the day, lines marked as misread, no line deleted):
with another mark the page gets its stretch anew.
"""

import hmac
from collections.abc import Mapping
from datetime import date
from itertools import groupby

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.stored import StoredCause
from bot.usecases.agents import answer_marks
from bot.usecases.agents.lines_view import LOOK_BACK, ContactAccess, LineReader, TranscriptLine, looks_like_press
from bot.usecases.agents.sight import Sight
from services.hearing import for_agents
from services.store import journal_ranges
from services.store.journal import AGENT, CUSTOMER, JournalEntry
from services.support import misread_lines

MOST_LINES = 50
"""So many lines of what was said are shown at first, and added when earlier ones are asked for."""
MOST_DUE = 100
"""Of so many lines on their way a page is told what became of them."""


class Have(Struct, frozen=True):
    """The stretch of lines that a page has.

    It holds the journal's lines above `start` up to `last`, made with the inputs of `mark`; `due` are the lines that
    were on their way.
    """

    start: int
    last: int
    mark: str
    due: tuple[int, ...] = ()


class TranscriptPart(Struct, frozen=True):
    """Lines for a page.

    `whole`: they are all that it is to show; else they are added to those it has, or take the place of those with their
    numbers. `start`, `last` and `mark` say what it has then. `folds`: it is opened for what the customer says now.
    """

    lines: tuple[TranscriptLine, ...]
    start: int
    last: int
    mark: str
    whole: bool
    folds: bool = False

    @property
    def stretches(self) -> list[tuple[bool, list[TranscriptLine]]]:
        """Return the lines in stretches; True with routine before the customer's last line, which is folded."""
        last = max((n for n, line in enumerate(self.lines) if line.kind == "customer"), default=0)
        apart = groupby(enumerate(self.lines), lambda one: self.folds and one[0] < last and one[1].is_routine)
        found = [(routine, [line for _, line in lines]) for routine, lines in apart]
        return [(fold and sum(line.kind == "bot" for line in lines) > 1, lines) for fold, lines in found]

    @property
    def older(self) -> bool:
        """Return whether the conversation has earlier lines."""
        return self.start > 0

    @property
    def revealed(self) -> bool:
        """Return whether contacts stand in it that only the conversation's agent reads."""
        return any(line.revealed for line in self.lines)


class Transcripts(Struct, frozen=True):
    """Of one conversation, for one agent. `today` is the day by which hours are told."""

    connection: sa.Connection
    conversation_id: str
    sight: Sight
    names: Mapping[str, str]
    reading: ContactAccess
    locale: str
    today: date

    def opened(self, *, before: int | None = None, everything: bool = False) -> TranscriptPart:
        """From the last lines on; from some lines before the line `before` on; from the first on."""
        if everything:
            return self._whole(0)
        until = journal_ranges.LAST_OF_ALL if before is None else before
        start = journal_ranges.start_of_last(self.connection, self.conversation_id, MOST_LINES, until)
        return replace(self._whole(start), folds=before is None)

    def fresh(self, have: Have) -> TranscriptPart | None:
        """Return the lines that a page lacks; None if nothing."""
        if have.mark != self._mark(have.start, have.last):
            return replace(self._whole(have.start), folds=True)
        new = journal_ranges.read_between(self.connection, self.conversation_id, have.last)
        due = journal_ranges.read_lines_among(self.connection, self.conversation_id, have.due[:MOST_DUE])
        settled = tuple(line for line in self._lines(due) if not line.due)
        if not new and not settled:
            return None
        lines = (*settled, *self._lines(new))
        return self._added(lines, have.start, new[-1].id if new else have.last)

    def earlier(self, have: Have) -> TranscriptPart:
        """Return the lines before those that a page has."""
        start = journal_ranges.start_of_last(self.connection, self.conversation_id, MOST_LINES, have.start)
        if have.mark != self._mark(have.start, have.last):
            return self._whole(start)
        found = journal_ranges.read_between(self.connection, self.conversation_id, start, have.start)
        return self._added(self._lines(found), start, have.last)

    def _added(self, lines: tuple[TranscriptLine, ...], start: int, last: int) -> TranscriptPart:
        return TranscriptPart(lines, start, last, self._mark(start, last), whole=False)

    def _whole(self, start: int) -> TranscriptPart:
        entries = journal_ranges.read_between(self.connection, self.conversation_id, start)
        last = entries[-1].id if entries else start
        return TranscriptPart(self._lines(entries), start, last, self._mark(start, last), whole=True)

    def _lines(self, entries: tuple[JournalEntry, ...]) -> tuple[TranscriptLine, ...]:
        """Buttons that were offered above are read only where a line looks like a press."""
        above: tuple[JournalEntry, ...] = ()
        if any(looks_like_press(entry) for entry in entries):
            above = journal_ranges.spoken_last(self.connection, self.conversation_id, LOOK_BACK, entries[0].id - 1)
        answered = any(entry.kind == AGENT for entry in entries)
        marks = (
            answer_marks.read_answer_marks(self.connection, self.conversation_id) if answered else answer_marks.NO_MARKS
        )
        said = any(StoredCause.from_json(entry.data).note for entry in entries if entry.kind == CUSTOMER)
        heard = for_agents.of_conversation(self.connection, self.conversation_id) if said else {}
        misread = self._misread(entries[0].id - 1, entries[-1].id) if entries else frozenset[int]()
        reader = LineReader(self.sight, self.names, self.reading, self.locale, above, marks, heard, misread)
        return tuple(reader.lines(entries))

    def _misread(self, start: int, last: int) -> frozenset[int]:
        return misread_lines.list_marked_lines(self.connection, self.conversation_id, start, last)

    def _mark(self, start: int, last: int) -> str:
        """By the server's key: nobody is to find masked contacts by trying which of them give this mark."""
        held = journal_ranges.count(self.connection, self.conversation_id, start, last)
        reading = self.reading.masks.known, self.reading.since, self.reading.keeps
        misread = sorted(self._misread(start, last))
        made_with = (held, reading, sorted(self.names.items()), self.locale, self.today.isoformat(), misread)
        told = repr(made_with).encode("utf-8", "backslashreplace")
        return hmac.new(self.sight.turn.server_key, told, "sha256").hexdigest()[:16]
