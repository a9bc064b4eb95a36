"""Acts about what account holders settle about themselves."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from dialogs.kit import Event
from dialogs.messages.personal import ConsentsListed, ConsentsSet, ListConsents, LoggedOut, LogOut, SetConsents
from services.accounts import accounts, consents


def list_consents(tools: CommandDeps, act: ListConsents, done: CommandContext) -> Event:
    """Those that stand."""
    known = consents.of_account(done.connection, act.account_id)
    return ConsentsListed(tuple(standing.consent_id for standing in known if standing.withdrawn_at is None))


def set_consents(tools: CommandDeps, act: SetConsents, done: CommandContext) -> Event:
    """Each change is a row of its own; what was given before, in whatever words, stays as it was given."""
    given, changed = {one.id: one for one in act.given}, 0
    for consent in tools.seller.consents:
        if consent.obligatory:
            continue
        if consent.id not in given:
            changed += consents.withdraw(
                done.connection,
                account_id=act.account_id,
                conversation_id=done.conversation.id,
                consent_id=consent.id,
                channel=done.conversation.channel,
                how=act.how,
                now=done.now,
            )
        elif not consents.stands(done.connection, account_id=act.account_id, consent_id=consent.id):
            changed += 1
            tools.consent(done, act.account_id, consent, given[consent.id])
    return ConsentsSet(changed)


def log_out(_tools: CommandDeps, _act: LogOut, done: CommandContext) -> Event:
    """The account keeps everything; only this conversation isn't its any more."""
    accounts.unbind_conversation(done.connection, conversation_id=done.conversation.id)
    return LoggedOut()
