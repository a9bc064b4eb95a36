"""Commands about recordings."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from dialogs.messages.voice import DropNote, NoteDropped
from services.hearing import recordings


@handles(DropNote)
def drop_note(_deps: CommandDeps, command: DropNote, context: CommandContext) -> NoteDropped:
    """Delete it with the turn that leaves it unheard."""
    if command.note:
        recordings.drop(context.connection, command.note)
    recordings.forget_before(context.connection, context.now, context.conversation.id)
    return NoteDropped()
