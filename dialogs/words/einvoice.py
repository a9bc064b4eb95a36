"""What the e-invoice dialog causes, and what comes of it."""

from dataclasses import dataclass, field

from dialogs.kit.words import Act, Event


@dataclass(frozen=True, slots=True)
class ActivateEInvoice(Act):
    """Record the consent with its words and switch e-invoices on."""

    account_id: str
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EInvoiceSwitched(Event):
    """The service's state now: requested or active."""

    status: str
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EInvoiceRefused(Event):
    """Not yet possible: unpaid or company_unconfirmed."""

    reason: str


@dataclass(frozen=True, slots=True)
class ChangeInvoiceEmail(Act):
    """Send e-invoices elsewhere from now on."""

    account_id: str
    email: str = field(repr=False)
