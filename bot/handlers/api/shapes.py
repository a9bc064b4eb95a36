"""The shapes of the seller's API, as its OpenAPI shows them. The names are fixed: other programs rely on them."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, Self, TypedDict, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    create_model,
    model_validator,
)

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


def make_whole(value: object) -> object:
    """JSON knows one kind of number: 36777.0 is 36777, and neither is "36777" nor true."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


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
