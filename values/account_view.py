"""The books of a customer's account, as dialogs see them (`Context.books`)."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args, get_type_hints

from msgspec import Meta, Struct

from values.consent import Acceptance
from values.money import Money, Vat
from values.payment import StoredWay
from values.private import Private, PrivateStruct
from values.question import NO_ANSWERS, Answers
from values.renewal import Outlook, Owned
from values.term import A_YEAR, Term

AccountStatus = Literal["pending", "active", "closed"]
CompanyCheck = Literal["verified", "pending", "not_found"]
OrderStatus = Literal["placed", "paid", "failed", "cancelled"]
PaymentStatus = Literal["pending", "paid", "failed", "expired", "cancelled", "refunded"]
EInvoiceStatus = Literal["off", "requested", "active"]


Line = tuple[str, int]
"""What is bought, and how many of it."""


class OrdererDetails(PrivateStruct):
    """As the customer gave it, each in its normal form (`values/address.py`, `phone.py`, `email.py`)."""

    name: Private[str]
    phone: Private[str]
    email: Private[str]
    invoice_email: Private[str]


class CompanyView(PrivateStruct):
    """The company confirmed last: the billing data. `source`: mf, gus, vies, seller, customer."""

    id: str
    country: str
    tax_number: Private[str]
    name: Private[str]
    street: Private[str]
    postal_code: Private[str]
    city: Private[str]
    source: str
    check: CompanyCheck
    confirmed_at: datetime
    email: Private[str | None] = None
    sdi_code: Private[str | None] = None
    pec: Private[str | None] = None
    vat_checked_at: datetime | None = None  # when VIES confirmed the number
    vat_check_id: Private[str | None] = None
    own_answers: Private[Answers] = NO_ANSWERS

    def __hash__(self) -> int:
        """Return a hash: the answers have none of their own."""
        return hash(self.id)


class OrderView(PrivateStruct):
    """An order, with amounts in minor units of `currency`.

    The payment is its latest one, if it has any. `renewal`: the desk asks for its money to renew what runs. `once`:
    those of its items that are paid once. `trial`: for so many days it is free, before its term. `adds_until`: it
    begins and renews nothing; there are more of what runs until then, which is `added_to`, or it `swaps` its plan.
    """

    id: str
    number: str
    status: OrderStatus
    net: int
    vat: int
    gross: int
    currency: str
    method: str
    auto_renewal: bool
    placed_at: datetime
    payment_id: str | None
    payment_method: str | None
    payment_status: PaymentStatus | None
    items: tuple[Line, ...] = ()
    term: Term = A_YEAR
    tax: Vat | None = None  # None: the seller's own rate
    payment_expires_at: datetime | None = None
    renewal: bool = False
    own_answers: Private[Answers] = NO_ANSWERS
    buyer: str = ""  # the company, by its id
    once: tuple[str, ...] = ()
    unit_net: int = 0  # of one of its first line, which is its plan's
    trial: int = 0
    paid_at: datetime | None = None
    adds_until: datetime | None = None
    added_to: str | None = None
    swaps: bool = False

    def __hash__(self) -> int:
        """Return a hash: the answers have none of their own."""
        return hash(self.id)

    @property
    def money(self) -> PaymentStatus | None:
        """Return the status of its money: paid, whichever payment that was; else that of the latest one."""
        return "paid" if self.status == "paid" else self.payment_status

    @property
    def waits(self) -> bool:
        """Return whether a payment of it is open."""
        return self.status == "placed" and self.payment_status in ("pending", "failed")


InvoiceKind = Literal["invoice", "pro_forma", "correction"]


class InvoiceLine(PrivateStruct):
    """An invoice that the seller has issued. `issued` and `due` are days; `url` is where the seller shows it.

    `has_pdf`: the desk holds its document.
    """

    id: str
    number: Private[str]
    gross: Money
    issued: datetime
    due: datetime | None = None
    url: Private[str | None] = None
    kind: InvoiceKind = "invoice"
    order_number: str | None = None
    ksef_number: Private[str | None] = None
    has_pdf: bool = False

    @property
    def told_as(self) -> InvoiceKind:
        """Return its kind: one told before kinds were is a correction by its sum."""
        return "correction" if self.gross.minor < 0 else self.kind


class Reversal(Struct, frozen=True):
    """An order's money that is back, and the withdrawal from it that waits or was accepted.

    `number` is None for a statement that names no contract.
    """

    number: str | None
    refunded: Money | None = None
    whole: bool = False
    stated_at: datetime | None = None
    accepted: bool = False


class WaitingRenewal(Struct, frozen=True):
    """A renewal that waits for documents to be accepted anew."""

    documents: tuple[str, ...]
    ends_at: datetime


class AccountAnswers(PrivateStruct, kw_only=True):
    """Answers kept with the account: a column each, exported, on the agents' card and in the seller's API by this name.

    All of that follows from the line here, with `example` in the API's description. What a command or the company's
    slots name alike is this answer.
    """

    legal_form: Annotated[str | None, Meta(examples=["company"])] = None


ANSWERS = {
    name: str(get_args(hint)[1].examples[0])
    for name, hint in get_type_hints(AccountAnswers, include_extras=True).items()
}
"""The names of the answers, each with its example."""


def answers(of: object) -> dict[str, Any]:
    """Return the answers that an account, a command or slots have; None is not known, "" passed over."""
    return {name: getattr(of, name) for name in ANSWERS if hasattr(of, name)}


class AccountView(AccountAnswers, frozen=True):
    """An account and what belongs to it.

    `phone` is the proven number, else the one given last. `taken`: a shadow, see `services/accounts/accounts.py`;
    nothing said to the customer may depend on it. `ways`: the ways to pay that are stored for the account. `company`
    was confirmed last; `companies` are all that were.
    """

    id: str
    email: Private[str]
    user_name: Private[str]
    phone: Private[str | None]
    status: AccountStatus
    taken: bool
    email_verified: bool
    phone_verified: bool
    locale: str
    company: CompanyView | None
    einvoice_status: EInvoiceStatus
    einvoice_email: Private[str | None]
    default_method: str | None
    owned: tuple[Owned, ...] = ()  # running subscriptions, the one that ends first in front
    ways: tuple[StoredWay, ...] = ()
    reminders_stopped: bool = False  # the customer wants no reminders of ends
    waits: WaitingRenewal | None = None
    lapsed: tuple[Owned, ...] = ()  # what ran last of each product of which nothing runs any more
    companies: tuple[CompanyView, ...] = ()
    orders: tuple[OrderView, ...] = ()  # the newest first, those that are cancelled behind
    outlooks: tuple[Outlook, ...] = ()  # how each running term goes on
    reversals: tuple[Reversal, ...] = ()  # of what runs, or was paid last
    invoices: tuple[InvoiceLine, ...] = ()  # that the seller has issued to it, the newest first
    consents_given: tuple[Acceptance, ...] = ()  # what was accepted, and not taken back since
    own_answers: Private[Answers] = NO_ANSWERS
    orderer: Private[OrdererDetails | None] = None  # of the last paid order
    ordered: bool = False  # anything was ever, whatever became of it
    on_file: bool = False  # the seller's own record of the customer is here, too
    person_name: Private[str | None] = None  # first and last, where the seller asks for it
    log_ins: int = 0  # conversations that the account is logged in to
    trial_granted: bool = False  # one more, whoever has had one
    revision: int = 0  # moves with each change of what is told here

    def __hash__(self) -> int:
        """Return a hash: the answers have none of their own."""
        return hash(self.id)

    @property
    def order(self) -> OrderView | None:
        """The order that was placed last and not cancelled."""
        return next((order for order in self.orders if order.status != "cancelled"), None)

    @property
    def paid(self) -> OrderView | None:
        """The last order with its money that began or renewed something."""
        began = (order for order in self.orders if order.adds_until is None)
        return next((order for order in began if order.status == "paid"), None)

    @property
    def waiting(self) -> tuple[OrderView, ...]:
        """The orders with a payment that is open, the oldest first."""
        return tuple(order for order in reversed(self.orders) if order.waits)


class BooksUnread(Exception):
    """A part of an account was looked at that isn't read yet, where nothing can be read at once."""


NO_BOOKS = AccountView(
    id="",
    email="",
    user_name="",
    phone=None,
    status="pending",
    taken=False,
    email_verified=False,
    phone_verified=False,
    locale="",
    company=None,
    einvoice_status="off",
    einvoice_email=None,
    default_method=None,
)
"""The books where there is no account."""
