"""The shapes of the seller's API, as its OpenAPI shows them. The names are fixed: other programs rely on them."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, Self, TypedDict, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    create_model,
    model_validator,
)

from bot.usecases.renewals.changes import Reason as NotChanged
from services.payments.bank_files import Form
from services.payments.matching import MatchedBy, NotMoved, Unmatched
from services.payments.refunds import MOST_REASON, Refusal
from services.payments.slips import MOST_PARTS, NotSplit, NotTakenBack
from services.payments.transfers import Reason
from services.seller import rows
from services.seller.rows import RowOf
from values.account_view import ANSWERS
from values.channel import Channel
from values.money import Money

Minor = Annotated[int, Field(description="An amount in minor units.")]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day(value: object) -> object:
    """Refuse what pydantic would take for a day as well: a number of seconds, a moment."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("write a day as YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_day)]
"""A day of the calendar, as a text in ISO 8601's long form."""
When = Annotated[str, Field(description="RFC 3339 in UTC.")]
Mode = Literal["bot", "waiting", "agent"]
ChannelName = Annotated[str, AfterValidator(Channel), WithJsonSchema({"enum": [*Channel], "type": "string"})]


class ApiError(BaseModel):
    """An error, in words for the seller's developer."""

    error: str


class Shown(TypedDict):
    """The context in which rows take their shapes: the own questions whose answers the API shows."""

    answers: frozenset[str]


def _shown(answers: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
    """Leave out what the seller doesn't show here."""
    shown: Shown | None = info.context
    return answers if shown is None else {id: one for id, one in answers.items() if id in shown["answers"]}


AnswersById = Annotated[
    dict[str, str | int | bool | list[str] | None],
    AfterValidator(_shown),
    Field(
        description="Answers to the seller's own questions, by their ids: null when passed over, absent while never "
        'asked. Those of questions whose `show` has `"api"`.'
    ),
]


_WhenKnown = When | None
_SHAPES: dict[Any, Any] = {datetime: When, datetime | None: _WhenKnown, Money: Minor}


def shape_of(row: RowOf) -> type[BaseModel]:
    """Return the shape of a row: the class made of it declares what its record doesn't tell, or what is described."""
    fields: dict[str, Any] = {name: (_SHAPES.get(hint, hint), ...) for name, hint in row.hints().items()}
    return create_model(row.record.__name__, **fields)


class AccountState(BaseModel):
    """`active` once every contact that the profile demands is verified; `answers` are those kept with the account."""

    status: Literal["pending", "active", "closed"]
    answers: AnswersById


class ContactRow(shape_of(rows.CONTACT)):
    """A contact; `verified_at` is null until it is proven."""

    kind: Literal["email", "phone"]


class CompanyRow(shape_of(rows.COMPANY)):
    """A company.

    `source`: the origin of the data; `check`: the registers' answer; `contact_forms`: the answer of that name among
    `answers`, empty where there is none, and `contact_form` the first of it; `vat_checked_at`: when VIES confirmed the
    number, with its number for that check.
    """

    contact_form: str | None = None
    contact_forms: list[str] = Field(default=[])
    answers: AnswersById

    @model_validator(mode="after")
    def _forms_by_their_names(self) -> Self:
        """Say the forms of contact under the names that they had before they were an answer among others."""
        forms = self.answers.get("contact_forms")
        if isinstance(forms, list) and forms:
            self.contact_form, self.contact_forms = forms[0], forms
        return self


class ConsentRow(shape_of(rows.CONSENT)):
    """A consent given, in the version and the language in which it was shown.

    `words` are the exact ones; null for a consent from before they were kept, if the profile has changed them since.
    `how`: by a button or in words.
    """

    channel: ChannelName


class ItemRow(shape_of(rows.ITEM)):
    """A line of an order, for its `term` (ISO 8601; `years` where they are whole), or `once`: absent where it isn't.

    `adds`: the subscription that there is more of, until its end; absent of a line that begins or renews one.
    """

    once: Annotated[bool, Field(exclude_if=lambda once: not once)] = False
    adds: Annotated[str | None, Field(exclude_if=lambda adds: adds is None)] = None


class TaxRow(shape_of(rows.TAX)):
    """An order's VAT with its reason.

    `home`: the seller's own rate; `destination`: that of the buyer's `country`; `reverse_charge`: none, the buyer
    accounts for it (article 196 of directive 2006/112/EC); `unconfirmed`: as for a consumer, since VIES hadn't
    confirmed the number. `checked_at`, `check_id`: VIES's confirmation, and its number for it.
    """

    country: str | None


class OrderRow(shape_of(rows.ORDER)):
    """An order, and the company that it is for."""

    items: list[ItemRow]
    tax: TaxRow
    status: Literal["draft", "placed", "paid", "failed", "cancelled"]
    refunded_amount: Annotated[int, Field(description="What of its money came back to the payer, in minor units.")]
    placed_at: When | None
    withdrawn_at: When | None
    answers: AnswersById


class PaymentRow(shape_of(rows.PAYMENT)):
    """A payment of an order: one link, perhaps several attempts."""

    order_number: str
    amount: Minor
    status: Annotated[
        Literal["pending", "paid", "failed", "expired", "cancelled", "refunded"],
        Field(description="`paid` until all of it is back with its payer, then `refunded`."),
    ]
    refunded_amount: Minor
    disputed: Annotated[
        Literal["open", "won", "lost"] | None, Field(description="The payer wants it back through the bank or PayPal.")
    ]


class SubscriptionRow(shape_of(rows.SUBSCRIPTION)):
    """A service with its term."""

    end_reason: Annotated[
        Literal["term", "cancelled", "withdrawn", "refunded", "disputed"] | None,
        Field(description="Once `ended`: why the term wasn't followed by another."),
    ]


class MethodRow(shape_of(rows.METHOD)):
    """A saved method of payment."""


class EInvoiceState(shape_of(rows.EINVOICE)):
    """The state of a customer's e-invoices, and their address."""


class ConversationRow(shape_of(rows.CONVERSATION)):
    """A conversation of the customer, and who speaks in it."""

    channel: ChannelName
    mode: Mode


class CustomerHead(shape_of(rows.ACCOUNT)):
    """A customer, and the state of the account."""

    phone: str | None
    account: AccountState


_OF_ANSWERS: dict[str, Any] = dict.fromkeys(ANSWERS, (str | None, ...))


class CustomerListed(create_model("Answered", __base__=CustomerHead, **_OF_ANSWERS)):
    """A customer's head, with the answers kept with the account; the card, by id or e-mail, holds the rest."""


class CustomerCard(CustomerListed):
    """All that the desk knows of one customer."""

    contacts: list[ContactRow]
    companies: list[CompanyRow]
    consents: list[ConsentRow]
    orders: list[OrderRow]
    payments: list[PaymentRow]
    subscriptions: list[SubscriptionRow]
    methods: list[MethodRow]
    einvoice: EInvoiceState
    conversations: list[ConversationRow]


class EntryLink(BaseModel):
    """A link that starts a conversation at an entry of the journey."""

    model_config = ConfigDict(extra="forbid")

    entry: Literal["buy", "program", "sign_up", "log_in", "forgot_password"]
    customer_id: None = None


class CustomerLink(BaseModel):
    """A link for a customer whom the desk knows."""

    model_config = ConfigDict(extra="forbid")

    customer_id: str = Field(pattern="^[0-9A-Za-z_-]{1,64}$", description="The `id` of a customer.")
    entry: None = None


NewStartLink = EntryLink | CustomerLink


class StartLink(BaseModel):
    """A way into the chat from the seller's site. `telegram` is null while that channel is off."""

    token: str
    telegram: str | None
    web: str
    expires_at: When


class ActivationChange(BaseModel):
    """The seller's system has switched the service. `seen`: the status that it has read; another one now is 409."""

    status: Literal["off", "requested", "active"]
    seen: Literal["off", "requested", "active"] | None = None


Row = TypeVar("Row", bound=BaseModel)


class Page(BaseModel, Generic[Row]):
    """A part of a list. `next` is the `cursor` of the part that follows; null: there is no more."""

    items: list[Row]
    next: str | None


class CompanyListed(CompanyRow):
    """A company and whose it is."""

    customer_id: str


class OrderListed(OrderRow):
    """An order and whose it is."""

    customer_id: str


class SubscriptionListed(SubscriptionRow):
    """A subscription and whose it is."""

    customer_id: str


class CustomerPage(Page[CustomerListed]):
    """Customers, those who came first before the others."""


class CompanyPage(Page[CompanyListed]):
    """Companies, in the order in which they became known."""


class OrderPage(Page[OrderListed]):
    """Orders, in the order in which they were placed."""


class SubscriptionPage(Page[SubscriptionListed]):
    """Subscriptions, in the order in which they were ordered."""


class InvoiceTo(shape_of(rows.BILLING)):
    """The company as it was when the order was placed."""


class NewRefund(BaseModel):
    """Money to be given back to its payer, by the way it came: a part, or all that is left."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(
        min_length=1, max_length=MOST_REASON, description="For your books; providers show it to the payer."
    )
    amount: int | None = Field(default=None, ge=1, description="In minor units; without it, all that is left.")
    payment_id: str | None = Field(default=None, pattern="^[0-9A-Za-z_-]{1,64}$", description="Default: the last paid.")


class RefundRow(shape_of(rows.REFUND)):
    """A refund that the desk was asked for. `failure`: why it failed.

    `awaits_second`: an agent asked for more than `[refund] second_above`, and no other one has confirmed it yet.
    """

    amount: Minor
    status: Literal["requested", "done", "failed"]


class RefundList(BaseModel):
    """The refunds of an order, oldest first; those made in the provider's panel are in `refunded_amount` alone."""

    items: list[RefundRow]


class RefundNotTaken(ApiError):
    """Nothing is given back. `left`: what could be, in minor units."""

    reason: Refusal
    left: int


class NewCancellation(BaseModel):
    """Why an unpaid order is cancelled."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=MOST_REASON, description="For your books: `order.cancelled` has it.")


class OrderNotCancelled(ApiError):
    """The order stays as it is. `paid`: give its money back instead."""

    reason: Literal["paid", "cancelled"]


Charge = Literal["kept_method", "link"]
OneLine = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]


class SubscriptionChanged(SubscriptionListed):
    """A subscription as it stands. `order_number`: a change waits for the money of this order, taken as `charge` tells.

    `kept_method`: it is being charged to what its customer's renewals are charged to; refused, its link is sent.
    """

    order_number: str | None = None
    charge: Charge | None = None


class SubscriptionChange(BaseModel):
    """A change of how a subscription goes on: `auto_renewal` false and `ended` at `term_end` are the same.

    At once, what was paid stays paid: a refund gives it back. Only its customer switches a renewal on. Another
    `quantity`, another `plan`, or both are told with `from`.
    """

    model_config = ConfigDict(extra="forbid")

    auto_renewal: Literal[False] | None = None
    status: Literal["ended"] | None = None
    at: Literal["now", "term_end"] | None = None
    quantity: int | None = Field(default=None, ge=1, le=1000, description="More `now` cost the days that are left.")
    plan: str | None = Field(default=None, min_length=1, max_length=64, description="By its `id` in the offer.")
    start: Literal["now", "next_term"] | None = Field(default=None, alias="from")
    charge: Charge | None = Field(default=None, description="How more `now` is paid; else by its link.")
    gross: int | None = Field(default=None, ge=0, description="The sum that was agreed to, as the quote told it.")
    ordered_by: OneLine | None = Field(default=None, description="Who has ordered it of you: kept in the trail.")
    reason: str = Field(min_length=1, max_length=MOST_REASON, description="For your books.")

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        """Refuse a charge for what nobody has ordered at a sum."""
        said = (self.ordered_by, self.gross)
        if self.charge == "kept_method" and (self.start != "now" or None in said):
            raise ValueError("a kept method is charged for a change from now, with gross and ordered_by")
        if self.start is None and (self.charge, *said) != (None, None, None):
            raise ValueError("charge, gross and ordered_by are a change's")
        return self

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        changed = self.plan or self.quantity
        pairs = (self.status, self.at), (changed, self.start)
        asked = [one for one in (self.auto_renewal, self.status, changed) if one is not None]
        if any((one is None) != (other is None) for one, other in pairs) or (
            changed is not None if len(asked) > 1 else not asked
        ):
            raise ValueError("auto_renewal false, status ended with at, or quantity or plan with from")
        return self


class NewChangeQuote(BaseModel):
    """A quantity or a plan to be priced, and from when it would be so."""

    model_config = ConfigDict(extra="forbid")

    quantity: int | None = Field(default=None, ge=1, le=1000)
    plan: str | None = Field(default=None, min_length=1, max_length=64)
    start: Literal["now", "next_term"] = Field(alias="from")
    reason: str | None = Field(default=None, max_length=MOST_REASON, description="Not kept: a quote changes nothing.")

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.quantity is None and self.plan is None:
            raise ValueError("quantity, plan, or both")
        return self


class ChangeCosts(BaseModel):
    """Sums of a change, in minor units: for the `days` that are left, or from the next term on that whole term."""

    model_config = ConfigDict(serialize_by_alias=True, populate_by_name=True)

    old: int
    new: int
    old_plan: str
    new_plan: str
    days: int
    net: Minor
    vat: Minor
    gross: Minor
    start: str = Field(alias="from", description="The moment from which it is so.")
    charge: Charge | None = Field(description="How it can be paid at once; null where there is nothing to pay now.")


class ChangeRefused(ApiError):
    """Nothing was changed."""

    reason: NotChanged


class TransferRow(shape_of(rows.TRANSFER)):
    """A transfer told for an order. `kept`: not booked, a person must look at it. `split`: its parts are listed."""

    amount: Minor
    status: Literal["booked", "kept", "refunded", "split"]


class TransferListed(TransferRow):
    """A transfer, the order it was told for, and whose that is."""

    id: str
    order_number: str
    customer_id: str


class TransferPage(Page[TransferListed]):
    """Transfers, in the order in which they were told."""


class OrderInFull(OrderListed):
    """An order with all that was paid for it."""

    items: list[ItemRow]
    auto_renewal: bool
    paid_at: When | None
    cancelled_at: When | None
    invoice_to: InvoiceTo
    payments: list[PaymentRow]
    transfers: list[TransferRow]
    pay_page: Annotated[
        str | None,
        Field(description="While it waits for its money: the page by which anybody whom you send it to may pay it."),
    ] = None


def make_whole(value: object) -> object:
    """JSON knows one kind of number: 36777.0 is 36777, and neither is "36777" nor true."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class NewTransfer(BaseModel):
    """Money that has come for an order, as the bank shows it."""

    model_config = ConfigDict(extra="forbid")

    amount: Annotated[
        int, Field(strict=True, gt=0, le=10**12, description="In minor units."), BeforeValidator(make_whole)
    ]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")]
    reference: Annotated[
        str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,140}$", description="The bank's own name for it, never given twice.")
    ]


OrderNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z_./-]{1,64}$")]


class NewBooking(BaseModel):
    """The order that a kept transfer is for, and why you say so."""

    model_config = ConfigDict(extra="forbid")

    order_number: OrderNumber = Field(description="It may be another customer's.")
    reason: str = Field(min_length=1, max_length=MOST_REASON, description="For your books: `transfer.matched` has it.")


class NewSplit(BaseModel):
    """The orders that a kept transfer is for, each paid with what it owes."""

    model_config = ConfigDict(extra="forbid")

    order_numbers: list[OrderNumber] = Field(min_length=1, max_length=MOST_PARTS, description="Each once.")
    reason: str = Field(min_length=1, max_length=MOST_REASON, description="For your books: `transfer.matched` has it.")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.order_numbers)) < len(self.order_numbers):
            raise ValueError("an order is paid once")
        return self


class NewSlip(BaseModel):
    """Why a booking was a slip."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=MOST_REASON, description="For your books: `transfer.unbooked` has it.")


class NewReturn(BaseModel):
    """Why a kept transfer was sent back to the account it came from."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=MOST_REASON, description="For your books: `transfer.returned` has it.")


class TransferRefused(ApiError):
    """The reason why a transfer wasn't booked."""

    reason: Reason | None = None


class TransferNotMoved(ApiError):
    """The transfer stays as it is. `booked`: another order was paid with it."""

    reason: NotMoved


class TransferNotSplit(ApiError):
    """The transfer stays as it is. `too_little`: the orders owe more."""

    reason: NotSplit


class TransferNotUnbooked(ApiError):
    """The transfer stays booked."""

    reason: NotTakenBack


class TransferParts(BaseModel):
    """A transfer's parts: the orders that are paid with it, and what is left of it, `kept`."""

    items: list[TransferListed]


class StatementFile(BaseModel):
    """A statement as an idempotency key knows it."""

    sha256: str


class StatementRow(BaseModel):
    """A credit of a statement, and what became of it.

    `known`: told before, nothing was done; `order_number` is the order it stands with. `unmatched`: nothing is kept of
    it; send the statement again once its order is there, or book it for the order under this `reference`.
    """

    reference: str
    amount: Minor
    currency: str
    status: Literal["booked", "kept", "known", "unmatched"]
    reason: Reason | Unmatched | None = None
    order_number: str | None = None
    matched_by: MatchedBy | None = None


class StatementImported(BaseModel):
    """A statement's credits, in the order of the file."""

    format: Form
    items: list[StatementRow]
    ignored: int = Field(description="Debits, reversals, and entries that aren't booked yet.")


class Event(BaseModel):
    """An event as it is sent; the fields of `data` are in docs/how-to/listen-to-events.md."""

    type: str
    timestamp: When
    data: dict[str, Any]


class EventRow(Event):
    """An event as it was sent, and whether it was taken."""

    id: str
    delivery: Literal["waiting", "delivered", "given_up"]
    attempts: int


class EventPage(Page[EventRow]):
    """Events, in the order in which they happened."""


class FeedbackRow(shape_of(rows.FEEDBACK)):
    """A yes or no about an answer of the FAQ (`faq:ENTRY`) or a dialog's end (`end:DIALOG`). `words`: why not."""


class FeedbackPage(Page[FeedbackRow]):
    """Feedback, in the order in which it was given."""
