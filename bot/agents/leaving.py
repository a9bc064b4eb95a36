"""An agent who can't answer any more: each conversation in their hands is told, and waits for somebody else."""

from datetime import datetime

import sqlalchemy as sa

from bot import codec
from bot.identity import derived_id
from dialogs.words.handoff import AgentGone
from services import handoffs
from services.store import events
from services.store.events import Event


def release_all_of(connection: sa.Connection, agent_id: str, now: datetime) -> int:
    """Stores the event for each conversation that the agent has; returns how many. Their turns run in a desk that is
    up, or at its next start: whoever switches the account off needs none. Said twice it happens once."""
    held = handoffs.held_by(connection, agent_id)
    gone = AgentGone(agent_id)
    for request in held:
        taken = "" if request.taken_at is None else request.taken_at.isoformat()
        number = derived_id(b"agent gone", f"{request.id}:{agent_id}:{taken}")
        events.put(connection, Event(number, request.conversation_id, codec.name_of(gone), codec.to_json(gone), now))
    return len(held)
