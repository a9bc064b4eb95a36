"""The journal's lines as a place outside of the desk shows them: the help desk's thread, the group's topic."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.desk import BY_AGENT
from bot.conversation.stored import StoredCause, StoredMessage
from bot.usecases.agents.customer_acts import ACTS
from bot.usecases.agents.masking import ContactMasks
from bot.web import page_texts
from dialogs.handoff.handoff import ANSWER_SOON
from dialogs.messages.handoff import AnswerMailed, AnswerNotMailed
from services.hearing import for_agents
from services.hearing.for_agents import KeptRecording, State
from services.hearing.recordings import Recording
from services.store.database import Store
from services.store.journal import AGENT, BOT, HELD, JournalEntry
from values.private import Private, PrivateStruct

BLOCKED = "blocked"
"""The journal's kind for words that were turned away."""
_ACTS = (
    *("took", "took_over", "took_back", "passed_on", "gave_back", "done", "put_back", "corrected", "proposed"),
    "shut_out",
)
_AS_AT_THE_DESK = ("prove", *(act.trail for act in ACTS))
"""Acts that are done at the desk alone, and told in its own words."""

_MAILED = {AnswerMailed.__name__: "act.mailed", AnswerNotMailed.__name__: "act.not_mailed"}


def acts_from_place(entries: Iterable[JournalEntry], via: str) -> set[int]:
    """Revisions of acts that came from the place itself: it shows what was written in it already."""
    return {one.revision for one in entries if one.kind == BY_AGENT and StoredCause.from_json(one.data).via == via}


class LineSound(Struct, frozen=True):
    """The recording of a customer's line: its name in the desk's store, the channel's reference of its message."""

    note: str
    ref: str | None


class OutsideLine(PrivateStruct):
    """One line at a place outside, from the journal's line `id`; `own`: the customer's. Without text it isn't shown."""

    id: int
    text: Private[str]
    own: bool
    sound: LineSound | None = None


class LineWords(Struct, frozen=True):
    """The formatters of foreign text at a place outside: for names, the bot's words, an agent's words."""

    plain: Callable[[str], str]
    bot: Callable[[str], str]
    agent: Callable[[str], str]


def desk_lines(
    t: page_texts.PageWords, entry: JournalEntry, from_there: set[int], words: LineWords, masks: ContactMasks
) -> Iterator[str]:
    """Return the lines of what the bot or an agent did; `from_there`: revisions that the place shows already."""
    stored, cause = StoredMessage.from_json(entry.data), StoredCause.from_json(entry.data)
    if entry.kind in (BOT, HELD):
        yield t("line.bot" if entry.kind == BOT else "line.held", text=words.bot(masks.mask_text(stored.plain)))
    elif entry.kind == AGENT and entry.revision not in from_there:
        yield t("line.agent", name=words.plain(stored.by or "?"), text=words.agent(masks.mask_text(stored.text)))
    elif entry.kind == BY_AGENT and cause.act in _ACTS:
        yield t(f"act.{cause.act}", by=words.plain(cause.by or "?"), step=words.plain(cause.step or "?"))
    elif entry.kind == BY_AGENT and cause.act in _AS_AT_THE_DESK:
        yield page_texts.words(t.locale)(f"desk_line.desk_{cause.act}", by=words.plain(cause.by or "?"))
    elif entry.kind == BLOCKED:
        yield t("act.blocked")


def tell_handoff_wish(t: page_texts.PageWords, entry: JournalEntry, reason: str) -> Iterator[str]:
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
    if line.event in _MAILED:
        yield t(_MAILED[line.event])


def named_kind(t: page_texts.PageWords, line: StoredCause) -> str:
    """Return the name of what a customer's message is beside text; of a recording, too, where it is played."""
    kind = t(f"other_kind.{line.other or line.under or 'other'}")
    return kind if line.note is None else f"{kind} → /desk"


def sound_of(line: StoredCause) -> LineSound | None:
    """Return the recording of a customer's message."""
    return LineSound(line.note, line.ref) if line.note is not None else None


def reason_of(t: page_texts.PageWords, reason: str) -> str:
    """Why a person is wanted."""
    return t.get(f"reason.{reason}", "reason.asked", {})


Fate = Literal["lost", "no_sound", "limited"]
FATES: tuple[Fate, ...] = ("lost", "no_sound", "limited")
"""States of a recording that will never have a sound; each is told by the words `recording.STATE`."""


class OutsideSounds(Struct, frozen=True):
    """Reads recordings for a place outside. Each method may raise StoreUnavailable."""

    store: Store
    server_key: bytes

    async def known(self, conversation_id: str) -> Mapping[str, KeptRecording]:
        """Return the conversation's recordings by their names, without their sounds."""
        return await self.store.read(lambda c: for_agents.of_conversation(c, conversation_id))

    async def sound(self, conversation_id: str, note: str) -> Recording | None:
        """Return a recording; None for one that was deleted, has no sound (yet) or is no agent's."""
        key = self.server_key
        played = await self.store.read(lambda c: for_agents.load_sound(c, note, conversation_id, server_key=key))
        return None if played is None else played.recording


def drop_unready_recordings(
    t: page_texts.PageWords, lines: Iterable[OutsideLine], known: Mapping[str, KeptRecording], passed: Container[State]
) -> list[OutsideLine]:
    """Return the lines, each with its recording only if that is in one of the states `passed`.

    A recording that will never have a sound is told of below its line.
    """
    told: list[OutsideLine] = []
    for line in lines:
        found = known.get(line.sound.note) if line.sound is not None else None
        state = found.state if found is not None else None
        told.append(line if state is not None and state in passed else replace(line, sound=None))
        if state in FATES:
            told.append(OutsideLine(line.id, t(f"recording.{state}"), own=False))
    return told
