"""The shapes of the API's lists and of what is told to it. As in `shapes.py`, the names are fixed."""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.handlers.api import examples
from bot.handlers.api.shapes import (
    AccountState,
    ApiError,
    CompanyRow,
    ItemRow,
    Minor,
    OrderRow,
    PaymentRow,
    SubscriptionRow,
    When,
)

Row = TypeVar("Row", bound=BaseModel)


class Page(BaseModel, Generic[Row]):
    """A part of a list. `next` is the `cursor` of the part that follows; null: there is no more."""

    items: list[Row]
    next: str | None


class CustomerListed(BaseModel):
    """Who a customer is; the card, by id or e-mail, holds the rest."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.HEAD]})

    id: str
    email: str
    user_name: str
    phone: str | None
    locale: str
    created_at: When
    account: AccountState


class CompanyListed(CompanyRow):
    """A company and whose it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.COMPANY | examples.OWNED]})

    customer_id: str


class OrderListed(OrderRow):
    """An order and whose it is."""

    customer_id: str


class SubscriptionListed(SubscriptionRow):
    """A subscription and whose it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SUBSCRIPTION | examples.OWNED]})

    customer_id: str


class CustomerPage(Page[CustomerListed]):
    """Customers, those who came first before the others."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [examples.HEAD], "next": None}]})


class CompanyPage(Page[CompanyListed]):
    """Companies, in the order in which they became known."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [examples.COMPANY | examples.OWNED], "next": None}]}
    )


class OrderPage(Page[OrderListed]):
    """Orders, in the order in which they were placed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [examples.ORDER | examples.OWNED], "next": examples.CURSOR}]}
    )


class SubscriptionPage(Page[SubscriptionListed]):
    """Subscriptions, in the order in which they were ordered."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [examples.SUBSCRIPTION | examples.OWNED], "next": None}]}
    )


class InvoiceTo(BaseModel):
    """The company as it stood when the order was placed."""

    country: str
    tax_number: str
    name: str
    street: str
    postal_code: str
    city: str
    sdi_code: str | None
    pec: str | None


class TransferRow(BaseModel):
    """A transfer told for an order. `kept`: not booked, a person must look at it."""

    reference: str
    amount: Minor
    currency: str
    status: Literal["booked", "kept", "refunded"]
    told_at: When


class OrderInFull(OrderListed):
    """An order with all that was paid for it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ORDER_IN_FULL]})

    items: list[ItemRow]
    auto_renewal: bool
    paid_at: When | None
    cancelled_at: When | None
    invoice_to: InvoiceTo
    payments: list[PaymentRow]
    transfers: list[TransferRow]


def whole(value: object) -> object:
    """JSON knows one kind of number: 36777.0 is 36777, and neither is "36777" nor true."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class NewTransfer(BaseModel):
    """Money that has come for an order, as the bank shows it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"amount": 36777, "currency": "PLN", "reference": "WB/2026/11/0042"}]},
    )

    amount: Annotated[int, Field(strict=True, gt=0, le=10**12, description="In minor units."), BeforeValidator(whole)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")]
    reference: Annotated[
        str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,140}$", description="The bank's own name for it, never given twice.")
    ]


class TransferRefused(ApiError):
    """Why it wasn't booked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "error": "another sum than the 36777 PLN owed: kept with the order, not booked",
                    "reason": "wrong_amount",
                }
            ]
        }
    )

    reason: Literal["wrong_amount", "wrong_currency", "already_paid", "booked_before", "cancelled"] | None = None


class Event(BaseModel):
    """Something that happened, as it is sent; the fields of `data` are in docs/how-to/listen-to-events.md."""

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

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [examples.EVENT], "next": None}]})


class FeedbackRow(BaseModel):
    """Whether it helped: an answer of the FAQ (`faq:ENTRY`), or a way to its end (`end:DIALOG`). `words`: why not."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.FEEDBACK]})

    id: str
    conversation_id: str
    about: str
    locale: str
    helpful: bool
    words: str | None
    at: When


class FeedbackPage(Page[FeedbackRow]):
    """Feedback, in the order in which it was given."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [examples.FEEDBACK], "next": None}]})
