"""Acts about people: the wish for one is kept."""

from bot.acts.tools import Tools
from bot.turn import ActDone
from dialogs.kit import Event
from dialogs.words.handoff import HumanRequested, RequestHuman
from services import handoffs


def request_human(tools: Tools, act: RequestHuman, done: ActDone) -> Event:
    """The wish, kept until somebody has answered."""
    first = handoffs.ask(
        done.connection,
        conversation_id=done.conversation.id,
        reason="asked",
        email=act.email or None,
        now=done.now,
    )
    return HumanRequested(done.now, first)
