"""Payment: the link is given, and the chat goes on by itself when the money is there. Nothing a customer says pays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from dialogs.account import LoggedIn
from dialogs.case import Ctx, Payment
from dialogs.kit import (
    Act,
    Answered,
    Asked,
    Call,
    Chosen,
    Decision,
    Dialog,
    DropTimer,
    Event,
    Option,
    Params,
    Say,
    SetTimer,
    TimerDue,
    Word,
    then,
)
from dialogs.order import OrderCancelled, cart, methods
from values.expects import Expects
from values.money import Money

POLL = "payment_poll"
EXPIRY = "payment_expiry"
POLL_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class OpenPayment(Act):
    """A payment for the placed order by this method; another open one of the order is cancelled."""

    order_id: str
    method: str


@dataclass(frozen=True, slots=True)
class ReopenPayment(Act):
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
class ExpirePayment(Act):
    """The offer to pay has run out."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class PaymentNoticed(Event):
    """A provider's authentic notice is stored; whether it is money is asked next."""

    payment_id: str
    attempt: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PaymentReturned(Event):
    """The payer's browser came back; that proves nothing, so the provider is asked."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class ConfirmPayment(Call):
    """Ask the provider to confirm what its notice said (Przelewy24 verify, PayPal capture)."""

    payment_id: str
    attempt: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskPayment(Call):
    """Ask the provider how the payment stands."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class PollPayment(Call):
    """The same, unasked by the customer: so that a lost notice loses nothing."""

    background: ClassVar[bool] = True
    payment_id: str


@dataclass(frozen=True, slots=True)
class AskReturned(Call):
    """The same when the payer is back: an attempt that has no money by then has failed."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class PaymentChecked(Event):
    """What the provider says: pending, paid, failed, unknown. It counts whether or not it is awaited."""

    unasked: ClassVar[bool] = True
    payment_id: str
    state: str
    attempt: int = 0
    amount: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class BookPayment(Act):
    """Book what the provider said."""

    payment_id: str
    attempt: int
    state: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class PaymentBooked(Event):
    """The books after it: `status` of the payment; `news` is False when nothing changed by it."""

    payment_id: str
    order_id: str
    number: str
    status: str
    gross: Money
    news: bool


@dataclass(frozen=True, slots=True)
class RefundDue(Event):
    """More money came than was owed: it is sent back."""

    payment_id: str
    number: str


def _outlives(s: Payment) -> Payment:
    return s if s.status == "paid" else Payment()


dialog = Dialog("payment", Payment, outlives=_outlives)


def _method(s: Payment, ctx: Ctx) -> str:
    return s.method or ctx.case.order.method or ""


def _ways_on(s: Payment, ctx: Ctx) -> tuple[Option, ...]:
    others = tuple(o for o in methods(ctx) if o.value != _method(s, ctx))
    if s.status == "pending":
        return (Option("payment:check", "option.payment.check"), *others)
    return (Option("pay:now", "option.pay.again"), *methods(ctx))


def _shown(s: Payment, ctx: Ctx) -> Params:
    return {
        "gross": cart(ctx.case.order, ctx).gross,
        "number": ctx.case.order.number,
        "method": Word(f"option.method.{_method(s, ctx)}"),
        "status": s.status,
    }


open_ = dialog.do(
    "open",
    lambda s, c: OpenPayment(c.case.order.id or "", _method(s, c)),
    done=lambda s, _c: s.id is not None,
    slots=("id", "status", "expires_at"),
)
payment = dialog.wait(
    "payment",
    Expects.payment,
    done=lambda s, _c: s.status == "paid",
    options=_ways_on,
    params=_shown,
    intents={"payment_status": "payment:check", "pay": "payment:check", "affirm": "payment:check"},
    links=("payment",),
    final=lambda s, _c: s.status == "paid",
)


@dialog.always(PaymentOpened)
def opened(s: Payment, e: PaymentOpened, ctx: Ctx) -> Decision[Payment]:
    """The provider is asked after from now on, until the money is there or the offer has run out."""
    return then(
        replace(s, id=e.payment_id, status="pending", expires_at=e.expires_at),
        SetTimer(POLL, ctx.now + POLL_EVERY),
        SetTimer(EXPIRY, e.expires_at),
    )


@payment.on(Answered)
def asked_by_customer(s: Payment, _e: Answered, _ctx: Ctx) -> Decision[Payment]:
    """ "I have paid" is answered by asking the provider."""
    return then(s, AskPayment(s.id or ""))


@payment.on(Chosen)
def another_try(s: Payment, e: Chosen, _ctx: Ctx) -> Decision[Payment]:
    """The same payment once more, or a new one by another method."""
    if e.payload == "pay:now":
        return then(s, ReopenPayment(s.id or ""))
    return then(Payment(method=e.value))


@payment.on(PaymentNotChanged)
def not_reopened(s: Payment, e: PaymentNotChanged, _ctx: Ctx) -> Decision[Payment]:
    """It can't be tried again as it is: a new one is opened, unless the money has come meanwhile."""
    return then(replace(s, status="paid") if e.status == "paid" else Payment(method=s.method))


@payment.on(PaymentChecked)
def checked_for_customer(s: Payment, e: PaymentChecked, _ctx: Ctx) -> Decision[Payment]:
    """The customer asked: no news is said, too."""
    if e.state == "pending":
        return then(s, Say("payment.not_yet"))
    return then(s, _book(e))


@dialog.always(PaymentChecked)
def checked(s: Payment, e: PaymentChecked, _ctx: Ctx) -> Decision[Payment]:
    """Unasked: only news counts."""
    return then(s) if e.state in ("pending", "unknown") else then(s, _book(e))


@dialog.always(PaymentNoticed)
def noticed(s: Payment, e: PaymentNoticed, _ctx: Ctx) -> Decision[Payment]:
    """A notice is a reason to ask, not money."""
    return then(s, ConfirmPayment(e.payment_id, e.attempt, e.facts))


@dialog.always(PaymentReturned)
def payer_returned(s: Payment, e: PaymentReturned, _ctx: Ctx) -> Decision[Payment]:
    """The provider is asked at once, so that the customer needn't wait for the notice."""
    return then(s, AskReturned(e.payment_id))


@dialog.always(PaymentBooked)
def booked(s: Payment, e: PaymentBooked, ctx: Ctx) -> Decision[Payment]:
    """Money counts wherever the customer stands; a failure matters only for the payment that is open here."""
    ours = e.payment_id == s.id or ctx.case.order.id == e.order_id
    params: Params = {"number": e.number, "gross": e.gross}
    if e.status == "paid":
        paid = replace(s, id=e.payment_id, status="paid") if ours else s
        timers = (DropTimer(POLL), DropTimer(EXPIRY)) if ours else ()
        return then(paid, *timers, *((Say("payment.paid", params),) if e.news else ()))
    if e.payment_id != s.id:
        return then(s)
    return then(replace(s, status=e.status), *((Say(f"payment.{e.status}", params),) if e.news else ()))


@dialog.always(RefundDue)
def refund_due(s: Payment, e: RefundDue, _ctx: Ctx) -> Decision[Payment]:
    """Told at once, so that nobody worries."""
    return then(s, Say("payment.refund_due", {"number": e.number}))


@dialog.always(TimerDue)
def time_passed(s: Payment, e: TimerDue, ctx: Ctx) -> Decision[Payment]:
    """Ask after an open payment every quarter of an hour; end the offer when its time is over."""
    if e.kind not in (POLL, EXPIRY) or s.id is None or s.status == "paid":
        return then(s)
    if e.kind == EXPIRY:
        return then(s, ExpirePayment(s.id))
    return then(s, PollPayment(s.id), SetTimer(POLL, ctx.now + POLL_EVERY))


@dialog.always(OrderCancelled)
def order_cancelled(_s: Payment, _e: OrderCancelled, _ctx: Ctx) -> Decision[Payment]:
    """The payment was cancelled with its order."""
    return then(Payment(), DropTimer(POLL), DropTimer(EXPIRY))


@dialog.always(LoggedIn)
def logged_in(_s: Payment, e: LoggedIn, _ctx: Ctx) -> Decision[Payment]:
    """The payment of the account's order goes on where it was left."""
    order = e.view.order
    if order is None or order.status not in ("placed", "paid", "failed"):
        return then(Payment())
    return then(Payment(id=order.payment_id, status=order.payment_status, method=order.payment_method))


@dialog.asked("payment_status")
def status_asked(s: Payment, _e: Asked, ctx: Ctx) -> Decision[Payment]:
    """How the payment stands, at any step."""
    return then(s, Say("payment.status" if s.id else "payment.none", _shown(s, ctx)))


def _book(e: PaymentChecked) -> BookPayment:
    return BookPayment(e.payment_id, e.attempt, e.state, e.amount, e.currency)
