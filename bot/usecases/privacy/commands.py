"""Acts about a person's own data: what an erasure would leave, and the page on which it is confirmed."""

from bot.conversation.turn import CommandContext
from bot.usecases.accounts import passwords
from bot.usecases.command_deps import CommandDeps, handles
from dialogs.kit import Event
from dialogs.messages import own_data
from services.accounts import log_ins


@handles(own_data.OpenOwnPage)
def open_own_page(deps: CommandDeps, command: own_data.OpenOwnPage, context: CommandContext) -> Event:
    """Open a page for the account's holder only."""
    deps.link(context, command.purpose, command.account_id, {})
    return own_data.OwnPageOpened(context.id)


@handles(own_data.ListLogIns)
def list_log_ins(_deps: CommandDeps, command: own_data.ListLogIns, context: CommandContext) -> Event:
    """List where the account is logged in."""
    mine = context.conversation.account_id == command.account_id
    return own_data.LogInsListed(_log_ins(context, command.account_id) if mine else ())


@handles(own_data.EndLogIn)
def end_log_in(_deps: CommandDeps, command: own_data.EndLogIn, context: CommandContext) -> Event:
    """End one log-in of this conversation's account; nothing is said of any other's."""
    mine = context.conversation.account_id
    if mine is None or mine != command.account_id:
        return own_data.LogInEnded("gone")
    standing = log_ins.list_log_ins(context.connection, mine)
    found = next((one for one in standing if one.id == command.log_in_id), None)
    if found is None:
        return own_data.LogInEnded("gone", _log_ins(context, mine))
    if found.conversation_id == context.conversation.id:
        return own_data.LogInEnded("here")
    ended = passwords.end_log_in(context.connection, found.conversation_id, mine)
    if ended:
        context.tell(found.conversation_id, own_data.LogInOver("elsewhere"))
    return own_data.LogInEnded("ended" if ended else "gone", _log_ins(context, mine))


def _log_ins(context: CommandContext, account_id: str) -> tuple[own_data.LogInLine, ...]:
    here = context.conversation.id
    return tuple(
        own_data.LogInLine(one.id, one.channel, one.conversation_id == here, one.began_at, one.used_at)
        for one in log_ins.list_log_ins(context.connection, account_id)
    )


@handles(own_data.EndLogIns)
def end_log_ins(_deps: CommandDeps, command: own_data.EndLogIns, context: CommandContext) -> Event:
    """Log out this conversation; `everywhere`, all of the account's, or all but this one."""
    here, mine = context.conversation, context.conversation.account_id
    others = (
        passwords.log_out_conversations(context.connection, mine, but=here.id)
        if command.everywhere and mine is not None
        else ()
    )
    for other in others:
        context.tell(other, own_data.LogInOver(command.why))
    if not command.here:
        return own_data.OtherLogInsEnded(len(others))
    passwords.log_out_conversation(context.connection, here.id, mine)
    return own_data.LogInOver(command.why, ended=len(others) + 1 if command.everywhere else None)
