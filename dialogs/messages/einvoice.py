"""Commands, jobs and events of the e-invoice dialog."""

from typing import Literal

from dialogs.kit.effects import BackgroundJob, Command
from dialogs.kit.messages import Event, News
from values.account_view import InvoiceLine
from values.consent import Acceptance
from values.private import Private


class ActivateEInvoice(Command):
    """Record the consent with its words and switch e-invoices on. `seen`: their address as it was read last."""

    account_id: str
    email: Private[str | None]
    accepted: tuple[Acceptance, ...] = ()
    seen: Private[str | None] = None


class WithdrawEInvoice(Command):
    """Withdraw the consent and switch e-invoices off. `how`: by a button or a word."""

    account_id: str
    how: str = "button"


class EInvoiceSwitched(News):
    """The service's state: off, requested or active. `former`: where invoices went until now, if that was elsewhere."""

    status: str
    email: Private[str | None]
    former: Private[str] = ""


class InvoiceEmailChanged(Event):
    """The address of the account's invoices now. `other`: where they went until then, if that was elsewhere.

    `meanwhile`: refused, as somebody else has set it since it was seen; `other` is the one that was asked for.
    """

    email: Private[str]
    other: Private[str] = ""
    meanwhile: bool = False


class EInvoiceRefused(Event):
    """Not yet possible: unpaid or company_unconfirmed."""

    reason: str


class ChangeInvoiceEmail(Command):
    """Set another address of e-invoices, on or off. `seen`: their address as it was read last."""

    account_id: str
    email: Private[str]
    seen: Private[str | None] = None


class InvoiceIssued(News):
    """A new invoice of the account; `notice_to` is the address for its notice, if there is one.

    `again`: it is no news, its notice was asked for; how that went.
    """

    account_id: str
    invoice: InvoiceLine
    notice_to: Private[str | None]
    again: Literal["", "sent", "sent_before", "too_many", "unproven"] = ""


class SendInvoiceAgain(Command):
    """Let the notice of an invoice go once more, to the account's proven e-mail."""

    account_id: str
    invoice: InvoiceLine


class SendInvoiceNotice(BackgroundJob):
    invoice_id: str
    to: Private[str]


class InvoiceNoticed(Event):
    """The notice's end; `sent` False: after all tries it failed, and an alarm was raised."""

    sent: bool
