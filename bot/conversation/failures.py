"""A turn that raised: its cause as the journal keeps it, and the alarm."""

import structlog

from bot.conversation.turn import Cause
from services.jobs.faults import described

_log = structlog.get_logger(__name__)


def failure(error: Exception, root: str | None, *, said: bool = False) -> Cause:
    """What the journal keeps of it; `said`: a customer's message began it."""
    return Cause("failed", {"error": type(error).__name__}, root, said=said)


def alarm(conversation_id: str, error: Exception) -> None:
    """Logs it. The error's message stays out: it may hold what a customer wrote."""
    _log.error("turn_failed", alarm=True, conversation=conversation_id, **described(error))
