"""Acts about renewals: what is owned, what a paid order has renewed, what is wrong with a company's data."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
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


def begin_renewal(tools: CommandDeps, act: BeginRenewal, done: CommandContext) -> Event:
    """Begin a renewal with what the account owns and all that the order form knows."""
    owned = _owned(done, act.account_id, act.products)
    if not owned:
        return RenewalNotBegun("nothing_owned")
    view = account_view.view(done.connection, act.account_id)
    if (pending := orders.open_of(done.connection, act.account_id, done.now)) is not None:
        unpaid = account_view.order_view(done.connection, act.account_id, pending.order_id)
        return RenewalNotBegun("order_open", unpaid)
    agreed = tools.seller.accepts("auto_renewal") and consents.holds(
        done.connection, account_id=act.account_id, today=tools.seller.document("auto_renewal")
    )
    on_file = directory.of_account(done.connection, act.account_id)
    number = on_file.tax_number if on_file is not None else None
    return RenewalBegun(owned, view.company if view is not None else None, number, agreed, act.product)


def see_renewed(_tools: CommandDeps, act: SeeRenewed, done: CommandContext) -> Event:
    """Until when it goes on now; programs with ends of their own are listed with them in the zone."""
    going = _all(done, act.account_id)
    order = order_record.get(done.connection, act.order_id)
    renewed = {item.renews for item in order.items} if order is not None else set[str | None]()
    ends = {o.ends_at for o in going if o.id in renewed}
    return Renewed(tuple(o for o in going if o.product in act.products), ends.pop() if len(ends) == 1 else None)


def report_company(tools: CommandDeps, act: ReportCompany, done: CommandContext) -> Event:
    """Open a support ticket."""
    ticket = tickets.open_ticket(
        done.connection,
        ticket_id=done.id,
        account_id=act.account_id,
        conversation_id=done.conversation.id,
        subject=COMPANY_DATA,
        about={
            "tax_number": act.tax_number,
            "name": act.data.name,
            "street": act.data.street,
            "postal_code": act.data.postal_code,
            "city": act.data.city,
        },
        words=act.words,
        series=f"{tools.seller.order_prefix}-T/{done.now.year}",
        now=done.now,
    )
    return CompanyReported(ticket.id, ticket.number)


def accept_document(tools: CommandDeps, act: AcceptDocument, done: CommandContext) -> Event:
    """On record as it was given. The renewal that waited for the last of them goes on at once."""
    tools.documents(done, act.account_id, (act.accepted,))
    waits = renewals.waiting(done.connection, act.account_id)
    asked = (waits.documents or ()) if waits is not None else ()
    today = [document for document in tools.seller.documents if document.id in asked]
    left = consents.outdated(done.connection, account_id=act.account_id, today=today)
    if not left:
        renewals.accepted(done.connection, act.account_id, done.now)
    for other in conversations.of_account(done.connection, act.account_id):
        if other.id != done.conversation.id:
            done.tell(other.id, DocumentAccepted(act.accepted.id, left, told=True))
    return DocumentAccepted(act.accepted.id, left)


def stop_reminders(_tools: CommandDeps, act: StopReminders, done: CommandContext) -> Event:
    """No more of them to whoever this conversation is with."""
    whose = reminders.of_conversation(done.connection, done.conversation.id, act.account_id)
    if whose is None:
        return RemindersSwitched(on=False, known=False)
    reminders.stop(done.connection, whose, how="chat", now=done.now)
    if whose.kind == "account":
        _tell_others(done, whose.id, on=False)
    return RemindersSwitched(on=False)


def resume_reminders(_tools: CommandDeps, act: ResumeReminders, done: CommandContext) -> Event:
    """They come again."""
    reminders.resume(done.connection, act.account_id)
    _tell_others(done, act.account_id, on=True)
    return RemindersSwitched(on=True)


def _tell_others(done: CommandContext, account_id: str, *, on: bool) -> None:
    """Tell the customer's other chats, without a message, so that their zone shows the right button."""
    for other in conversations.of_account(done.connection, account_id):
        if other.id != done.conversation.id:
            done.tell(other.id, RemindersSwitched(on=on, told=True))


def _owned(done: CommandContext, account_id: str, products: tuple[str, ...]) -> tuple[Owned, ...]:
    found = _all(done, account_id)
    return tuple(o for o in found if o.product in products)


def _all(done: CommandContext, account_id: str) -> tuple[Owned, ...]:
    """List what runs, and behind it what has ended and can be renewed from now."""
    bought = subscriptions.of_account(done.connection, account_id)
    return (*subscriptions.owned(done.connection, account_id, bought), *subscriptions.lapsed(bought))
