"""Who waits, what one has, what others have: the list on the left of the console."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from bot.agents import masking, wording
from bot.agents.sight import Sight
from bot.agents.who import called, contacts
from dialogs.case import Case
from services import handoffs
from services.desk import talks
from services.handoffs import Handoff
from services.store.conversations import Conversation
from services.store.errors import StoreUnavailable
from services.store.journal import CUSTOMER, Entry

Whose = Literal["waiting", "mine", "others", "bot"]
MOST_WORDS = 160
MOST_OPEN = 50
"""Conversations that nobody asked to be looked at; shown to supervisors."""


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation. `since`: waiting since then, or held since then; `holder` is an agent's name."""

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


@dataclass(frozen=True, slots=True)
class Queue:
    """The lists, in the order in which they are shown; `bot` is empty unless asked for."""

    waiting: tuple[Row, ...]
    mine: tuple[Row, ...]
    others: tuple[Row, ...]
    bot: tuple[Row, ...] = ()


def queue(
    connection: sa.Connection, sight: Sight, *, agent_id: str, names: Mapping[str, str], everything: bool
) -> Queue:
    """The queue as this agent sees it; `names` are those of all agents, `everything` adds what the bot has."""
    wanted = handoffs.all_open(connection)
    known = talks.several(connection, [one.conversation_id for one in wanted])
    lately = talks.lately(connection, MOST_OPEN) if everything else []
    alone = [one for one in lately if one.id not in known]
    lines = talks.last_lines(connection, [*known, *(one.id for one in alone)])
    made = _Rows(sight, agent_id, names, lines)
    rows = [made.wanted(one, known[one.conversation_id]) for one in wanted if one.conversation_id in known]
    return Queue(
        tuple(row for row in rows if row.whose == "waiting"),
        tuple(row for row in rows if row.whose == "mine"),
        tuple(row for row in rows if row.whose == "others"),
        tuple(made.row(one, "bot", None, one.customer_at or one.updated_at, None) for one in alone),
    )


@dataclass(frozen=True)
class _Rows:
    sight: Sight
    agent_id: str
    names: Mapping[str, str]
    lines: Mapping[str, list[Entry]]

    def wanted(self, request: Handoff, conversation: Conversation) -> Row:
        if request.agent_id is None:
            return self.row(conversation, "waiting", request.reason, request.asked_at, None)
        whose: Whose = "mine" if request.agent_id == self.agent_id else "others"
        since = request.taken_at or request.asked_at
        # Whoever works in the seller's own help desk has no account here.
        holder = self.names.get(request.agent_id) or self.sight.case(conversation).handoff.name or ""
        return self.row(conversation, whose, request.reason, since, holder)

    def row(
        self, conversation: Conversation, whose: Whose, reason: str | None, since: datetime, holder: str | None
    ) -> Row:
        case, lines = self._case(conversation), self.lines.get(conversation.id, [])
        last = lines[-1] if lines else None
        words = _hidden(last, wording.said(last, lines), contacts(case)) if last is not None else ""
        return Row(
            id=conversation.id,
            whose=whose,
            name=called(case),
            channel=conversation.channel,
            locale=case.talk.locale,
            reason=reason,
            since=since,
            holder=holder,
            words=words[:MOST_WORDS],
            by=last.kind if last is not None else "",
            unanswered=case.handoff.unanswered,
        )

    def _case(self, conversation: Conversation) -> Case:
        """While a later release takes over, one of its conversations is nameless here rather than the queue gone."""
        try:
            return self.sight.case(conversation)
        except StoreUnavailable:
            return Case()


def _hidden(line: Entry, words: str, known: Sequence[str]) -> str:
    return masking.said(words, known, line.data.get("step")) if line.kind == CUSTOMER else masking.hidden(words, known)
