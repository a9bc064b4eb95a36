"""A conversation as an agent sees it: whose it is, and who has it. What was said is in `transcript.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.usecases.agents.sight import Sight
from bot.usecases.agents.who import called
from dialogs.handoff.handoff import UNANSWERED
from dialogs.state import ConversationState
from services.store import timers
from services.store.conversations import StoredConversation
from services.support import handoffs
from services.support.handoffs import HandoffRecord


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation. `mine`: the agent who looks has it; `holder` is who has it, `request` the open wish; `passed_by`:
    who passed it on to the holder, who hasn't come yet; `due_at`: the customer is to have an answer by then."""

    conversation: StoredConversation
    case: ConversationState = field(repr=False)
    name: str | None = field(repr=False)
    request: HandoffRecord | None
    holder: str | None
    mine: bool
    passed_by: str | None = None
    passed_by_me: bool = False
    due_at: datetime | None = None

    @property
    def mode(self) -> str:
        """bot, waiting or agent."""
        return self.conversation.mode


def talk(
    connection: sa.Connection,
    sight: Sight,
    conversation: StoredConversation,
    *,
    agent_id: str,
    names: Mapping[str, str],
) -> ConversationView:
    """The conversation as this agent sees it. Errors: StoreUnavailable where a later release was at work."""
    case = sight.case(conversation)
    request = handoffs.open_of(connection, conversation.id)
    holder = request.agent_id if request is not None else None
    passed_by = request.passed_by if request is not None else None
    return ConversationView(
        conversation=conversation,
        case=case,
        name=called(case),
        request=request,
        holder=None if holder is None else names.get(holder, case.handoff.name or ""),
        mine=holder == agent_id,
        passed_by=None if passed_by is None else names.get(passed_by, ""),
        passed_by_me=passed_by == agent_id,
        due_at=None
        if holder is None
        else timers.due_at(connection, (conversation.id,), UNANSWERED).get(conversation.id),
    )
