"""The conversation as an agent reads it: what was said, what the bot would have said, what happened in between."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from bot.agents import masking, wording
from bot.agents.sight import Sight
from bot.agents.who import called, contacts
from bot.by_agent import BY_AGENT
from dialogs.case import Case
from services import handoffs
from services.handoffs import Handoff
from services.store import journal
from services.store.conversations import Conversation
from services.store.journal import AGENT, BOT, CUSTOMER, HELD, Entry

Kind = Literal["customer", "bot", "agent", "held", "note"]
MOST_LINES = 300
"""So many lines are shown; older ones only if asked for."""

_SPOKEN: Mapping[str, Kind] = {CUSTOMER: "customer", BOT: "bot", AGENT: "agent", HELD: "held"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the transcript. `by`: the agent's name. `delivery` is that of the journal. `notes` name what happened
    beside the words, by the keys under which the pages have words for it; a line of kind "note" is that alone."""

    id: int
    kind: Kind
    text: str = field(repr=False)
    at: datetime
    by: str | None = None
    delivery: str = "none"
    buttons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation. `mine`: the agent who looks has it; `holder` is who has it, `request` the open wish."""

    conversation: Conversation
    case: Case = field(repr=False)
    name: str | None = field(repr=False)
    request: Handoff | None
    holder: str | None
    mine: bool
    lines: tuple[Line, ...]
    older: bool

    @property
    def mode(self) -> str:
        """bot, waiting or agent."""
        return self.conversation.mode


def talk(
    connection: sa.Connection,
    sight: Sight,
    conversation: Conversation,
    *,
    agent_id: str,
    names: Mapping[str, str],
    locale: str,
    whole: bool = False,
) -> Talk:
    """The conversation as this agent sees it. Errors: StoreUnavailable where a later release was at work."""
    case = sight.case(conversation)
    request = handoffs.open_of(connection, conversation.id)
    entries = journal.everything(connection, conversation.id)
    holder = request.agent_id if request is not None else None
    lines = tuple(_Reader(sight, names, contacts(case), locale).lines(entries))
    return Talk(
        conversation=conversation,
        case=case,
        name=called(case),
        request=request,
        holder=None if holder is None else names.get(holder, case.handoff.name or ""),
        mine=holder == agent_id,
        lines=lines if whole else lines[-MOST_LINES:],
        older=not whole and len(lines) > MOST_LINES,
    )


@dataclass(frozen=True)
class _Reader:
    sight: Sight
    names: Mapping[str, str]
    known: tuple[str, ...]
    locale: str

    def lines(self, entries: tuple[Entry, ...]) -> Iterator[Line]:
        """What is worth a line, in order."""
        asked: list[Entry] = []
        for entry in entries:
            if (kind := _SPOKEN.get(entry.kind)) is not None:
                yield self._spoken(entry, kind, asked)
                if entry.data.get("buttons"):
                    asked.append(entry)
            elif entry.kind == BY_AGENT:
                if entry.data.get("act") != "said":
                    yield self._act(entry)
            elif notes := tuple(_notes(entry.kind, entry.data)):
                yield Line(entry.id, "note", "", entry.at, notes=notes)

    def _spoken(self, entry: Entry, kind: Kind, asked: list[Entry]) -> Line:
        data = entry.data
        return Line(
            id=entry.id,
            kind=kind,
            text=masking.hidden(wording.said(entry, asked), self.known, theirs=kind == CUSTOMER),
            at=entry.at,
            by=data.get("by"),
            delivery=entry.delivery,
            buttons=tuple(title for title, _ in data.get("buttons", ())),
            notes=tuple(_notes(entry.kind, data)),
        )

    def _act(self, entry: Entry) -> Line:
        data = entry.data
        step = self.sight.journey.known(data.get("step"))
        about = self.sight.step(step, self.locale) if step is not None else self.names.get(data.get("to", ""), "")
        # Whoever works in the seller's own help desk has no account here.
        spoken = "" if data.get("act") == "passed_on" else str(data.get("by") or "")
        by = self.names.get(data.get("agent", ""), spoken)
        return Line(entry.id, "note", "", entry.at, by=by, notes=(f"desk_{data.get('act')}",), about=about)


def _notes(kind: str, data: Mapping[str, Any]) -> Iterator[str]:
    """The keys of what a turn caused; the pages have words for those that tell an agent something."""
    if kind == "result":
        yield f"{data.get('status')}_{data.get('call')}"
    elif kind == "event":
        yield f"event_{data.get('event')}"
    elif kind == "timer":
        yield f"timer_{data.get('timer')}"
    elif kind == "failed":
        yield "failed"
    for act in data.get("acts", ()):
        yield f"act_{act}"
