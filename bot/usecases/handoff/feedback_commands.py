"""Acts about feedback: what helped, and why it didn't."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from dialogs.kit import Event
from dialogs.messages.feedback import FeedbackKept, KeepFeedback, KeepReason, ReasonKept
from services.support import feedback
from services.support.feedback import FeedbackRecord
from values.redaction import redact

# A sentence was asked for.
LONGEST = 1000


def keep_feedback(_tools: CommandDeps, act: KeepFeedback, done: CommandContext) -> Event:
    """A yes or a no."""
    said = FeedbackRecord(done.id, done.conversation.id, act.about, done.locale, act.helpful, None, done.now)
    feedback.keep(done.connection, said)
    return FeedbackKept(done.id, act.helpful)


def keep_reason(_tools: CommandDeps, act: KeepReason, done: CommandContext) -> Event:
    """The customer's words, without what must not be stored."""
    words = redact(act.words[:LONGEST]).text
    feedback.give_reason(done.connection, feedback_id=act.id, conversation_id=done.conversation.id, words=words)
    return ReasonKept()
