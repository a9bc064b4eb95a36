"""Acts about what an account has bought: read anew, and ordered again."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from dialogs.kit import Event
from dialogs.messages.purchases import AccountSeen, BeginOrder, OrderBegun, SeeAccount
from services.accounts import account_view
from values.account_view import AccountView


def see_account(_tools: CommandDeps, act: SeeAccount, done: CommandContext) -> Event:
    """As the books have it now."""
    return AccountSeen(_view(act.account_id, done))


def begin_order(_tools: CommandDeps, act: BeginOrder, done: CommandContext) -> Event:
    """The account with all that an order form knows already."""
    return OrderBegun(_view(act.account_id, done))


def _view(account_id: str, done: CommandContext) -> AccountView:
    view = account_view.view(done.connection, account_id)
    if view is None:
        raise LookupError("no such account")
    return view
