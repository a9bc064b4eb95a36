"""Commands, jobs and events of reminders, renewals, and charges by the desk."""

from datetime import datetime
from typing import Any, ClassVar

from dialogs.kit.effects import BackgroundJob, Command
from dialogs.kit.messages import Event, News
from dialogs.state import CompanyData, PlacedOrder
from values.account_view import Line
from values.consent import Acceptance
from values.order import Bill
from values.private import Private
from values.renewal import Outlook


class SubscriptionEnding(Event):
    """A subscription that ends in so many days."""

    product: str
    serial: Private[str | None]
    ends_at: datetime
    days: int


class SubscriptionLapsed(News):
    """Subscriptions that have run out without renewal.

    `plan` is the first of what would have renewed them; `grace_until`: they go on until then, as the money is still
    awaited. `order_id`, `number`: the order for their renewal that was never paid and is cancelled now. `company`:
    whose they are, where the account has several. `trial`: nothing was paid for them; `refused`: the label of the way
    to pay that couldn't be charged then.
    """

    plan: str
    ends_at: datetime
    grace_until: datetime | None
    lines: tuple[Line, ...] = ()
    order_id: str | None = None
    number: str | None = None
    company: Private[str | None] = None
    trial: bool = False
    refused: Private[str | None] = None
    by_desk: ClassVar[bool] = True


class RenewalWaits(News):
    """A renewal that waits for documents changed since their acceptance.

    Nothing is ordered or charged before they are accepted anew. `bill`: what is renewed then.
    """

    account_id: str
    documents: tuple[str, ...]
    ends_at: datetime
    bill: Bill


class AcceptDocument(Command):
    """Record that the account accepts a document anew, and let its renewal go on once that was the last one."""

    account_id: str
    accepted: Acceptance


class DocumentAccepted(Event):
    """A recorded acceptance. `left` are the documents that the renewal still waits for; `told`: said elsewhere."""

    document: str
    left: tuple[str, ...]
    told: bool = False


class RenewalToPay(News):
    """The desk has placed the order that renews a subscription: only its money is missing.

    `days` are left until the end; `again`: it was told before. `refusal`: the stored way to pay of this label was to be
    charged, and why that came to nothing (declined, needs_payer, gone, expired, unanswered); `retry_at`: when it is
    tried again. `bill`: all that is renewed, of which earlier releases stored the sum, in minor units. `mails`: this is
    the one of the customer's conversations that has letters sent. `adds`: it renews nothing, and there are more of what
    runs with its money, or another plan where it names the one before as `instead`. `charging`: the money is being
    taken from the stored way of this label, as its customer wished.
    """

    plan: str
    ends_at: datetime
    days: int
    again: bool
    account_id: str
    order_id: str
    number: str
    payment_id: str
    gross: int = 0
    currency: str = ""
    refusal: str | None = None
    label: Private[str | None] = None
    retry_at: datetime | None = None
    bill: Bill | None = None
    mails: bool = True
    adds: bool = False
    instead: str | None = None
    charging: bool = False
    by_desk: ClassVar[bool] = True


class BeginRenewal(Command):
    """Read what the order form of a renewal begins with.

    `product`: what the reminder was about; `products`: what this seller renews.
    """

    account_id: str
    product: str | None
    products: tuple[str, ...]


class RenewalBegun(Event):
    """A renewal of what the account owns. `tax_number`: the one on file, for an account without a company."""

    product: str | None
    tax_number: Private[str | None] = None


class RenewalNotBegun(Event):
    """No renewal to order: nothing_owned, or order_open, which is to be paid or cancelled first."""

    reason: str
    open: PlacedOrder | None = None


class ReportCompany(Command):
    """Report to the seller's support, in the customer's words, what is wrong with the company's data."""

    account_id: str
    tax_number: Private[str]
    data: Private[CompanyData]
    words: Private[str]


class CompanyReported(Event):
    """The stored report's number."""

    ticket_id: str
    number: str


class MailTicket(BackgroundJob):
    """Mail the report to the seller's support."""

    ticket_id: str


class TicketMailed(Event):
    """The mail server took it, or the mail failed after all tries: the report is stored, and an alarm was raised."""


class MailNotice(BackgroundJob):
    """Write a notice of a term that ends to a customer without a conversation, or to everybody.

    `notice` is the name of the event that tells it to conversations, `facts` are its fields. `told`: a chat has reached
    the customer, too. `customer_id`: of a customer on file who has no account; what ends is a program on file then.
    """

    subscription_id: str
    ends_at: datetime
    notice: str
    facts: Private[dict[str, Any]]
    told: bool = False
    customer_id: str = ""


class StopReminders(Command):
    """Stop reminders to this customer.

    `account_id` where the customer is logged in; else the start link of the conversation tells the customer.
    """

    account_id: str | None


class ResumeReminders(Command):
    """Resume reminders."""

    account_id: str


class RemindersSwitched(Event):
    """The setting of reminders.

    `known` is False where the desk doesn't know whom it talks to; `told`: the customer has been told elsewhere.
    """

    on: bool
    known: bool = True
    told: bool = False


class RenewalMailed(Event):
    """The mail server took the letter."""


class RenewalNotMailed(Event):
    """The letter failed. `alone`: no chat has said the same; `announced`: it was to announce a charge.

    `what`: the kind of letter, for the log.
    """

    alone: bool = False
    announced: bool = False
    what: str = ""


class ChargeStored(BackgroundJob):
    """Take a renewal's money from the stored way to pay that the attempt names, unless something has changed."""

    subscription_id: str
    payment_id: str
    attempt: int


class AskCharge(BackgroundJob):
    """Ask the provider for the state of a charge without a result."""

    payment_id: str
    attempt: int


#: Why a charge was stopped: the payer has the money of the term that ends again, or claims it.
MONEY_WENT_BACK = "money_went_back"


class ChargeAnswered(Event):
    """The state of a charge: paid, pending, failed, stopped (not wanted any more), unknown, or begun: a job makes it.

    `refusal` says why it failed, where the provider tells.
    """

    payment_id: str
    attempt: int
    state: str
    amount: int = 0
    currency: str = ""
    refusal: str | None = None
    provider_ref: Private[str] = ""


class ChargeComing(News):
    """An announced charge: its day and the label of the stored way to pay. `gross` in minor units.

    `bill`: all that is renewed, `plan` first; None in what an earlier release has stored. `trial`: it is the first one.
    """

    plan: str
    ends_at: datetime
    charge_at: datetime
    label: Private[str]
    gross: int
    currency: str
    bill: Bill | None = None
    trial: bool = False


class RenewalCharged(News):
    """A charge by the desk: what is billed goes on until `until`, then as `outlooks` say. `gross` in minor units.

    `adds`: it renews nothing, but pays a change until then.
    """

    plan: str
    account_id: str
    order_id: str
    number: str
    payment_id: str
    label: Private[str]
    gross: int
    currency: str
    until: datetime
    bill: Bill | None = None
    outlooks: Private[tuple[Outlook, ...]] = ()
    adds: bool = False
