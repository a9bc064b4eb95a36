"""An agent who can't answer any more: each conversation in their hands is told, and waits for somebody else."""

from datetime import datetime

import sqlalchemy as sa

from bot.conversation import codec
from bot.conversation.identity import derived_id
from dialogs.messages.handoff import AgentGone, Left
from services.agents import sessions, telegram
from services.store import events
from services.store.events import StoredEvent
from services.support import handoffs


def release_all_of(connection: sa.Connection, agent_id: str, now: datetime, why: Left = "disabled") -> int:
    """Stores the event for each conversation that the agent has; returns how many. Their turns run in a desk that is
    up, or at its next start: whoever switches the account off needs none. Said twice it happens once."""
    held = handoffs.held_by(connection, agent_id)
    gone = AgentGone(agent_id, why)
    for request in held:
        taken = "" if request.taken_at is None else request.taken_at.isoformat()
        number = derived_id(b"agent gone", f"{request.id}:{agent_id}:{taken}")
        events.put(
            connection, StoredEvent(number, request.conversation_id, codec.name_of(gone), codec.to_json(gone), now)
        )
    return len(held)


def logged_out(connection: sa.Connection, agent_id: str, now: datetime) -> int:
    """Release what the agent has, unless they can still answer: from another browser, or from the Telegram group."""
    if agent_id in sessions.last_seen(connection, now) or telegram.joined(connection, agent_id):
        return 0
    return release_all_of(connection, agent_id, now, "logged_out")
