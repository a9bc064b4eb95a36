"""An invoice that the seller has issued: noted, told to the customer's conversations, and its notice mailed.

For the seller's API, in the transaction of its request.
"""

from bot.conversation.port import UnitOfWork
from dialogs.messages.einvoice import InvoiceIssued
from services.accounts import account_view, accounts, consents
from services.einvoicing import einvoices, issued_invoices
from services.einvoicing.issued_invoices import AnothersNumber, Invoice, InvoiceDiffers, InvoiceTold, IssuedInvoice
from services.store import conversations

CONSENT = "einvoice"


def tell(
    tx: UnitOfWork, issued: IssuedInvoice, *, account_id: str | None = None, customer_id: str | None = None
) -> InvoiceTold | AnothersNumber | InvoiceDiffers:
    """Note the invoice of an account or of a customer on file. Told again it changes nothing and is told to nobody."""
    told = issued_invoices.tell(tx.connection, issued, now=tx.now, account_id=account_id, customer_id=customer_id)
    if isinstance(told, InvoiceTold) and told.news and told.invoice.account_id is not None:
        _announce(tx, told.invoice, told.invoice.account_id)
    return told


def _announce(tx: UnitOfWork, invoice: Invoice, account_id: str) -> None:
    """Every conversation of the account hears of it; one of them mails the notice, where e-invoices are active."""
    active = einvoices.of_account(tx.connection, account_id)
    notice_to = active.email if active.status == "active" else None
    bound = [conversation.id for conversation in conversations.of_account(tx.connection, account_id)]
    if not bound and notice_to:
        # Nobody is logged in: the conversation in which e-invoices were agreed to sends the notice, without words.
        agreed = consents.conversation_of(tx.connection, account_id=account_id, consent_id=CONSENT)
        bound = [agreed] if agreed is not None else []
    mine = accounts.get(tx.connection, account_id)
    latest = mine.conversation_id if mine is not None else None
    for conversation_id in sorted(bound, key=lambda known: known != latest):
        event = InvoiceIssued(account_id, account_view.invoice_line(invoice), notice_to)
        tx.tell(conversation_id, event)
        notice_to = None
