"""The lines of a conversation's journal on a page, and the updates for it: the work is that of what is new.

A page says which lines it has (`Have`). Lines don't change once they are written, but for how far a reply has got: so
the desk reads only lines above those, earlier ones if asked for, and the few that were still on their way. A mark
stands for what went into all lines (contacts to be masked, names, the day, no line deleted): with another mark the page
gets its stretch anew.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation.desk import BY_AGENT
from bot.conversation.stored import StoredCause, StoredMessage
from bot.usecases.agents.lines_view import LOOK_BACK, LineReader, TranscriptLine, presses, unsettled
from bot.usecases.agents.sight import Sight
from bot.web.page_texts import PageWords
from dialogs.handoff.handoff import ANSWER_SOON
from services.store import journal_ranges
from services.store.journal import AGENT, BOT, CUSTOMER, HELD, JournalEntry
from values.private import Private, PrivateStruct

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


class Transcript(Struct, frozen=True):
    """Lines for a page.

    `whole`: they are all that it is to show; else they are added to those it has, or take the place of those with their
    numbers. `start`, `last` and `mark` say what it has then.
    """

    lines: tuple[TranscriptLine, ...]
    start: int
    last: int
    mark: str
    whole: bool

    @property
    def older(self) -> bool:
        """Return whether the conversation has earlier lines."""
        return self.start > 0


class Transcripts(Struct, frozen=True):
    """Of one conversation, for one agent. `today` is the day by which hours are told."""

    connection: sa.Connection
    conversation_id: str
    sight: Sight
    names: Mapping[str, str]
    known: tuple[str, ...]
    locale: str
    today: date

    def opened(self, *, before: int | None = None, everything: bool = False) -> Transcript:
        """From the last lines on; from some lines before the line `before` on; from the first on."""
        if everything:
            return self._whole(0)
        until = journal_ranges.LAST_OF_ALL if before is None else before
        return self._whole(journal_ranges.start_of_last(self.connection, self.conversation_id, MOST_LINES, until))

    def fresh(self, have: Have) -> Transcript | None:
        """Return the lines that a page lacks; None if nothing."""
        if have.mark != self._mark(have.start, have.last):
            return self._whole(have.start)
        new = journal_ranges.between(self.connection, self.conversation_id, have.last)
        due = journal_ranges.these(self.connection, self.conversation_id, have.due[:MOST_DUE])
        settled = tuple(entry for entry in due if not unsettled(entry.delivery))
        if not new and not settled:
            return None
        lines = (*self._lines(settled), *self._lines(new))
        return self._added(lines, have.start, new[-1].id if new else have.last)

    def earlier(self, have: Have) -> Transcript:
        """Return the lines before those that a page has."""
        start = journal_ranges.start_of_last(self.connection, self.conversation_id, MOST_LINES, have.start)
        if have.mark != self._mark(have.start, have.last):
            return self._whole(start)
        found = journal_ranges.between(self.connection, self.conversation_id, start, have.start)
        return self._added(self._lines(found), start, have.last)

    def _added(self, lines: tuple[TranscriptLine, ...], start: int, last: int) -> Transcript:
        return Transcript(lines, start, last, self._mark(start, last), whole=False)

    def _whole(self, start: int) -> Transcript:
        entries = journal_ranges.between(self.connection, self.conversation_id, start)
        last = entries[-1].id if entries else start
        return Transcript(self._lines(entries), start, last, self._mark(start, last), whole=True)

    def _lines(self, entries: tuple[JournalEntry, ...]) -> tuple[TranscriptLine, ...]:
        """Buttons that were offered above are read only where a line looks like a press."""
        above: tuple[JournalEntry, ...] = ()
        if any(presses(entry) for entry in entries):
            above = journal_ranges.spoken_last(self.connection, self.conversation_id, LOOK_BACK, entries[0].id - 1)
        return tuple(LineReader(self.sight, self.names, self.known, self.locale, above).lines(entries))

    def _mark(self, start: int, last: int) -> str:
        """By the server's key: nobody is to find masked contacts by trying which of them give this mark."""
        held = journal_ranges.count(self.connection, self.conversation_id, start, last)
        made_with = (held, sorted(self.known), sorted(self.names.items()), self.locale, self.today.isoformat())
        told = repr(made_with).encode("utf-8", "backslashreplace")
        return hmac.new(self.sight.turn.server_key, told, "sha256").hexdigest()[:16]


def said(entry: JournalEntry, before: Iterable[JournalEntry]) -> str:
    """Return the words of a line, with its card's; `before` are the lines of the conversation above it."""
    text = StoredMessage.from_json(entry.data).plain
    if entry.kind != CUSTOMER:
        return text
    titles = titles_of(before)
    return titles.get(text, text)


def titles_of(lines: Iterable[JournalEntry]) -> Mapping[str, str]:
    """Return the titles of the buttons that these lines showed, by payload."""
    return {button.payload: button.title for line in lines for button in StoredMessage.from_json(line.data).buttons}


def last_of_customer(lines: Sequence[JournalEntry]) -> str:
    """Return the customer's last typed message, neither a button nor a command; empty if there is none."""
    typed = (
        line for line in reversed(lines) if line.kind == CUSTOMER and StoredCause.from_json(line.data).payload is None
    )
    words = (StoredMessage.from_json(line.data).text for line in typed)
    pressed = titles_of(lines)
    return next((one for one in words if one and pressed.get(one, one) == one and not one.startswith("/")), "")


BLOCKED = "blocked"
"""The journal's kind for words that were turned away."""
_ACTS = (
    *("took", "took_over", "took_back", "passed_on", "gave_back", "done", "put_back", "corrected"),
    *("withdrawal_accepted", "withdrawal_refused"),
    "shut_out",
)


def written_there(entries: Iterable[JournalEntry], via: str) -> set[int]:
    """Revisions of acts that came from the place itself: it shows what was written in it already."""
    return {one.revision for one in entries if one.kind == BY_AGENT and StoredCause.from_json(one.data).via == via}


class OutsideLine(PrivateStruct):
    """One line at a place outside, from the journal's line `id`; `own`: the customer's. Without text it isn't shown."""

    id: int
    text: Private[str]
    own: bool


class LineWords(Struct, frozen=True):
    """The formatters of foreign text at a place outside: for names, the bot's words, an agent's words."""

    plain: Callable[[str], str]
    bot: Callable[[str], str]
    agent: Callable[[str], str]


def desk_lines(t: PageWords, entry: JournalEntry, from_there: set[int], words: LineWords) -> Iterator[str]:
    """Return the lines of what the bot or an agent did; `from_there`: revisions that the place shows already."""
    stored, cause = StoredMessage.from_json(entry.data), StoredCause.from_json(entry.data)
    if entry.kind == BOT:
        yield t("line.bot", text=words.bot(stored.plain))
    elif entry.kind == HELD:
        yield t("line.held", text=words.bot(stored.plain))
    elif entry.kind == AGENT and entry.revision not in from_there:
        yield t("line.agent", name=words.plain(stored.by or "?"), text=words.agent(stored.text))
    elif entry.kind == BY_AGENT and cause.act in _ACTS:
        yield t(f"act.{cause.act}", by=words.plain(cause.by or "?"), step=words.plain(cause.step or "?"))
    elif entry.kind == BLOCKED:
        yield t("act.blocked")


def wish_told(t: PageWords, entry: JournalEntry, reason: str) -> Iterator[str]:
    """Return lines about what the dialogs did about a hand-off; `reason`: why an agent is wanted."""
    if entry.kind == BY_AGENT:
        return
    line = StoredCause.from_json(entry.data)
    if "RequestHuman" in line.acts:
        yield t("act.wanted", reason=reason_of(t, reason))
    if line.timer == ANSWER_SOON:
        yield t("act.soon")
    if "PutBack" in line.acts:
        yield t("act.unanswered" if entry.kind == "timer" else "act.released")
    if "EndWait" in line.acts:
        yield t("act.given_up")


def reason_of(t: PageWords, reason: str) -> str:
    """Why a person is wanted."""
    return t.get(f"reason.{reason}", "reason.asked", {})
