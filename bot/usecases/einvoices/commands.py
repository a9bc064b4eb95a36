"""Acts about the running service: e-invoices, renewal, the free version; and invoices that the seller has issued."""

from datetime import timedelta

import sqlalchemy as sa

from bot.conversation.port import UnitOfWork
from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from dialogs.kit import Event
from dialogs.messages import einvoice
from dialogs.messages.zone import AutoRenewalSet, FreeVersionOpen, FreeVersionRefused, OpenFreeVersion, SetAutoRenewal
from services import limits
from services.accounts import account_view, accounts, consents
from services.contacts import contacts
from services.einvoicing import einvoices, issued_invoices
from services.orders import free_versions
from services.store import conversations
from services.subscriptions import subscription_record, subscriptions
from values import email as emails

CONSENT = "einvoice"
AGAIN = limits.Rule("invoice again", 1, timedelta(minutes=1))
"""Two presses in a row are one letter."""


@handles(einvoice.ActivateEInvoice)
def activate_einvoice(deps: CommandDeps, command: einvoice.ActivateEInvoice, context: CommandContext) -> Event:
    """Pressing the button is the consent: its words are recorded."""
    if (now := _changed_meanwhile(command, context)) is not None:
        return now
    by_seller = deps.seller.einvoice_confirm == "seller"
    former = former_email(context.connection, command.account_id, command.email)
    switched = einvoices.activate(
        context.connection,
        account_id=command.account_id,
        email=command.email or None,
        by_seller=by_seller,
        bought=deps.seller.sells,
        now=context.now,
    )
    if isinstance(switched, einvoices.ActivationNotYet):
        return einvoice.EInvoiceRefused(switched.reason)
    deps.documents(context, command.account_id, command.accepted)
    return einvoice.EInvoiceSwitched(switched.einvoice.status, switched.einvoice.email, former)


@handles(einvoice.WithdrawEInvoice)
def withdraw_einvoice(deps: CommandDeps, command: einvoice.WithdrawEInvoice, context: CommandContext) -> Event:
    """Withdraw the consent to e-invoices."""
    off = einvoices.switch_off(context.connection, account_id=command.account_id)
    deps.take_back(context, command.account_id, deps.seller.document(CONSENT).id, command.how)
    return einvoice.EInvoiceSwitched(off.status, off.email)


@handles(einvoice.ChangeInvoiceEmail)
def change_invoice_email(deps: CommandDeps, command: einvoice.ChangeInvoiceEmail, context: CommandContext) -> Event:
    """Change the address of the account's invoices from now on."""
    if (now := _changed_meanwhile(command, context)) is not None:
        return now
    former = former_email(context.connection, command.account_id, command.email)
    einvoices.set_email(context.connection, account_id=command.account_id, email=command.email)
    return einvoice.InvoiceEmailChanged(command.email, former)


def _changed_meanwhile(
    command: einvoice.ActivateEInvoice | einvoice.ChangeInvoiceEmail, context: CommandContext
) -> Event | None:
    now = einvoices.find_changed_meanwhile(
        context.connection, account_id=command.account_id, email=command.email, seen=command.seen
    )
    return None if now is None else einvoice.InvoiceEmailChanged(now.email or "", command.email or "", meanwhile=True)


def former_email(connection: sa.Connection, account_id: str, email: str | None) -> str:
    """Return the address that the account's invoices go to, "" where there is none or it stays."""
    known = einvoices.of_account(connection, account_id).email
    stays = not known or not email or emails.key(known) == emails.key(email)
    return "" if stays else known or ""


@handles(SetAutoRenewal)
def set_auto_renewal(deps: CommandDeps, command: SetAutoRenewal, context: CommandContext) -> Event:
    """As easy off as on. Where the profile has words for it, they are what is agreed to, or taken back.

    "On" from a conversation that had it on all the time doesn't undo an "off" of another; "off" is always taken.
    """
    known = subscription_record.list_owned(context.connection, command.account_id)
    owned = [one for one in known if command.company in ("", one.company_id)]
    if command.on and command.seen and owned and not any(one.auto_renewal for one in owned):
        return AutoRenewalSet(on=False, changed=True, meanwhile=True)
    but = deps.seller.never_renewed
    of, whose = command.account_id, command.company
    changed = subscriptions.set_auto_renewal(context.connection, account_id=of, on=command.on, but=but, company=whose)
    others = any(one.auto_renewal for one in known if one not in owned)  # the consent stands for these
    if changed and deps.seller.accepts("auto_renewal") and (command.on or not others):
        _agree(deps, command, context)
    return AutoRenewalSet(command.on, changed, company=whose)


def _agree(deps: CommandDeps, command: SetAutoRenewal, context: CommandContext) -> None:
    document = deps.seller.document("auto_renewal")
    if command.on and not consents.is_given_as_worded(
        context.connection, account_id=command.account_id, today=document
    ):
        deps.documents(context, command.account_id, command.accepted)
    elif not command.on:
        deps.take_back(context, command.account_id, document.id, command.how)


@handles(OpenFreeVersion)
def open_free_version(deps: CommandDeps, command: OpenFreeVersion, context: CommandContext) -> Event:
    """Once for each account."""
    opened = free_versions.switch_on(
        context.connection,
        order_id=context.id,
        account_id=command.account_id,
        company_id=command.company_id,
        product=deps.seller.free_version or "",
        currency=deps.seller.currency,
        series=f"{deps.seller.order_prefix}/{context.now.year}",
        conversation_id=context.conversation.id,
        time_zone=deps.seller.time_zone,
        now=context.now,
    )
    return FreeVersionRefused() if isinstance(opened, free_versions.FreeVersionNotYet) else FreeVersionOpen(opened.new)


@handles(einvoice.SendInvoiceAgain)
def send_invoice_again(deps: CommandDeps, command: einvoice.SendInvoiceAgain, context: CommandContext) -> Event:
    """Choose the proven e-mail that a notice goes to once more: the one of e-invoices, else the account's own."""
    of, key = command.account_id, emails.key(einvoices.of_account(context.connection, command.account_id).email or "")
    known = contacts.of_account(context.connection, of)
    proven = (one for one in known if one.kind == "email" and one.verified_at is not None)
    to = min(proven, key=lambda one: one.key != key, default=None)
    if to is None:
        return einvoice.InvoiceIssued(of, command.invoice, None, "unproven")
    if not deps.may_write(context, to.key):
        return einvoice.InvoiceIssued(of, command.invoice, to.value, "too_many")
    subject = command.invoice.id
    first = limits.allow(context.connection, AGAIN, subject, server_key=deps.server_key, now=context.now)
    return einvoice.InvoiceIssued(of, command.invoice, to.value, "sent" if first else "sent_before")


def tell_invoice(
    tx: UnitOfWork,
    issued: issued_invoices.IssuedInvoice,
    *,
    account_id: str | None = None,
    customer_id: str | None = None,
    pdf: bytes | None = None,
) -> issued_invoices.InvoiceTold | issued_invoices.AnothersNumber | issued_invoices.InvoiceDiffers:
    """Note the invoice of an account or of a customer on file, and tell the customer's conversations.

    For the seller's API, in the transaction of its request. Told again it changes nothing and is told to nobody.
    """
    whose = {"account_id": account_id, "customer_id": customer_id}
    told = issued_invoices.note_invoice(tx.connection, issued, now=tx.now, pdf=pdf, **whose)
    if isinstance(told, issued_invoices.InvoiceTold) and told.news and told.invoice.account_id is not None:
        _announce(tx, told.invoice, told.invoice.account_id)
    return told


def _announce(tx: UnitOfWork, invoice: issued_invoices.Invoice, account_id: str) -> None:
    """Every conversation of the account hears of it; one of them mails the notice, where e-invoices are active."""
    active = einvoices.of_account(tx.connection, account_id)
    notice_to = active.email if active.status == "active" else None
    bound = [conversation.id for conversation in conversations.of_account(tx.connection, account_id)]
    if not bound and notice_to:
        # Nobody is logged in: the conversation in which e-invoices were agreed to sends the notice, without words.
        agreed = consents.find_consent_conversation(tx.connection, account_id=account_id, consent_id=CONSENT)
        bound = [agreed] if agreed is not None else []
    mine = accounts.get(tx.connection, account_id)
    latest = mine.conversation_id if mine is not None else None
    for conversation_id in sorted(bound, key=lambda known: known != latest):
        event = einvoice.InvoiceIssued(account_id, account_view.invoice_line(invoice), notice_to)
        tx.tell(conversation_id, event)
        notice_to = None
