"""The journal's lines as a place outside of the desk shows them: the help desk's thread, the group's topic."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from bot.conversation.desk import BY_AGENT
from bot.conversation.stored import StoredCause, StoredMessage
from bot.usecases.agents.masking import ContactMasks
from bot.web.page_texts import PageWords
from dialogs.handoff.handoff import ANSWER_SOON
from dialogs.messages.handoff import AnswerMailed, AnswerNotMailed
from services.store.journal import AGENT, BOT, HELD, JournalEntry
from values.private import Private, PrivateStruct

BLOCKED = "blocked"
"""The journal's kind for words that were turned away."""
_ACTS = (
    *("took", "took_over", "took_back", "passed_on", "gave_back", "done", "put_back", "corrected", "proposed"),
    *("withdrawal_accepted", "withdrawal_refused"),
    "shut_out",
)


_MAILED = {AnswerMailed.__name__: "act.mailed", AnswerNotMailed.__name__: "act.not_mailed"}


def written_there(entries: Iterable[JournalEntry], via: str) -> set[int]:
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
    t: PageWords, entry: JournalEntry, from_there: set[int], words: LineWords, masks: ContactMasks
) -> Iterator[str]:
    """Return the lines of what the bot or an agent did; `from_there`: revisions that the place shows already."""
    stored, cause = StoredMessage.from_json(entry.data), StoredCause.from_json(entry.data)
    if entry.kind in (BOT, HELD):
        yield t("line.bot" if entry.kind == BOT else "line.held", text=words.bot(masks.mask_text(stored.plain)))
    elif entry.kind == AGENT and entry.revision not in from_there:
        yield t("line.agent", name=words.plain(stored.by or "?"), text=words.agent(masks.mask_text(stored.text)))
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
    if line.event in _MAILED:
        yield t(_MAILED[line.event])


def named_kind(t: PageWords, line: StoredCause) -> str:
    """Return the name of what a customer's message is beside text; of a recording, too, where it is played."""
    kind = t(f"other_kind.{line.other or line.under or 'other'}")
    return kind if line.note is None else f"{kind} → /desk"


def sound_of(line: StoredCause) -> LineSound | None:
    """Return the recording of a customer's message."""
    return LineSound(line.note, line.ref) if line.note is not None else None


def reason_of(t: PageWords, reason: str) -> str:
    """Why a person is wanted."""
    return t.get(f"reason.{reason}", "reason.asked", {})
