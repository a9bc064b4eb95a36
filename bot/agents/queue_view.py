"""Who waits, what one has, what others have: the list on the left of the console."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from bot.agents.glances import Glance, Glances
from services import handoffs
from services.desk import talks
from services.handoffs import Handoff

Whose = Literal["waiting", "mine", "others", "bot"]
MOST_OPEN = 50
"""Conversations that nobody asked to be looked at; shown to supervisors."""


@dataclass(frozen=True, slots=True)
class Row:
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


@dataclass(frozen=True, slots=True)
class Queue:
    """The lists, in the order in which they are shown; `bot` is empty unless asked for."""

    waiting: tuple[Row, ...]
    mine: tuple[Row, ...]
    others: tuple[Row, ...]
    bot: tuple[Row, ...] = ()


def queue(
    connection: sa.Connection, glances: Glances, *, agent_id: str, names: Mapping[str, str], everything: bool
) -> Queue:
    """The queue as this agent sees it; `names` are those of all agents, `everything` adds what the bot has."""
    wanted = handoffs.all_open(connection)
    asked = {one.conversation_id for one in wanted}
    lately = talks.lately(connection, MOST_OPEN) if everything else []
    alone = [(id, at) for id, at in lately if id not in asked]
    seen = glances.of(connection, [*asked, *(id for id, _ in alone)])
    made = _Rows(agent_id, names, seen)
    rows = [made.wanted(one) for one in wanted if one.conversation_id in seen]
    return Queue(
        tuple(row for row in rows if row.whose == "waiting"),
        tuple(row for row in rows if row.whose == "mine"),
        tuple(row for row in rows if row.whose == "others"),
        tuple(made.row(id, "bot", None, at, None) for id, at in alone if id in seen),
    )


@dataclass(frozen=True)
class _Rows:
    agent_id: str
    names: Mapping[str, str]
    seen: Mapping[str, Glance]

    def wanted(self, request: Handoff) -> Row:
        where = request.conversation_id
        if request.agent_id is None:
            return self.row(where, "waiting", request.reason, request.asked_at, None)
        whose: Whose = "mine" if request.agent_id == self.agent_id else "others"
        since = request.taken_at or request.asked_at
        # Whoever works in the seller's own help desk has no account here.
        holder = self.names.get(request.agent_id) or self.seen[where].outside or ""
        return self.row(where, whose, request.reason, since, holder)

    def row(self, where: str, whose: Whose, reason: str | None, since: datetime, holder: str | None) -> Row:
        glance = self.seen[where]
        return Row(
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
