"""Acts about renewals: what is owned, what a paid order has renewed, what is wrong with a company's data."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from dialogs.kit import Event
from dialogs.messages.renewal import (
    AcceptDocument,
    BeginRenewal,
    CompanyReported,
    DocumentAccepted,
    RemindersSwitched,
    RenewalBegun,
    RenewalNotBegun,
    Renewed,
    ReportCompany,
    ResumeReminders,
    SeeRenewed,
    StopReminders,
)
from services.accounts import account_view, consents
from services.directory import directory
from services.orders import order_record, orders
from services.store import conversations
from services.subscriptions import reminders, renewals, subscriptions
from services.support import tickets
from values.renewal import Owned

COMPANY_DATA = "company_data"


@handles(BeginRenewal)
def begin_renewal(deps: CommandDeps, command: BeginRenewal, context: CommandContext) -> Event:
    """Begin a renewal with what the account owns and all that the order form knows."""
    owned = _owned(context, command.account_id, command.products)
    if not owned:
        return RenewalNotBegun("nothing_owned")
    view = deps.quotes.view(context.connection, command.account_id, context.now)
    if (pending := orders.open_of(context.connection, command.account_id, context.now)) is not None:
        unpaid = account_view.order_view(context.connection, command.account_id, pending.order_id)
        return RenewalNotBegun("order_open", unpaid)
    agreed = deps.seller.accepts("auto_renewal") and consents.holds(
        context.connection, account_id=command.account_id, today=deps.seller.document("auto_renewal")
    )
    on_file = directory.of_account(context.connection, command.account_id)
    number = on_file.tax_number if on_file is not None else None
    orderer = order_record.last_orderer(context.connection, command.account_id)
    company = view.company if view is not None else None
    return RenewalBegun(owned, company, number, agreed, command.product, view, orderer)


@handles(SeeRenewed)
def see_renewed(_deps: CommandDeps, command: SeeRenewed, context: CommandContext) -> Event:
    """Until when it goes on now; programs with ends of their own are listed with them in the zone."""
    going = _all(context, command.account_id)
    order = order_record.get(context.connection, command.order_id)
    renewed = {item.renews for item in order.items} if order is not None else set[str | None]()
    ends = {o.ends_at for o in going if o.id in renewed}
    return Renewed(tuple(o for o in going if o.product in command.products), ends.pop() if len(ends) == 1 else None)


@handles(ReportCompany)
def report_company(deps: CommandDeps, command: ReportCompany, context: CommandContext) -> Event:
    """Open a support ticket."""
    ticket = tickets.open_ticket(
        context.connection,
        ticket_id=context.id,
        account_id=command.account_id,
        conversation_id=context.conversation.id,
        subject=COMPANY_DATA,
        about={
            "tax_number": command.tax_number,
            "name": command.data.name,
            "street": command.data.street,
            "postal_code": command.data.postal_code,
            "city": command.data.city,
        },
        words=command.words,
        series=f"{deps.seller.order_prefix}-T/{context.now.year}",
        now=context.now,
    )
    return CompanyReported(ticket.id, ticket.number)


@handles(AcceptDocument)
def accept_document(deps: CommandDeps, command: AcceptDocument, context: CommandContext) -> Event:
    """On record as it was given. The renewal that waited for the last of them goes on at once."""
    deps.documents(context, command.account_id, (command.accepted,))
    waits = renewals.waiting(context.connection, command.account_id)
    asked = (waits.documents or ()) if waits is not None else ()
    today = [document for document in deps.seller.documents if document.id in asked]
    left = consents.outdated(context.connection, account_id=command.account_id, today=today)
    if not left:
        renewals.accepted(context.connection, command.account_id, context.now)
    for other in conversations.of_account(context.connection, command.account_id):
        if other.id != context.conversation.id:
            context.tell(other.id, DocumentAccepted(command.accepted.id, left, told=True))
    return DocumentAccepted(command.accepted.id, left)


@handles(StopReminders)
def stop_reminders(_deps: CommandDeps, command: StopReminders, context: CommandContext) -> Event:
    """No more of them to whoever this conversation is with."""
    whose = reminders.of_conversation(context.connection, context.conversation.id, command.account_id)
    if whose is None:
        return RemindersSwitched(on=False, known=False)
    reminders.stop(context.connection, whose, how="chat", now=context.now)
    if whose.kind == "account":
        _tell_others(context, whose.id, on=False)
    return RemindersSwitched(on=False)


@handles(ResumeReminders)
def resume_reminders(_deps: CommandDeps, command: ResumeReminders, context: CommandContext) -> Event:
    """They come again."""
    reminders.resume(context.connection, command.account_id)
    _tell_others(context, command.account_id, on=True)
    return RemindersSwitched(on=True)


def _tell_others(context: CommandContext, account_id: str, *, on: bool) -> None:
    """Tell the customer's other chats, without a message, so that their zone shows the right button."""
    for other in conversations.of_account(context.connection, account_id):
        if other.id != context.conversation.id:
            context.tell(other.id, RemindersSwitched(on=on, told=True))


def _owned(context: CommandContext, account_id: str, products: tuple[str, ...]) -> tuple[Owned, ...]:
    found = _all(context, account_id)
    return tuple(o for o in found if o.product in products)


def _all(context: CommandContext, account_id: str) -> tuple[Owned, ...]:
    """List what runs, and behind it what has ended and can be renewed from now."""
    bought = subscriptions.of_account(context.connection, account_id)
    return (*subscriptions.owned(context.connection, account_id, bought), *subscriptions.lapsed(bought))
