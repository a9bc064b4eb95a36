"""What the payment dialog causes, what comes of it, and what providers tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from dialogs.kit.messages import Command, Event, Job
from values.money import Money
from values.payment import StoredMethod


@dataclass(frozen=True, slots=True)
class OpenPayment(Command):
    """A payment for the placed order by this method; another open one of the order is cancelled. `stored`: the stored
    way to pay that is used."""

    order_id: str
    method: str
    stored: str | None = None


@dataclass(frozen=True, slots=True)
class ReopenPayment(Command):
    """A failed payment may be tried again under the same id."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class PaymentOpened(Event):
    """The link can be shown."""

    payment_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentNotChanged(Event):
    """It couldn't be opened again: it has this status."""

    status: str


@dataclass(frozen=True, slots=True)
class ExpirePayment(Command):
    """The offer to pay has run out."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class GiveUpPayment(Command):
    """A transfer or postal slip that isn't made yet makes way for another way to pay."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class PaymentNoticed(Event):
    """A provider's authentic notice is stored; whether it is money is asked next."""

    payment_id: str
    attempt: int
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaymentReturned(Event):
    """The payer's browser came back; that proves nothing, so the provider is asked."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class ConfirmPayment(Job):
    """Ask the provider to confirm what its notice said (Przelewy24 verify, PayPal capture)."""

    payment_id: str
    attempt: int
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskPayment(Job):
    """Ask the provider how the payment stands."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class PollPayment(Job):
    """The same, unasked by the customer: so that a lost notice loses nothing."""

    background: ClassVar[bool] = True
    payment_id: str


@dataclass(frozen=True, slots=True)
class AskReturned(Job):
    """The same when the payer is back: an attempt that has no money by then has failed."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class PaymentChecked(Event):
    """What the provider says: pending, paid, failed, unknown. It counts whether or not it is awaited. `kept`: what it
    has kept for later charges."""

    unasked: ClassVar[bool] = True
    payment_id: str
    state: str
    attempt: int = 0
    amount: int = 0
    currency: str = ""
    kept: StoredMethod | None = None


@dataclass(frozen=True, slots=True)
class BookPayment(Command):
    """Book what the provider said, and put on file what it has kept."""

    payment_id: str
    attempt: int
    state: str
    amount: int
    currency: str
    kept: StoredMethod | None = None


@dataclass(frozen=True, slots=True)
class PaymentBooked(Event):
    """The books after it: `status` of the payment; `news` is False when nothing changed by it. `replaced`: a stored way
    to pay in whose place another was kept with this money."""

    payment_id: str
    order_id: str
    number: str
    status: str
    gross: Money
    news: bool
    replaced: str | None = None


@dataclass(frozen=True, slots=True)
class RefundDue(Event):
    """More money came than was owed: it goes back. `amount` in minor units of `currency`."""

    payment_id: str
    number: str
    attempt: int
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class RefundPayment(Job):
    """Give back what an attempt brought too much."""

    background: ClassVar[bool] = True
    payment_id: str
    attempt: int
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class RefundAnswered(Event):
    """Whether the provider has taken the refund on; if not, a person has been called."""

    unasked: ClassVar[bool] = True
    payment_id: str
    attempt: int
    taken_on: bool


@dataclass(frozen=True, slots=True)
class BookRefund(Command):
    """The money is on its way back."""

    payment_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class RefundBooked(Event):
    """The books know; `news` is False if they knew before."""

    number: str
    news: bool
