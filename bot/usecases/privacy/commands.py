"""Acts about a person's own data: what an erasure would leave, and the page on which it is confirmed."""

from bot.conversation.turn import CommandContext
from bot.usecases.accounts import passwords
from bot.usecases.command_deps import CommandDeps, handles
from dialogs.kit import Event
from dialogs.messages.own_data import EndLogIns, ErasurePlanned, LogInOver, OpenOwnPage, OwnPageOpened, PlanErasure
from services.directory import directory
from services.orders import order_record
from services.store import conversations
from services.subscriptions import subscriptions


@handles(PlanErasure)
def plan_erasure(deps: CommandDeps, command: PlanErasure, context: CommandContext) -> Event:
    """Plan an erasure: what stands in its way, and what stays; change nothing."""
    orders = order_record.of_account(context.connection, command.account_id)
    unpaid = [order.number for order in orders if order.status == "placed"]
    running = [
        s for s in subscriptions.of_account(context.connection, command.account_id) if s.status in ("active", "grace")
    ]
    kept = deps.seller.privacy.directory == "keep"
    others = conversations.of_account(context.connection, command.account_id)
    return ErasurePlanned(
        unpaid=unpaid[-1] if unpaid else None,
        runs_until=max((s.ends_at for s in running if s.ends_at is not None), default=None),
        renews=any(s.auto_renewal for s in running),
        ordered=bool(orders),
        on_file=kept and directory.of_account(context.connection, command.account_id) is not None,
        elsewhere=sum(other.id != context.conversation.id for other in others),
    )


@handles(OpenOwnPage)
def open_own_page(deps: CommandDeps, command: OpenOwnPage, context: CommandContext) -> Event:
    """Open a page for the account's holder only."""
    deps.link(context, command.purpose, command.account_id, {})
    return OwnPageOpened(context.id)


@handles(EndLogIns)
def end_log_ins(_deps: CommandDeps, command: EndLogIns, context: CommandContext) -> Event:
    """Log out this conversation; `everywhere`, all of the account's."""
    here, mine = context.conversation, context.conversation.account_id
    if command.everywhere and mine is not None:
        for other in passwords.unbind(context.connection, mine, but=here.id):
            context.tell(other, LogInOver(command.why))
    passwords.unbind_one(context.connection, here.id, mine)
    return LogInOver(command.why)
