"""Jobs that ask payment providers: confirmations, refunds, charges of stored payment methods.

A charge is repeated only under its own name and only while a provider remembers that name; before it is repeated, and
before any charge of a payment that was tried before, the provider is asked: nothing is taken twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from bot.usecases.job_deps import JobDeps
from dialogs.kit import Event
from dialogs.messages.payment import (
    AskPayment,
    AskReturned,
    ConfirmPayment,
    ForgetPayer,
    ForgetStored,
    PaymentChecked,
    PollPayment,
    RefundAnswered,
    RefundPayment,
    StoredForgotten,
)
from dialogs.messages.renewal import AskCharge, ChargeAnswered, ChargeStored
from services.errors import Conflict, ProviderRefused, ProviderUnavailable
from services.jobs.port import StoredJob
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import methods, record
from services.payments.methods import Method
from services.payments.providers.base import Attempt, Charge, State, StoringProvider
from services.payments.record import UNDER_WAY, PaymentAttempt, PaymentRecord
from services.subscriptions import subscriptions

_log = structlog.get_logger(__name__)


async def confirm_payment(tools: JobDeps, call: ConfirmPayment, _stored: StoredJob) -> Event:
    """Confirm a notice with its provider."""
    attempt = await tools.store.read(lambda c: record.attempt(c, call.payment_id, call.attempt))
    if attempt is None:
        return PaymentChecked(call.payment_id, "unknown")
    provider = tools.providers[attempt.provider]
    return await _checked(tools, attempt, lambda known: provider.confirm(known, call.facts))


async def ask_payment(tools: JobDeps, call: AskPayment | PollPayment, _stored: StoredJob) -> Event:
    """Ask how the payment stands."""
    return await _ask(tools, call.payment_id)


async def ask_returned(tools: JobDeps, call: AskReturned, _stored: StoredJob) -> Event:
    """Ask after the payer returned: without money the attempt has failed, whatever the provider waits for."""
    checked = await _ask(tools, call.payment_id)
    if checked.state == "pending" and checked.attempt:
        return PaymentChecked(call.payment_id, "failed", checked.attempt)
    return checked


async def refund_payment(tools: JobDeps, call: RefundPayment, stored: StoredJob) -> Event:
    """Refund under the job's key: a repeat after a lost answer refunds nothing twice."""
    attempt = await tools.store.read(lambda c: record.attempt(c, call.payment_id, call.attempt))
    if attempt is None:
        return RefundAnswered(call.payment_id, call.attempt, taken_on=False)
    provider = tools.providers[attempt.provider]
    owed = Attempt(attempt.reference, attempt.provider_ref, call.amount, call.currency)
    notify_url = f"{tools.public_url}/webhooks/payments/{attempt.provider}"
    try:
        await provider.refund(owed, amount=call.amount, key=stored.key, reason="paid twice", notify_url=notify_url)
    except (ProviderRefused, Conflict) as error:
        _log.error("refund_refused", alarm=True, payment=call.payment_id, reason=error.reason)
        return RefundAnswered(call.payment_id, call.attempt, taken_on=False)
    return RefundAnswered(call.payment_id, call.attempt, taken_on=True)


async def _ask(tools: JobDeps, payment_id: str) -> PaymentChecked:
    """Money in any attempt counts; else the newest attempt says how the payment stands."""
    known = await tools.store.read(lambda connection: record.attempts_of(connection, payment_id))
    latest = PaymentChecked(payment_id, "pending")
    for attempt in known:
        if attempt.status == "paid":  # booked already, as another conversation of the customer may not know
            booked = (attempt.received or 0, attempt.received_currency or "")
            return PaymentChecked(payment_id, "paid", attempt.n, *booked)
        if attempt.stored_id is not None or attempt.status not in ("created", "pending", "failed"):
            continue  # what the desk charges by itself it asks after by itself
        latest = await _checked(tools, attempt, tools.providers[attempt.provider].ask)
        if latest.state == "paid":
            return latest
    return latest


async def _checked(
    tools: JobDeps, attempt: record.PaymentAttempt, question: Callable[[Attempt], Awaitable[State]]
) -> PaymentChecked:
    owed = await tools.store.read(lambda connection: record.get(connection, attempt.payment_id))
    if owed is None:
        return PaymentChecked(attempt.payment_id, "unknown")
    state = await _ask_provider(owed, attempt, question)
    if state is None:
        return PaymentChecked(attempt.payment_id, "unknown", attempt.n)
    return PaymentChecked(
        attempt.payment_id, state_told(state), attempt.n, state.amount, state.currency.upper(), state.stored
    )


# PayPal remembers the name of a charge for six hours, others longer.
REPEATABLE = timedelta(hours=5)
PENDING_AGAIN = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class _Facts:
    """How everything stands just before the charge. `wanted`: it is still to be made."""

    order: OrderRecord
    payment: PaymentRecord
    attempt: PaymentAttempt
    earlier: tuple[PaymentAttempt, ...]
    way: Method | None
    wanted: bool


async def charge_stored(tools: JobDeps, call: ChargeStored, stored: StoredJob) -> Event:
    """Take the money, unless it has come meanwhile or isn't to be taken any more."""
    now = tools.clock.now()
    known = await tools.store.read(lambda c: _facts(c, call, now))
    stopped = ChargeAnswered(call.payment_id, call.attempt, "stopped")
    if known is None or known.attempt.status not in UNDER_WAY:
        return stopped
    for earlier in known.earlier:
        told = await _ask_charge(tools, known.payment, earlier)
        if told.state == "paid":
            return told
    if stored.attempts > 1:
        told = await _ask_charge(tools, known.payment, known.attempt)
        if told.state in ("paid", "failed"):
            return told
    if not known.wanted or known.way is None:
        return stopped
    if known.attempt.created_at + REPEATABLE <= now and stored.attempts > 1:
        return ChargeAnswered(call.payment_id, call.attempt, "unknown")
    return await _charge(tools, known, known.way)


async def ask_charge(tools: JobDeps, call: AskCharge, _stored: StoredJob) -> Event:
    """Ask how a charge stands that hasn't ended. Raises ProviderUnavailable while it is pending."""
    owed = await tools.store.read(lambda c: record.get(c, call.payment_id))
    attempt = await tools.store.read(lambda c: record.attempt(c, call.payment_id, call.attempt))
    if owed is None or attempt is None:
        return ChargeAnswered(call.payment_id, call.attempt, "stopped")
    told = await _ask_charge(tools, owed, attempt)
    if told.state == "pending":
        raise ProviderUnavailable("charge_pending", retry_after=PENDING_AGAIN)
    return told


async def forget_stored(tools: JobDeps, call: ForgetStored, _stored: StoredJob) -> Event:
    """Forget the method at the provider, then in the store: a crash between the two repeats it."""
    known = await tools.store.read(lambda c: methods.get(c, call.way_id))
    if known is None or known.forgotten_at is None:
        return StoredForgotten()
    provider = tools.providers.get(known.provider or "")
    if known.is_stored and isinstance(provider, StoringProvider):
        await provider.forget(known.stored)
    await tools.store.write(lambda c: methods.remove(c, account_id=known.account_id, method_id=known.id))
    return StoredForgotten()


async def forget_payer(tools: JobDeps, call: ForgetPayer, _stored: StoredJob) -> Event:
    """Forget the payer at the provider, if it keeps any."""
    provider = tools.providers.get(call.provider)
    if isinstance(provider, StoringProvider):
        await provider.forget_payer(call.account_id)
    return StoredForgotten()


async def _charge(tools: JobDeps, known: _Facts, way: Method) -> Event:
    provider = tools.providers.get(known.attempt.provider)
    if not isinstance(provider, StoringProvider):
        return ChargeAnswered(known.payment.id, known.attempt.n, "stopped")
    charge = Charge(
        payment_ref=known.attempt.reference,
        amount=known.payment.amount,
        currency=known.payment.currency,
        description=f"{tools.renderer.seller.name} {known.order.number}",
        stored=way.stored,
    )
    try:
        charged = await provider.charge(charge)
    except (ProviderRefused, Conflict) as error:
        _log.error("charge_refused", alarm=True, payment=known.payment.id, reason=error.reason)
        return ChargeAnswered(known.payment.id, known.attempt.n, "unknown")
    return _answer(known.attempt, charged.state, charged.provider_ref)


async def _ask_charge(tools: JobDeps, owed: PaymentRecord, attempt: PaymentAttempt) -> ChargeAnswered:
    state = await _ask_provider(owed, attempt, tools.providers[attempt.provider].ask)
    return ChargeAnswered(owed.id, attempt.n, "unknown") if state is None else _answer(attempt, state, "")


async def _ask_provider(
    owed: PaymentRecord, attempt: PaymentAttempt, question: Callable[[Attempt], Awaitable[State]]
) -> State | None:
    """Return how the attempt stands at its provider; None, with an alarm, if the provider refuses to say."""
    try:
        return await question(Attempt(attempt.reference, attempt.provider_ref, owed.amount, owed.currency))
    except (ProviderRefused, Conflict) as error:
        _log.error("payment_refused", alarm=True, payment=owed.id, reason=error.reason)
        return None


def state_told(state: State) -> str:
    """How an attempt stands, in the words of the dialogs: paid, pending, failed or unknown."""
    return {"expired": "failed", "refunded": "unknown"}.get(state.status, state.status)


def _answer(attempt: PaymentAttempt, state: State, provider_ref: str) -> ChargeAnswered:
    money = (state.amount, state.currency.upper())
    return ChargeAnswered(attempt.payment_id, attempt.n, state_told(state), *money, state.refusal, provider_ref)


def _facts(connection: sa.Connection, call: ChargeStored, now: datetime) -> _Facts | None:
    payment = record.get(connection, call.payment_id)
    attempts = record.attempts_of(connection, call.payment_id)
    mine = next((a for a in attempts if a.n == call.attempt), None)
    order = order_record.get(connection, payment.order_id) if payment is not None else None
    if payment is None or order is None or mine is None:
        return None
    renewed = [subscriptions.get(connection, item.renews) for item in order.items if item.renews is not None]
    way = methods.get(connection, mine.stored_id) if mine.stored_id is not None else None
    good = way is not None and way.provider == mine.provider and way.is_good(now.date())
    owed = payment.status == "pending" and order.status == "placed"
    agreed = all(of is not None and of.auto_renewal for of in renewed)
    tried = tuple(a for a in attempts if a.n < mine.n and a.status in (*UNDER_WAY, "failed"))
    return _Facts(order, payment, mine, tried, way if good else None, wanted=owed and good and agreed)
