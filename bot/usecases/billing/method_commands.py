"""Acts about ways to pay that providers keep: seen, made the default, forgotten."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from dialogs.kit import Event
from dialogs.messages.methods import (
    DefaultMethodSet,
    ForgetMethod,
    MethodForgotten,
    MethodsSeen,
    SeeMethods,
    SetDefaultMethod,
)
from services.accounts import account_view
from services.payments import methods


def see_methods(_tools: CommandDeps, act: SeeMethods, done: CommandContext) -> Event:
    """All that are on file; none of them has anything of a card but its label."""
    default = methods.default_of(done.connection, act.account_id)
    ways = account_view.stored_ways(done.connection, act.account_id)
    return MethodsSeen(ways, default.method if default is not None else None, act.page)


def set_default_method(_tools: CommandDeps, act: SetDefaultMethod, done: CommandContext) -> Event:
    """For renewals to come. A stored one that is gone meanwhile leaves its kind."""
    if act.way_id is None or not methods.set_default(done.connection, account_id=act.account_id, method_id=act.way_id):
        methods.save_default(done.connection, account_id=act.account_id, method=act.method, now=done.now)
    now = methods.default_of(done.connection, act.account_id)
    return DefaultMethodSet(act.method, now.label if now is not None and now.is_stored else None)


def forget_method(_tools: CommandDeps, act: ForgetMethod, done: CommandContext) -> Event:
    """From this moment nobody charges it."""
    known = methods.forget(done.connection, account_id=act.account_id, method_id=act.way_id, now=done.now)
    return MethodForgotten(None) if known is None else MethodForgotten(known.id, known.label, known.is_default)
