"""Commands about recordings."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from dialogs.messages.voice import DropNote, GiveUpNote, GiveVoiceConsent, NoteDropped, NoteGivenUp, VoiceConsentGiven
from services.accounts import consents
from services.hearing import for_agents, recordings
from values.consent import VOICE


@handles(DropNote)
def drop_note(_deps: CommandDeps, command: DropNote, context: CommandContext) -> NoteDropped:
    """Delete it with the turn that leaves it unheard."""
    if command.note:
        recordings.drop(context.connection, command.note)
    recordings.forget_before(context.connection, context.now, context.conversation.id)
    return NoteDropped()


@handles(GiveVoiceConsent)
def give_voice_consent(deps: CommandDeps, command: GiveVoiceConsent, context: CommandContext) -> VoiceConsentGiven:
    """Record it, unless the account has said something about it since."""
    account_id, accepted = command.account_id, command.accepted
    if account_id is None or not consents.was_changed_since(context.connection, account_id, VOICE, accepted.at):
        deps.consent(context, account_id, deps.seller.document(VOICE), accepted)
    return VoiceConsentGiven()


@handles(GiveUpNote)
def stop_awaiting_recording(_deps: CommandDeps, command: GiveUpNote, context: CommandContext) -> NoteGivenUp:
    """End the wait for it with the turn that hears of it."""
    for_agents.settle(context.connection, command.note)
    return NoteGivenUp()
