"""Lines as an agent reads them: what was said, what the bot would have said, what happened in between."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.desk import BY_AGENT
from bot.conversation.outbound import Card, CardRow
from bot.conversation.stored import StoredCause, StoredMessage
from bot.usecases.agents import line_words
from bot.usecases.agents.answer_marks import NO_MARK, NO_MARKS, SETTLED, AnswerMark, AnswerMarks
from bot.usecases.agents.masking import ContactMasks, emails_in
from bot.usecases.agents.sight import Sight
from dialogs.handoff.handoff import UNANSWERED
from services.hearing.for_agents import KeptRecording
from services.store.journal import AGENT, BOT, CUSTOMER, HELD, JournalEntry
from values.meaning import OtherKind
from values.private import Private, PrivateStruct
from values.recording import KEPT_FOR

Kind = Literal["customer", "bot", "agent", "held", "note"]
LOOK_BACK = 60
"""A pressed button is shown by its title if it was offered by one of so many messages before the press."""

_UNSETTLED = ("open", "kept")
_SPOKEN: Mapping[str, Kind] = {CUSTOMER: "customer", BOT: "bot", AGENT: "agent", HELD: "held"}
_PRESSED = re.compile(r"/\S+|[a-z0-9_.]+:\S*")


Sound = Literal["playable", "others", "coming", "lost", "no_sound", "limited", "deleted"]
"""What an agent is told of a recording; `others`: who has the conversation may play it."""


class RecordingLine(PrivateStruct):
    """The recording of a line: its name, what is told of it, and its words, if they were written down."""

    note: str
    sound: Sound
    words: Private[str] = ""
    is_due: bool = False


class TranscriptLine(PrivateStruct):
    """A line of the transcript.

    `by`: the agent's name, also of one whom the bot introduces.
    `delivery` is that of the journal. `notes` are keys of page texts about the turn; a line of
    kind "note" is that alone. `other` is the kind of a message that is no text. `revealed`: contacts stand in it that
    others see masked; `addresses` are the e-mails that may be kept as the one for the answer. `typed`: the customer's
    own words, which may have been read wrongly; `misread`: an agent says that they were.
    """

    id: int
    kind: Kind
    text: Private[str]
    at: datetime
    by: str | None = None
    delivery: str = "none"
    buttons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    about: str = ""
    card: Private[Card | None] = None
    other: OtherKind | None = None
    revealed: bool = False
    addresses: Private[tuple[str, ...]] = ()
    mark: AnswerMark = NO_MARK
    recording: Private[RecordingLine | None] = None
    typed: bool = False
    misread: bool = False

    @property
    def is_routine(self) -> bool:
        """Return whether nobody says anything in it: the bot asks, a button is pressed, a job is done as it should."""
        if self.kind == "note":
            return not any(note.startswith(("desk_", "failed")) for note in self.notes)
        if self.kind == "bot":
            return self.by is None and self.delivery != "given_up"
        return self.kind == "customer" and not (self.typed or self.other or self.recording)

    @property
    def due(self) -> bool:
        """Return whether it isn't settled yet what becomes of the line."""
        on_its_way = self.recording is not None and self.recording.is_due
        return on_its_way or is_line_unsettled(self.delivery, self.mark)


def is_line_unsettled(delivery: str, mark: AnswerMark) -> bool:
    """Return whether a line is on its way, or waits for its channel to fetch it or for its customer to read it."""
    return mark.name not in SETTLED if mark.name else delivery in _UNSETTLED


def looks_like_press(entry: JournalEntry) -> bool:
    """Return whether the customer's words look like a button's payload."""
    return entry.kind == CUSTOMER and _PRESSED.fullmatch(StoredMessage.from_json(entry.data).text) is not None


def is_said_in_words(entry: JournalEntry) -> bool:
    """Return whether the customer said it in words: no button, no command, not a thing."""
    cause = StoredCause.from_json(entry.data)
    return entry.kind == CUSTOMER and bool(cause.text) and cause.payload is None and not looks_like_press(entry)


class ContactAccess(Struct, frozen=True):
    """The contacts of a conversation that one agent may read.

    `masks` hide them; `since`: the customer's own words from then on are written to this agent, who
    reads them whole; `keeps`: an address among them may be kept as the one for the answer.
    """

    masks: ContactMasks
    since: datetime | None = None
    keeps: bool = False

    def hears(self, at: datetime) -> bool:
        """Return whether the agent may play what was said at that time: also what waited when they came."""
        return self.since is not None and at >= self.since - KEPT_FOR


class LineReader(Struct, frozen=True):
    """For one conversation and one agent; `above` is what was said last before the first line that is read.

    `marks`: what became of agents' lines; `recordings`: what there is of recordings, by their names; `misread`: lines
    that agents found wrongly read.
    """

    sight: Sight
    names: Mapping[str, str]
    reading: ContactAccess
    locale: str
    above: tuple[JournalEntry, ...] = ()
    marks: AnswerMarks = NO_MARKS
    recordings: Mapping[str, KeptRecording] = {}
    misread: frozenset[int] = frozenset()

    def lines(self, entries: Iterable[JournalEntry]) -> Iterator[TranscriptLine]:
        """Return the lines worth showing, in order."""
        asked = deque(self.above, maxlen=LOOK_BACK)
        for entry in entries:
            if (kind := _SPOKEN.get(entry.kind)) is not None:
                yield self._spoken(entry, kind, asked)
                if entry.seq is not None:
                    asked.append(entry)
            elif entry.kind == BY_AGENT:
                if (line := StoredCause.from_json(entry.data)).act != "said":
                    yield self._command(entry, line)
            elif notes := tuple(_notes(entry)):
                yield TranscriptLine(entry.id, "note", "", entry.at, notes=notes)

    def _spoken(self, entry: JournalEntry, kind: Kind, asked: Iterable[JournalEntry]) -> TranscriptLine:
        stored = StoredMessage.from_json(entry.data)
        # A card is drawn beside its words; where it isn't, they hold its lines.
        words = (
            stored.text
            if stored.card is not None
            else line_words.word_line(entry, asked if looks_like_press(entry) else ())
        )
        masks = self.reading.masks
        shown = masks.mask_line(words, kind, stored.step)
        whole = kind == CUSTOMER and self._is_to_me(entry) and shown != words
        return TranscriptLine(
            id=entry.id,
            kind=kind,
            text=words if whole else shown,
            at=entry.at,
            by=stored.by,
            delivery=entry.delivery,
            buttons=tuple(masks.mask_text(button.title) for button in stored.buttons),
            notes=tuple(_notes(entry)),
            card=self._card(stored.card) if stored.card is not None else None,
            other=line_words.find_attachment_kind(entry),
            revealed=whole,
            addresses=emails_in(words) if whole and self.reading.keeps else (),
            mark=self.marks.of(entry),
            recording=self._recording(entry),
            typed=is_said_in_words(entry),
            misread=entry.id in self.misread,
        )

    def _recording(self, entry: JournalEntry) -> RecordingLine | None:
        note = StoredCause.from_json(entry.data).note if entry.kind == CUSTOMER else None
        if note is None:
            return None
        found = self.recordings.get(note)
        if found is None:
            return RecordingLine(note, "deleted")
        if found.state == "waiting":
            return None
        mine = self.reading.hears(entry.at)
        words = found.words if mine else self.reading.masks.mask_said(found.words)
        if found.sounds:
            return RecordingLine(note, "playable" if mine else "others", words, is_due=found.is_due)
        return RecordingLine(note, "lost" if found.state == "kept" else found.state, words, is_due=found.is_due)

    def _is_to_me(self, entry: JournalEntry) -> bool:
        return self.reading.since is not None and entry.at >= self.reading.since

    def _card(self, card: Card) -> Card:
        """Return the customer's card with contacts masked; a row of answers shows the one that is chosen."""
        hide, rows = self.reading.masks.mask_text, list[CardRow]()
        for row in (one for one in card.rows if not one.covers):
            chosen = next((choice.title for choice in row.choices if choice.chosen), "")
            was = row.was and hide(row.was)
            rows.append(replace(row, value=hide(chosen or ("" if row.choices else row.value)), was=was))
        state = hide(card.state) if card.state else None
        return replace(card, title=hide(card.title), state=state, rows=tuple(row for row in rows if row.value))

    def _command(self, entry: JournalEntry, line: StoredCause) -> TranscriptLine:
        step = self.sight.journey.known(line.step)
        about = self.sight.step(step, self.locale) if step is not None else self.names.get(line.to or "", "")
        # People of the seller's own help desk have no account here.
        spoken = "" if line.act == "passed_on" else line.by or ""
        by = self.names.get(line.agent or "", spoken)
        about = (line.locale or "").upper() or about
        return TranscriptLine(entry.id, "note", "", entry.at, by=by, notes=(f"desk_{line.act}",), about=about)


def _in_time(line: StoredCause) -> bool:
    """Tell whether the time limit left the conversation with its agent, who was writing."""
    return line.timer == UNANSWERED and "PutBack" not in line.acts


def _notes(entry: JournalEntry) -> Iterator[str]:
    """Return the keys of what a turn caused; the pages have words for those that tell an agent something."""
    line = StoredCause.from_json(entry.data)
    if entry.kind == "result":
        yield f"{line.status}_{line.call}"
    elif entry.kind == "event":
        yield f"event_{line.event}"
    elif entry.kind == "timer" and not _in_time(line):
        yield f"timer_{line.timer}"
    elif entry.kind == "failed":
        yield "failed"
    for command in line.acts:
        yield f"act_{command}"
