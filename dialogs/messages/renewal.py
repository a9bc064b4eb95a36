"""What reminders and renewals cause, what comes of it, and what the desk itself tells about subscriptions that end."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from dialogs.kit.messages import Command, Event, Job
from dialogs.state import CompanyData
from values.account_view import CompanyView, Line, OrderView
from values.consent import Acceptance
from values.money import Vat
from values.order import Bill
from values.renewal import Owned


@dataclass(frozen=True, slots=True)
class SubscriptionEnding(Event):
    """The desk writes first: a subscription ends in so many days."""

    product: str
    serial: str | None = field(repr=False)
    ends_at: datetime
    days: int


@dataclass(frozen=True, slots=True)
class SubscriptionLapsed(Event):
    """All `lines` have run out without being renewed. `plan` is the first of what would have renewed them;
    `grace_until`: they go on until then, as the money is still awaited. `order_id`, `number`: the order for their
    renewal that was never paid and is cancelled now. `company`: whose they are, where the account has several."""

    plan: str
    ends_at: datetime
    grace_until: datetime | None
    lines: tuple[Line, ...] = ()
    order_id: str | None = None
    number: str | None = None
    company: str | None = field(default=None, repr=False)
    by_desk: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RenewalWaits(Event):
    """A renewal waits for documents that have changed since they were accepted: nothing is ordered or charged before
    they are accepted anew. What is renewed then is on the `bill`."""

    account_id: str
    documents: tuple[str, ...]
    ends_at: datetime
    bill: Bill


@dataclass(frozen=True, slots=True)
class AcceptDocument(Command):
    """Record that the account accepts a document anew, and let its renewal go on once that was the last one."""

    account_id: str
    accepted: Acceptance


@dataclass(frozen=True, slots=True)
class DocumentAccepted(Event):
    """It is on record. `left` are the documents that the renewal still waits for; `told`: it was said elsewhere."""

    document: str
    left: tuple[str, ...]
    told: bool = False


@dataclass(frozen=True, slots=True)
class RenewalToPay(Event):
    """The desk has placed the order that renews a subscription: only its money is missing. Amounts in minor units.

    `days` are left until the end; `again`: it was told before. `refusal`: the stored way to pay of this label was to be
    charged, and why that came to nothing (declined, needs_payer, gone, expired, unanswered); `retry_at`: when it is
    tried again. `bill`: all that is renewed. `mails`: this is the one of the customer's conversations that has letters
    sent.
    """

    plan: str
    ends_at: datetime
    days: int
    again: bool
    account_id: str
    order_id: str
    number: str
    method: str
    net: int
    vat: int
    gross: int
    currency: str
    payment_id: str
    expires_at: datetime
    tax: Vat | None = None
    refusal: str | None = None
    label: str | None = field(default=None, repr=False)
    retry_at: datetime | None = None
    bill: Bill | None = None
    mails: bool = True
    by_desk: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class NoLongerSold(Event):
    """What ends isn't sold any more, so it can't be renewed: these lines, so many days before the end.

    `plans`: what is sold instead. `whole`: nothing of it is renewed; else the rest is.
    """

    plan: str
    ends_at: datetime
    days: int
    lines: tuple[Line, ...]
    plans: tuple[str, ...]
    whole: bool = True
    by_desk: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class MailNoLongerSold(Job):
    """The same for a customer whom no chat reaches."""

    background: ClassVar[bool] = True
    subscription_id: str
    ends_at: datetime
    lines: tuple[Line, ...]
    plans: tuple[str, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class BeginRenewal(Command):
    """See what the account owns, so that the customer can order its renewal. `product`: what the reminder was about;
    `products`: what this seller renews."""

    account_id: str
    product: str | None
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RenewalBegun(Event):
    """What is owned, the one that ends first in front. The company is the account's, else the number on file; its data
    come from the seller's books or a register. `consented`: renewing by itself was agreed to before."""

    owned: tuple[Owned, ...] = field(repr=False)
    company: CompanyView | None = field(repr=False)
    tax_number: str | None = field(repr=False)
    consented: bool
    product: str | None


@dataclass(frozen=True, slots=True)
class RenewalNotBegun(Event):
    """Nothing can be ordered: nothing_owned, or order_open, which is to be paid or cancelled first."""

    reason: str
    open: OrderView | None = None


@dataclass(frozen=True, slots=True)
class SeeRenewed(Command):
    """See what a paid order has renewed, of the products that this seller renews."""

    account_id: str
    order_id: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renewed(Event):
    """What the account owns now; `until` is the end of what was renewed, None if the order renewed nothing, or
    programs with different ends."""

    owned: tuple[Owned, ...] = field(repr=False)
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ReportCompany(Command):
    """Tell the seller's support, in the customer's words, what is wrong with the company's data."""

    account_id: str
    tax_number: str = field(repr=False)
    data: CompanyData = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CompanyReported(Event):
    """The report is kept under this number."""

    ticket_id: str
    number: str


@dataclass(frozen=True, slots=True)
class MailTicket(Job):
    """Send the seller's support what the customer reported."""

    background: ClassVar[bool] = True
    ticket_id: str


@dataclass(frozen=True, slots=True)
class TicketMailed(Event):
    """The mail server took it."""


@dataclass(frozen=True, slots=True)
class TicketNotMailed(Event):
    """It could not be sent after all tries; it is kept all the same and an alarm was raised."""


@dataclass(frozen=True, slots=True)
class MailReminder(Job):
    """Write to a customer who has no conversation that a subscription ends, with a link that starts one.

    `customer_id`: of a customer on file who has no account; what ends is a program on file then.
    """

    background: ClassVar[bool] = True
    subscription_id: str
    ends_at: datetime
    days: int
    product: str
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class MailToPay(Job):
    """Write to a customer who has no conversation that a renewal waits for its money, with the payment link."""

    background: ClassVar[bool] = True
    subscription_id: str
    payment_id: str
    ends_at: datetime
    days: int
    product: str
    refusal: str | None = None
    way: str | None = field(default=None, repr=False)
    retry_at: datetime | None = None
    bill: Bill | None = None


@dataclass(frozen=True, slots=True)
class MailTerms(Job):
    """Write to a customer who has no conversation which documents are to be accepted before the renewal."""

    background: ClassVar[bool] = True
    subscription_id: str
    documents: tuple[str, ...]
    ends_at: datetime
    bill: Bill


@dataclass(frozen=True, slots=True)
class MailLapse(Job):
    """Write to a customer who has no conversation that a subscription has run out. `grace_until`: until when it goes
    on all the same, None once it is over."""

    background: ClassVar[bool] = True
    subscription_id: str
    ends_at: datetime
    grace_until: datetime | None
    plan: str
    lines: tuple[Line, ...] = ()
    company: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class StopReminders(Command):
    """Write to this customer of no end any more. `account_id` where the customer is logged in; else whoever the start
    link of the conversation was for."""

    account_id: str | None


@dataclass(frozen=True, slots=True)
class ResumeReminders(Command):
    """Reminders may come again."""

    account_id: str


@dataclass(frozen=True, slots=True)
class RemindersSwitched(Event):
    """Whether reminders come. `known` is False where the desk doesn't know whom it talks to; `told`: the customer has
    been told elsewhere."""

    on: bool
    known: bool = True
    told: bool = False


@dataclass(frozen=True, slots=True)
class RenewalMailed(Event):
    """The mail server took the letter."""


@dataclass(frozen=True, slots=True)
class RenewalNotMailed(Event):
    """It could not be sent."""
