"""Commands, jobs and events of the payment dialog and of stored ways to pay, and notices of providers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from dialogs.kit.effects import BackgroundJob, Command, Job
from dialogs.kit.messages import Event, News
from values.money import Money
from values.payment import Difference, StoredMethod
from values.private import Private


class OpenPayment(Command):
    """Open a payment for the placed order by this method, in the `stored` way if any; cancel another open one of it."""

    order_id: str
    method: str
    stored: str | None = None


class ReopenPayment(Command):
    """Reopen a failed payment under the same id."""

    payment_id: str


class PaymentOpened(Event):
    """A payment whose link can be shown."""

    payment_id: str
    expires_at: datetime
    renews: bool | None = None  # whether the order renews itself, where another method has changed how


class PaymentNotChanged(Event):
    """The payment couldn't be opened again: it has this status."""

    status: str


class ExpirePayment(Command):
    """Expire a payment whose time is over."""

    payment_id: str


class PaymentNoticed(Event):
    """A stored authentic notice of a provider, which is asked next whether it is money."""

    payment_id: str
    attempt: int
    facts: Private[Mapping[str, Any]]


class PaymentReturned(Event):
    """The payer's browser came back; that proves nothing, so the provider is asked."""

    payment_id: str


class ConfirmPayment(Job):
    """Ask the provider to confirm what its notice said (Przelewy24 verify, PayPal capture)."""

    payment_id: str
    attempt: int
    facts: Private[Mapping[str, Any]]


class AskPayment(Job):
    """Ask the provider for the payment's state."""

    payment_id: str


class PollPayment(BackgroundJob):
    """Ask for the payment's state unasked by the customer, so that a lost notice loses nothing."""

    payment_id: str


class AskReturned(Job):
    """Ask for the payment's state when the payer is back: an attempt without money by then has failed."""

    payment_id: str


class AskCode(BackgroundJob):
    """Ask how an attempt stands that was handed a code, until its payer has confirmed or no longer can."""

    payment_id: str
    attempt: int


class PaymentChecked(Event):
    """The state of an attempt: pending, paid, failed or unknown; by a code, confirming at the bank, or refused.

    `kept`: the way to pay that was stored. `refusal`: why a code came to nothing (`CodeRefusal`; unavailable, page).
    """

    unasked: ClassVar[bool] = True
    payment_id: str
    state: str
    attempt: int = 0
    amount: int = 0
    currency: str = ""
    kept: StoredMethod | None = None
    refusal: str = ""


class BookPayment(Command):
    """Book the provider's answer, with the way to pay that it has stored."""

    payment_id: str
    attempt: int
    state: str
    amount: int
    currency: str
    kept: StoredMethod | None = None


class PaymentBooked(News):
    """The payment's `status`, `news` or known; `replaced`: a stored way whose place another has taken."""

    payment_id: str
    order_id: str
    number: str
    status: str
    gross: Money
    news: bool
    replaced: str | None = None


class AskBack(BackgroundJob):
    """Ask the provider what came back of an attempt's money: after a notice, before a charge, and now and then."""

    payment_id: str
    attempt: int


class CompareBooks(BackgroundJob):
    """Compare the next payments of what has moved `since` then with their providers: those that follow `after`."""

    since: datetime
    after: tuple[str, int] = ("", 0)


class BooksCompared(Event):
    """The differences among some payments, of which `last` was the last; None where no more are left."""

    unasked: ClassVar[bool] = True
    since: datetime
    last: tuple[str, int] | None = None
    differences: tuple[Difference, ...] = ()


class BackAsked(Event):
    """The provider's answer, if `asked_at`: what is with its payer again, how a dispute stands (open, won, lost)."""

    unasked: ClassVar[bool] = True
    payment_id: str
    attempt: int
    asked_at: datetime | None = None
    refunded: int = 0
    disputed: str | None = None
    case: str = ""
    disputed_amount: int = 0


class MoneyBack(News):
    """Money that paid an order came back to its payer, or is claimed back through the bank or PayPal.

    `kind`: part, whole, withdrawn (its contract is over), dispute, dispute_won, dispute_lost. `back` is the sum now,
    `total` all so far. `ends_at`: the end of what isn't renewed. `left`: what is left without a change, since when.
    """

    kind: str
    number: str
    back: Money
    total: Money
    ends_at: datetime | None = None
    by_transfer: bool = False
    left: tuple[str, int, datetime | None] | None = None


class TransferNotBooked(News):
    """A transfer that pays nothing: wrong_amount, wrong_currency, already_paid, cancelled; later returned or moved."""

    order_id: str
    number: str
    sum: Money
    gross: Money
    reason: str


class PaymentDue(News):
    """A payment that somebody has to carry to a bank or a post office, a few days before its deadline."""

    payment_id: str
    number: str
    gross: Money
    until: datetime
    by_desk: ClassVar[bool] = True


class RefundDue(News):
    """An overpayment, which goes back. `amount` in minor units of `currency`."""

    payment_id: str
    number: str
    attempt: int
    amount: int
    currency: str


class RefundPayment(BackgroundJob):
    """Refund an attempt's overpayment."""

    payment_id: str
    attempt: int
    amount: int
    currency: str


class RefundAnswered(Event):
    """The provider's answer to a refund; if it isn't `taken_on`, a person has been called."""

    unasked: ClassVar[bool] = True
    payment_id: str
    attempt: int
    taken_on: bool


class BookRefund(Command):
    """Book a refund as on its way."""

    payment_id: str
    attempt: int


class RefundBooked(News):
    """The booked refund; `news` is False if it was booked before."""

    number: str
    news: bool


class SetDefaultMethod(Command):
    """Set the method for future renewals: any of a kind, or the stored one of this id."""

    account_id: str
    method: str
    way_id: str | None = None


class DefaultMethodSet(Event):
    """The new method; `label`: that of the stored one."""

    method: str
    label: Private[str | None] = None


class ForgetMethod(Command):
    """Stop using a stored way to pay."""

    account_id: str
    way_id: str


class MethodForgotten(Event):
    """A way that isn't used any more; its provider is told next. `way_id` is None if it wasn't stored."""

    way_id: str | None
    label: Private[str] = ""
    was_default: bool = False


class ForgetStored(BackgroundJob):
    """Have the provider delete a stored way to pay."""

    way_id: str


class ForgetPayer(BackgroundJob):
    """Have a provider delete everything of the account's person."""

    provider: str
    account_id: str


class StoredForgotten(Event):
    """The provider has deleted it, or couldn't be told after all tries, and an alarm was raised."""

    unasked: ClassVar[bool] = True


class StoredWayGone(News):
    """The provider has dropped the stored way that renewals are charged to."""

    label: Private[str]
