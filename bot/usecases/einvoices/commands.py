"""Acts about the running service: e-invoices, renewal, the free version."""

from datetime import UTC, datetime, time

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from dialogs.kit import Event
from dialogs.messages.einvoice import (
    ActivateEInvoice,
    ChangeInvoiceEmail,
    EInvoiceRefused,
    EInvoiceSwitched,
    InvoicesListed,
    ListInvoices,
    WithdrawEInvoice,
)
from dialogs.messages.zone import AutoRenewalSet, FreeVersionOpen, FreeVersionRefused, OpenFreeVersion, SetAutoRenewal
from dialogs.state import InvoiceLine
from services.accounts import consents
from services.einvoicing import einvoices, issued_invoices
from services.orders import free_versions
from services.subscriptions import subscriptions
from values.money import Money

NOON = time(12, tzinfo=UTC)


def activate_einvoice(tools: CommandDeps, act: ActivateEInvoice, done: CommandContext) -> Event:
    """Pressing the button is the consent: its words are recorded."""
    by_seller = tools.seller.einvoice_confirm == "seller"
    switched = einvoices.activate(
        done.connection,
        account_id=act.account_id,
        email=act.email or None,
        by_seller=by_seller,
        bought=tools.seller.sells,
        now=done.now,
    )
    if isinstance(switched, einvoices.ActivationNotYet):
        return EInvoiceRefused(switched.reason)
    tools.documents(done, act.account_id, act.accepted)
    return EInvoiceSwitched(switched.einvoice.status, switched.einvoice.email)


def withdraw_einvoice(tools: CommandDeps, act: WithdrawEInvoice, done: CommandContext) -> Event:
    """Withdraw the consent to e-invoices."""
    off = einvoices.switch_off(done.connection, account_id=act.account_id)
    consents.withdraw(
        done.connection,
        account_id=act.account_id,
        conversation_id=done.conversation.id,
        consent_id=tools.seller.document("einvoice").id,
        channel=done.conversation.channel,
        how="button",
        now=done.now,
    )
    return EInvoiceSwitched(off.status, off.email)


def change_invoice_email(tools: CommandDeps, act: ChangeInvoiceEmail, done: CommandContext) -> Event:
    """Where invoices go from now on."""
    changed = einvoices.set_email(done.connection, account_id=act.account_id, email=act.email)
    return EInvoiceSwitched(changed.status, changed.email)


def list_invoices(_tools: CommandDeps, act: ListInvoices, done: CommandContext) -> Event:
    """Those that the seller has issued, the newest first."""
    issued = issued_invoices.of_account(done.connection, act.account_id)
    return InvoicesListed(tuple(line_of(invoice) for invoice in issued))


def line_of(invoice: issued_invoices.Invoice) -> InvoiceLine:
    """Return an invoice as the dialogs show it: its days are days anywhere in Europe."""
    known = invoice.issued
    due = None if known.due_on is None else datetime.combine(known.due_on, NOON)
    return InvoiceLine(
        invoice.id,
        known.number,
        Money(known.gross, known.currency),
        datetime.combine(known.issued_on, NOON),
        due,
        known.url,
    )


def set_auto_renewal(tools: CommandDeps, act: SetAutoRenewal, done: CommandContext) -> Event:
    """As easy off as on. Where the profile has words for it, they are what is agreed to, or taken back."""
    but = tools.seller.never_renewed
    changed = subscriptions.set_auto_renewal(done.connection, account_id=act.account_id, on=act.on, but=but)
    if changed and tools.seller.accepts("auto_renewal"):
        _agree(tools, act, done)
    return AutoRenewalSet(act.on, changed)


def _agree(tools: CommandDeps, act: SetAutoRenewal, done: CommandContext) -> None:
    document = tools.seller.document("auto_renewal")
    if act.on and not consents.holds(done.connection, account_id=act.account_id, today=document):
        tools.documents(done, act.account_id, act.accepted)
    elif not act.on:
        consents.withdraw(
            done.connection,
            account_id=act.account_id,
            conversation_id=done.conversation.id,
            consent_id=document.id,
            channel=done.conversation.channel,
            how=act.how,
            now=done.now,
        )


def open_free_version(tools: CommandDeps, act: OpenFreeVersion, done: CommandContext) -> Event:
    """Once for each account."""
    opened = free_versions.switch_on(
        done.connection,
        order_id=done.id,
        account_id=act.account_id,
        company_id=act.company_id,
        product=tools.seller.free_version or "",
        currency=tools.seller.currency,
        series=f"{tools.seller.order_prefix}/{done.now.year}",
        conversation_id=done.conversation.id,
        now=done.now,
    )
    return FreeVersionRefused() if isinstance(opened, free_versions.FreeVersionNotYet) else FreeVersionOpen(opened.new)
