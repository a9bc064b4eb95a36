"""Who waits, what one has, what others have: the list on the left of the console."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from bot.usecases.agents.glances import Glance, Glances
from dialogs.handoff.handoff import UNANSWERED
from services.store import timers
from services.support import handoffs, talks
from services.support.handoffs import HandoffRecord

Whose = Literal["waiting", "mine", "others", "confirming", "bot"]
MOST_OPEN = 50
"""Conversations that nobody asked to be looked at; shown to supervisors."""
PUT_RIGHT = timedelta(days=30)
"""For so long it is shown that what was put right waits for the customer."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One conversation. `since`: waiting since then, or held since then; `holder` is an agent's name; what was said
    last as in `Glance`."""

    id: str
    whose: Whose
    name: str | None = field(repr=False)
    channel: str
    locale: str
    reason: str | None
    since: datetime
    holder: str | None
    words: str = field(repr=False)
    by: str
    unanswered: bool
    heard: int
    unconfirmed: bool  # something was put right that the customer hasn't confirmed
    passed_by: str | None = None  # who passed it on to the holder, who hasn't come yet
    due_at: datetime | None = None  # the customer is to have an answer by then


@dataclass(frozen=True, slots=True)
class Queue:
    """The lists, in the order in which they are shown; `confirming`: what was put right waits for the customer, with
    nobody else there; `bot` is empty unless asked for."""

    waiting: tuple[QueueRow, ...]
    mine: tuple[QueueRow, ...]
    others: tuple[QueueRow, ...]
    confirming: tuple[QueueRow, ...] = ()
    bot: tuple[QueueRow, ...] = ()


def queue(
    connection: sa.Connection,
    glances: Glances,
    *,
    agent_id: str,
    names: Mapping[str, str],
    everything: bool,
    now: datetime,
) -> Queue:
    """The queue as this agent sees it; `names` are those of all agents, `everything` adds what the bot has, and what
    others have put right."""
    wanted = handoffs.all_open(connection)
    asked = {one.conversation_id for one in wanted}
    by = None if everything else agent_id
    put_right = [(id, at) for id, at in handoffs.put_right(connection, by=by, since=now - PUT_RIGHT) if id not in asked]
    lately = talks.lately(connection, MOST_OPEN) if everything else []
    alone = [(id, at) for id, at in lately if id not in asked]
    seen = glances.of(connection, [*asked, *(id for id, _ in put_right), *(id for id, _ in alone)])
    held = [one.conversation_id for one in wanted if one.agent_id is not None]
    made = _Rows(agent_id, names, seen, timers.due_at(connection, held, UNANSWERED) if held else {})
    rows = [made.wanted(one) for one in wanted if one.conversation_id in seen]
    confirming = {id: at for id, at in put_right if id in seen and seen[id].unconfirmed}
    return Queue(
        tuple(row for row in rows if row.whose == "waiting"),
        tuple(sorted((row for row in rows if row.whose == "mine"), key=_first_answered)),
        tuple(row for row in rows if row.whose == "others"),
        tuple(made.row(id, "confirming", None, at, None) for id, at in confirming.items()),
        tuple(made.row(id, "bot", None, at, None) for id, at in alone if id in seen and id not in confirming),
    )


def _first_answered(row: QueueRow) -> tuple[bool, datetime]:
    """Who waits for a word stands above the others, the one with the least time first."""
    return not row.unanswered, row.due_at or row.since


@dataclass(frozen=True)
class _Rows:
    agent_id: str
    names: Mapping[str, str]
    seen: Mapping[str, Glance]
    due: Mapping[str, datetime]

    def wanted(self, request: HandoffRecord) -> QueueRow:
        where = request.conversation_id
        if request.agent_id is None:
            return self.row(where, "waiting", request.reason, request.asked_at, None)
        whose: Whose = "mine" if request.agent_id == self.agent_id else "others"
        since = request.taken_at or request.asked_at
        # Whoever works in the seller's own help desk has no account here.
        holder = self.names.get(request.agent_id) or self.seen[where].outside or ""
        passed_by = None if request.passed_by is None else self.names.get(request.passed_by, "")
        row = self.row(where, whose, request.reason, since, holder)
        return replace(row, passed_by=passed_by, due_at=self.due.get(where))

    def row(self, where: str, whose: Whose, reason: str | None, since: datetime, holder: str | None) -> QueueRow:
        glance = self.seen[where]
        return QueueRow(
            id=where,
            whose=whose,
            name=glance.name,
            channel=glance.channel,
            locale=glance.locale,
            reason=reason,
            since=since,
            holder=holder,
            words=glance.words,
            by=glance.by,
            unanswered=glance.unanswered,
            heard=glance.heard,
            unconfirmed=glance.unconfirmed,
        )
