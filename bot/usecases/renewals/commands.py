"""Acts about renewals: an order for one, documents to accept, reminders, what is wrong with a company's data."""

from typing import get_args

from msgspec.structs import replace

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from bot.usecases.renewals.changes import ChangeQuote, Changes, Start, WantedChange
from dialogs.kit import Event
from dialogs.messages import renewal, zone
from dialogs.state import ChangeOffer, PlacedOrder
from services.accounts import consents
from services.directory import directory
from services.orders import orders
from services.store import conversations
from services.subscriptions import reminders, renewals, subscription_record
from services.support import tickets

COMPANY_DATA = "company_data"


@handles(renewal.BeginRenewal)
def begin_renewal(deps: CommandDeps, command: renewal.BeginRenewal, context: CommandContext) -> Event:
    """Begin a renewal of what the account owns."""
    bought = subscription_record.of_account(context.connection, command.account_id)
    known = (
        *subscription_record.list_owned(context.connection, command.account_id, bought),
        *subscription_record.list_lapsed(bought),
    )
    if not any(o.product in command.products for o in known):
        return renewal.RenewalNotBegun("nothing_owned")
    if (pending := orders.find_order_being_paid(context.connection, command.account_id, context.now)) is not None:
        return renewal.RenewalNotBegun("order_open", PlacedOrder(pending.order_id))
    on_file = directory.of_account(context.connection, command.account_id)
    return renewal.RenewalBegun(command.product, on_file.tax_number if on_file is not None else None)


@handles(renewal.ReportCompany)
def report_company(deps: CommandDeps, command: renewal.ReportCompany, context: CommandContext) -> Event:
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
    return renewal.CompanyReported(ticket.id, ticket.number)


@handles(renewal.AcceptDocument)
def accept_document(deps: CommandDeps, command: renewal.AcceptDocument, context: CommandContext) -> Event:
    """On record as it was given. The renewal that waited for the last of them goes on at once."""
    deps.documents(context, command.account_id, (command.accepted,))
    waits = renewals.find_waiting(context.connection, command.account_id)
    asked = (waits.documents or ()) if waits is not None else ()
    today = [document for document in deps.seller.documents if document.id in asked]
    left = consents.list_outdated_consents(context.connection, account_id=command.account_id, today=today)
    renewals.note_documents(context.connection, command.account_id, left, context.now)
    _tell_others(context, command.account_id, renewal.DocumentAccepted(command.accepted.id, left, told=True))
    return renewal.DocumentAccepted(command.accepted.id, left)


@handles(renewal.StopReminders)
def stop_reminders(_deps: CommandDeps, command: renewal.StopReminders, context: CommandContext) -> Event:
    """No more of them to whoever this conversation is with."""
    whose = reminders.of_conversation(context.connection, context.conversation.id, command.account_id)
    if whose is None:
        return renewal.RemindersSwitched(on=False, known=False)
    reminders.stop(context.connection, whose, how="chat", now=context.now)
    if whose.kind == "account":
        _tell_others(context, whose.id, renewal.RemindersSwitched(on=False, told=True))
    return renewal.RemindersSwitched(on=False)


@handles(renewal.ResumeReminders)
def resume_reminders(_deps: CommandDeps, command: renewal.ResumeReminders, context: CommandContext) -> Event:
    """They come again."""
    reminders.resume(context.connection, command.account_id)
    _tell_others(context, command.account_id, renewal.RemindersSwitched(on=True, told=True))
    return renewal.RemindersSwitched(on=True)


@handles(zone.QuoteChange)
def quote_change(deps: CommandDeps, command: zone.QuoteChange, context: CommandContext) -> Event:
    """Tell what another number or plan costs now, and with the next term."""
    of = subscription_record.get(context.connection, command.subscription_id)
    if of is None or of.account_id != command.account_id or of.ends_at is None:
        return zone.ChangeNotMade("not_running")
    changes = Changes(deps.quotes, deps.server_key)
    now, later = (
        changes.quote(context.connection, of, WantedChange(start, command.number, command.plan), context.now)
        for start in get_args(Start)
    )
    possible = [one for one in (now, later) if isinstance(one, ChangeQuote)]
    if not possible:
        return zone.ChangeNotMade(str(later if now in ("fewer", "cheaper") else now))
    way = changes.way(context.connection, now, context.now) if isinstance(now, ChangeQuote) else None
    offer = ChangeOffer(
        *(of.id, of.product, of.quantity, possible[0].number, of.ends_at, possible[0].days),
        now=now.price if isinstance(now, ChangeQuote) else None,
        later=later.price if isinstance(later, ChangeQuote) else None,
        taxed=next((one.order.tax.reason for one in possible if one.order is not None), None),
        plan=command.plan,
        way=way.id if way is not None else None,
    )
    return zone.ChangeQuoted(offer)


@handles(zone.MakeChange)
def make_change(deps: CommandDeps, command: zone.MakeChange, context: CommandContext) -> Event:
    """Order more or another plan for now, or set what is renewed with the next term."""
    of = subscription_record.get(context.connection, command.subscription_id)
    if of is None or of.account_id != command.account_id:
        return zone.ChangeNotMade("not_running")
    changes = Changes(deps.quotes, deps.server_key)
    wanted = WantedChange(command.start, command.number, command.plan)
    made = changes.make(context, of, wanted, shown=command.gross, way_id=command.way)
    if isinstance(made, str):
        return zone.ChangeNotMade(made)
    others = replace(made, mails=False) if isinstance(made, renewal.RenewalToPay) else made
    _tell_others(context, command.account_id, others)
    return made


def _tell_others(context: CommandContext, account_id: str, event: Event) -> None:
    """Tell the customer's other chats, without a message, so that what they show is right at once."""
    for other in conversations.of_account(context.connection, account_id):
        if other.id != context.conversation.id:
            context.tell(other.id, event)
