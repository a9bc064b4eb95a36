"""The queue, on the left of the console: conversations that wait, the agent's own, and those of other agents."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict, replace

from bot.conversation.recent import Recent
from bot.conversation.stored import StoredCause
from bot.usecases.agents import line_words
from bot.usecases.agents.sight import Sight
from bot.usecases.agents.talk_view import find_corrections
from dialogs.handoff.handoff import UNANSWERED
from dialogs.state import ConversationState
from services.store import timer_rows
from services.store.conversations import StoredConversation
from services.store.errors import StoreUnavailable
from services.store.journal import AGENT, CUSTOMER, JournalEntry
from services.support import handoffs, second_line, talks
from values.meaning import OtherKind
from values.private import Private, PrivateStruct

Whose = Literal["waiting", "second", "mine", "others", "confirming", "bot"]
MOST_OPEN = 50
"""Conversations that nobody asked to be looked at; shown to supervisors."""
PUT_RIGHT = timedelta(days=30)
"""For so long it is shown that what was put right waits for the customer."""


MOST_WORDS = 160
MOST_HELD = 2000
"""So many conversations are remembered, those looked at last."""


class Glance(PrivateStruct):
    """A conversation in the queue.

    `words`: a person said them last, else the bot; `by` is a kind of the journal, empty for nobody; `heard` is the line
    of the customer's last words, 0 if that is long ago; `outside` is who has it in the seller's own help desk; `other`
    is the kind of what came last without words.
    """

    name: Private[str | None]
    channel: str
    locale: str
    words: Private[str]
    by: str
    unanswered: bool
    heard: int
    outside: Private[str | None]
    unconfirmed: bool  # something was put right that the customer hasn't confirmed
    other: OtherKind | None = None


class Glances:
    """One process's. Readers in several threads may use it at once."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._held: Recent[str, tuple[talks.Stamp, Glance]] = Recent(MOST_HELD)
        self._lock = Lock()

    def of(self, connection: sa.Connection, ids: Sequence[str]) -> Mapping[str, Glance]:
        """Return glances at these conversations, without those that don't exist."""
        stamps = talks.stamps(connection, ids)
        with self._lock:
            known = {id: held for id in stamps if (held := self._held.get(id)) is not None}
        stale = [id for id, stamp in stamps.items() if id not in known or known[id][0] != stamp]
        found, lines = talks.load_talks(connection, stale), talks.last_lines(connection, stale)
        # What is read after its stamp may be newer than it; then it is read again the next time.
        fresh = {
            id: (stamps[id], self._glance(connection, found[id], lines.get(id, []))) for id in stale if id in found
        }
        self._keep(fresh)
        return {id: held[1] for id, held in (known | fresh).items() if id in fresh or id not in stale}

    def _keep(self, fresh: Mapping[str, tuple[talks.Stamp, Glance]]) -> None:
        with self._lock:
            for id, held in fresh.items():
                self._held.set(id, held)

    def _glance(
        self, connection: sa.Connection, conversation: StoredConversation, lines: Sequence[JournalEntry]
    ) -> Glance:
        case, last = self._case(connection, conversation), _telling(lines)
        masks = self._sight.masks(connection, conversation, case)
        step = StoredCause.from_json(last.data).step if last is not None else None
        words = masks.mask_line(line_words.word_line(last, lines), last.kind, step) if last is not None else ""
        return Glance(
            name=masks.name_of(case),
            channel=conversation.channel,
            locale=case.talk.locale,
            words=words[:MOST_WORDS],
            by=last.kind if last is not None else "",
            unanswered=case.handoff.unanswered,
            heard=max((line.id for line in lines if line.kind == CUSTOMER), default=0),
            outside=case.handoff.name,
            unconfirmed=bool(find_corrections(case, masks)),
            other=line_words.other_kind(last) if last is not None else None,
        )

    def _case(self, connection: sa.Connection, conversation: StoredConversation) -> ConversationState:
        """While a later release takes over, one of its conversations is nameless here rather than the queue gone."""
        try:
            return self._sight.case(connection, conversation)
        except StoreUnavailable:
            return ConversationState()


def _telling(lines: Sequence[JournalEntry]) -> JournalEntry | None:
    """Return what a person said last, if that is among the lines: the bot says the same to all who wait."""
    by_people = (line for line in reversed(lines) if line.kind in (CUSTOMER, AGENT))
    return next(by_people, lines[-1] if lines else None)


class QueueRow(Glance, kw_only=True):
    """One conversation, with what was said last.

    `since`: waiting since then, or held since then; `holder` is an agent's name.
    """

    id: str
    whose: Whose
    reason: str | None
    since: datetime
    holder: str | None
    passed_by: str | None = None  # who passed it on to the holder, who hasn't come yet
    due_at: datetime | None = None  # the customer is to have an answer by then


class Queue(Struct, frozen=True):
    """The lists, in the order in which they are shown.

    `confirming`: what was put right waits for the customer, with nobody else there; `bot` is empty unless asked for;
    `second` waits, too, beyond what one network may have in the queue.
    """

    waiting: tuple[QueueRow, ...]
    mine: tuple[QueueRow, ...]
    others: tuple[QueueRow, ...]
    confirming: tuple[QueueRow, ...] = ()
    bot: tuple[QueueRow, ...] = ()
    second: tuple[QueueRow, ...] = ()


def queue(
    connection: sa.Connection,
    glances: Glances,
    *,
    agent_id: str,
    names: Mapping[str, str],
    everything: bool,
    now: datetime,
) -> Queue:
    """Return the queue as this agent sees it.

    `names` are those of all agents, `everything` adds what the bot has, and what others have put right.
    """
    wanted = handoffs.all_open(connection)
    asked = {one.conversation_id for one in wanted}
    by = None if everything else agent_id
    put_right = [
        (id, at)
        for id, at in handoffs.list_corrected_talks(connection, by=by, since=now - PUT_RIGHT)
        if id not in asked
    ]
    lately = talks.list_recent_talks(connection, MOST_OPEN) if everything else []
    alone = [(id, at) for id, at in lately if id not in asked]
    seen = glances.of(connection, [*asked, *(id for id, _ in put_right), *(id for id, _ in alone)])
    held = [one.conversation_id for one in wanted if one.agent_id is not None]
    due = timer_rows.due_at(connection, held, UNANSWERED) if held else {}
    line = second_line.order_waiting_requests(connection)
    made = _Rows(agent_id, names, seen, due, frozenset(one.conversation_id for one in line.second))
    in_order = *line.queue, *line.second, *(one for one in wanted if one.agent_id is not None)
    rows = [made.wanted(one) for one in in_order if one.conversation_id in seen]
    confirming = {id: at for id, at in put_right if id in seen and seen[id].unconfirmed}
    return Queue(
        tuple(row for row in rows if row.whose == "waiting"),
        tuple(sorted((row for row in rows if row.whose == "mine"), key=_first_answered)),
        tuple(row for row in rows if row.whose == "others"),
        tuple(made.row(id, "confirming", None, at, None) for id, at in confirming.items()),
        tuple(made.row(id, "bot", None, at, None) for id, at in alone if id in seen and id not in confirming),
        tuple(row for row in rows if row.whose == "second"),
    )


def _first_answered(row: QueueRow) -> tuple[bool, datetime]:
    """Return the sort key of a row: unanswered customers first, of those the one with the least time left."""
    return not row.unanswered, row.due_at or row.since


class _Rows(Struct, frozen=True):
    agent_id: str
    names: Mapping[str, str]
    seen: Mapping[str, Glance]
    due: Mapping[str, datetime]
    beside: frozenset[str]

    def wanted(self, request: handoffs.HandoffRecord) -> QueueRow:
        where = request.conversation_id
        if request.agent_id is None:
            line: Whose = "second" if where in self.beside else "waiting"
            return self.row(where, line, request.reason, request.asked_at, None)
        whose: Whose = "mine" if request.agent_id == self.agent_id else "others"
        since = request.taken_at or request.asked_at
        # Whoever works in the seller's own help desk has no account here.
        holder = self.names.get(request.agent_id) or self.seen[where].outside or ""
        passed_by = None if request.passed_by is None else self.names.get(request.passed_by, "")
        row = self.row(where, whose, request.reason, since, holder)
        return replace(row, passed_by=passed_by, due_at=self.due.get(where))

    def row(self, where: str, whose: Whose, reason: str | None, since: datetime, holder: str | None) -> QueueRow:
        facts = asdict(self.seen[where])
        return QueueRow(**facts, id=where, whose=whose, reason=reason, since=since, holder=holder)
