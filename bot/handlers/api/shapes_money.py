"""The shapes of what is paid: orders in full, their refunds and cancellations, transfers and statements."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.handlers.api.shapes import ApiError, ItemRow, Minor, OrderListed, Page, PaymentRow, When, make_whole, shape_of
from services.payments.bank_files import Form
from services.payments.matching import MatchedBy, NotMoved, Unmatched
from services.payments.refunds import MOST_REASON, Refusal
from services.payments.slips import MOST_PARTS, NotSplit, NotTakenBack
from services.payments.transfers import Reason, Taken
from services.seller import rows


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


class NewTransfer(BaseModel):
    """Money that has come for an order, as the bank shows it."""

    model_config = ConfigDict(extra="forbid")

    amount: Annotated[
        int, Field(strict=True, gt=0, le=10**12, description="In minor units."), BeforeValidator(make_whole)
    ]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217.")]
    reference: Annotated[
        str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,140}$", description="The bank's own name for it, else one of yours.")
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

    reason: Literal[Reason, Taken] | None = None


class TransferReferenceTaken(TransferRefused):
    """The reference stands for another payment, with the order of this number."""

    error: str = "reference_taken"
    reason: Literal[Reason, Taken] | None = "reference_taken"
    say: str = "this reference stands for another payment: nothing was changed, book this one under another reference"
    order_number: str


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
    it; send the statement again once its order is there, or book it for the order under this `reference`: the bank's,
    or one made of it where that is another entry's. `reference_taken`: the bank has given its name to another payment.
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
