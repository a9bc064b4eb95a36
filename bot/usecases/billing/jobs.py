"""Jobs that ask payment providers: confirmations, refunds, charges of stored payment methods.

A charge is repeated only under its own name and only while a provider remembers that name; before it is repeated, and
before any charge of a payment that was tried before, the provider is asked: nothing is taken twice.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from msgspec import Struct

from bot.usecases.job_deps import JobDeps, does
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
    StoredNotForgotten,
)
from dialogs.messages.renewal import AskCharge, ChargeAnswered, ChargeStored
from services.errors import Conflict, ProviderRefused, ProviderUnavailable, ServiceError
from services.jobs.port import StoredJob
from services.orders import order_record, withdrawals
from services.orders.order_record import OrderRecord
from services.payments import methods, record
from services.payments.methods import Method
from services.payments.providers.base import Attempt, Charge, State, StoringProvider
from services.payments.record import UNDER_WAY, PaymentAttempt, PaymentRecord
from services.subscriptions import subscriptions

_log = structlog.get_logger(__name__)


def _unknown(job: ConfirmPayment | AskPayment | AskReturned | PollPayment) -> Event:
    return PaymentChecked(job.payment_id, "unknown")


def _charge_unknown(job: ChargeStored | AskCharge) -> Event:
    return ChargeAnswered(job.payment_id, job.attempt, "unknown")


def _not_refunded(job: RefundPayment) -> Event:
    return RefundAnswered(job.payment_id, job.attempt, taken_on=False)


@does(ConfirmPayment, tries=12, given_up=_unknown)
async def confirm_payment(deps: JobDeps, job: ConfirmPayment, _stored: StoredJob) -> Event:
    attempt = await deps.store.read(lambda c: record.attempt(c, job.payment_id, job.attempt))
    if attempt is None:
        return PaymentChecked(job.payment_id, "unknown")
    provider = deps.providers[attempt.provider]
    return await _checked(deps, attempt, lambda known: provider.confirm(known, job.facts))


@does(AskPayment, PollPayment, tries=2, given_up=_unknown)
async def ask_payment(deps: JobDeps, job: AskPayment | PollPayment, _stored: StoredJob) -> Event:
    return await _ask(deps, job.payment_id)


@does(AskReturned, tries=4, given_up=_unknown)
async def ask_returned(deps: JobDeps, job: AskReturned, _stored: StoredJob) -> Event:
    """Ask after the payer returned: without money the attempt has failed, whatever the provider waits for."""
    checked = await _ask(deps, job.payment_id)
    if checked.state == "pending" and checked.attempt:
        return PaymentChecked(job.payment_id, "failed", checked.attempt)
    return checked


@does(RefundPayment, tries=12, given_up=_not_refunded)
async def refund_payment(deps: JobDeps, job: RefundPayment, stored: StoredJob) -> Event:
    """Refund under the job's key: a repeat after a lost answer refunds nothing twice."""
    attempt = await deps.store.read(lambda c: record.attempt(c, job.payment_id, job.attempt))
    if attempt is None:
        return RefundAnswered(job.payment_id, job.attempt, taken_on=False)
    provider = deps.providers[attempt.provider]
    owed = Attempt(attempt.reference, attempt.provider_ref, job.amount, job.currency)
    notify_url = f"{deps.public_url}/webhooks/payments/{attempt.provider}"
    try:
        await provider.refund(owed, amount=job.amount, key=stored.key, reason="paid twice", notify_url=notify_url)
    except (ProviderRefused, Conflict) as error:
        _log.error("refund_refused", alarm=True, payment=job.payment_id, **_told(attempt, error))
        return RefundAnswered(job.payment_id, job.attempt, taken_on=False)
    return RefundAnswered(job.payment_id, job.attempt, taken_on=True)


async def _ask(deps: JobDeps, payment_id: str) -> PaymentChecked:
    """Money in any attempt counts; else the newest attempt says how the payment stands."""
    known = await deps.store.read(lambda connection: record.attempts_of(connection, payment_id))
    latest = PaymentChecked(payment_id, "pending")
    for attempt in known:
        if attempt.status == "paid":  # booked already, as another conversation of the customer may not know
            booked = (attempt.received or 0, attempt.received_currency or "")
            return PaymentChecked(payment_id, "paid", attempt.n, *booked)
        if attempt.stored_id is not None or attempt.status not in ("created", "pending", "failed"):
            continue  # what the desk charges by itself it asks after by itself
        latest = await _checked(deps, attempt, deps.providers[attempt.provider].ask)
        if latest.state == "paid":
            return latest
    return latest


async def _checked(
    deps: JobDeps, attempt: record.PaymentAttempt, question: Callable[[Attempt], Awaitable[State]]
) -> PaymentChecked:
    owed = await deps.store.read(lambda connection: record.get(connection, attempt.payment_id))
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


class _Facts(Struct, frozen=True):
    """The order, its payment and its attempts just before a charge. `wanted`: the charge is still to be made."""

    order: OrderRecord
    payment: PaymentRecord
    attempt: PaymentAttempt
    earlier: tuple[PaymentAttempt, ...]
    way: Method | None
    wanted: bool


# Less than three hours: for longer no provider is sure to know a charge by its name.
@does(ChargeStored, tries=9, given_up=_charge_unknown)
async def charge_stored(deps: JobDeps, job: ChargeStored, stored: StoredJob) -> Event:
    """Take the money, unless it has come meanwhile or isn't to be taken any more."""
    now = deps.clock.now()
    known = await deps.store.read(lambda c: _facts(c, job, now))
    stopped = ChargeAnswered(job.payment_id, job.attempt, "stopped")
    if known is None or known.attempt.status not in UNDER_WAY:
        return stopped
    for earlier in known.earlier:
        answer = await _ask_charge(deps, known.payment, earlier)
        if answer.state == "paid":
            return answer
    if stored.attempts > 1:
        answer = await _ask_charge(deps, known.payment, known.attempt)
        if answer.state in ("paid", "failed"):
            return answer
    if not known.wanted or known.way is None:
        return stopped
    if known.attempt.created_at + REPEATABLE <= now and stored.attempts > 1:
        return ChargeAnswered(job.payment_id, job.attempt, "unknown")
    return await _charge(deps, known, known.way)


@does(AskCharge, tries=60, given_up=_charge_unknown)
async def ask_charge(deps: JobDeps, job: AskCharge, _stored: StoredJob) -> Event:
    """Ask how a charge stands that hasn't ended. Raises ProviderUnavailable while it is pending."""
    owed = await deps.store.read(lambda c: record.get(c, job.payment_id))
    attempt = await deps.store.read(lambda c: record.attempt(c, job.payment_id, job.attempt))
    if owed is None or attempt is None:
        return ChargeAnswered(job.payment_id, job.attempt, "stopped")
    answer = await _ask_charge(deps, owed, attempt)
    if answer.state == "pending":
        raise ProviderUnavailable("charge_pending", retry_after=PENDING_AGAIN)
    return answer


@does(ForgetStored, tries=24, given_up=lambda _: StoredNotForgotten())
async def forget_stored(deps: JobDeps, job: ForgetStored, _stored: StoredJob) -> Event:
    """Forget the method at the provider, then in the store: a crash between the two repeats it."""
    known = await deps.store.read(lambda c: methods.get(c, job.way_id))
    if known is None or known.forgotten_at is None:
        return StoredForgotten()
    provider = deps.providers.get(known.provider or "")
    if known.is_stored and isinstance(provider, StoringProvider):
        await provider.forget(known.stored)
    await deps.store.write(lambda c: methods.remove(c, account_id=known.account_id, method_id=known.id))
    return StoredForgotten()


@does(ForgetPayer, tries=24, given_up=lambda _: StoredNotForgotten())
async def forget_payer(deps: JobDeps, job: ForgetPayer, _stored: StoredJob) -> Event:
    """Forget the payer at the provider, if it keeps any."""
    provider = deps.providers.get(job.provider)
    if isinstance(provider, StoringProvider):
        await provider.forget_payer(job.account_id)
    return StoredForgotten()


async def _charge(deps: JobDeps, known: _Facts, way: Method) -> Event:
    provider = deps.providers.get(known.attempt.provider)
    if not isinstance(provider, StoringProvider):
        return ChargeAnswered(known.payment.id, known.attempt.n, "stopped")
    attempt = Attempt(known.attempt.reference, None, known.payment.amount, known.payment.currency)
    charge = Charge(attempt, f"{deps.renderer.seller.name} {known.order.number}", way.stored)
    try:
        charged = await provider.charge(charge)
    except (ProviderRefused, Conflict) as error:
        _log.error("charge_refused", alarm=True, payment=known.payment.id, **_told(known.attempt, error))
        return ChargeAnswered(known.payment.id, known.attempt.n, "unknown")
    return _answer(known.attempt, charged.state, charged.provider_ref)


async def _ask_charge(deps: JobDeps, owed: PaymentRecord, attempt: PaymentAttempt) -> ChargeAnswered:
    state = await _ask_provider(owed, attempt, deps.providers[attempt.provider].ask)
    return ChargeAnswered(owed.id, attempt.n, "unknown") if state is None else _answer(attempt, state, "")


async def _ask_provider(
    owed: PaymentRecord, attempt: PaymentAttempt, question: Callable[[Attempt], Awaitable[State]]
) -> State | None:
    """Return how the attempt stands at its provider; None, with an alarm, if the provider refuses to say."""
    try:
        return await question(Attempt(attempt.reference, attempt.provider_ref, owed.amount, owed.currency))
    except (ProviderRefused, Conflict) as error:
        _log.error("payment_refused", alarm=True, payment=owed.id, **_told(attempt, error))
        return None


def _told(attempt: PaymentAttempt, error: ServiceError) -> dict[str, str]:
    """Return for an alarm which provider said what."""
    return {"provider": attempt.provider, "reason": error.reason, "origin": error.origin}


def state_told(state: State) -> str:
    """Return the state of an attempt in the words of the dialogs: paid, pending, failed or unknown."""
    return {"expired": "failed", "refunded": "unknown"}.get(state.status, state.status)


def _answer(attempt: PaymentAttempt, state: State, provider_ref: str) -> ChargeAnswered:
    money = (state.amount, state.currency.upper())
    return ChargeAnswered(attempt.payment_id, attempt.n, state_told(state), *money, state.refusal, provider_ref)


def _facts(connection: sa.Connection, job: ChargeStored, now: datetime) -> _Facts | None:
    payment = record.get(connection, job.payment_id)
    attempts = record.attempts_of(connection, job.payment_id)
    mine = next((a for a in attempts if a.n == job.attempt), None)
    order = order_record.get(connection, payment.order_id) if payment is not None else None
    if payment is None or order is None or mine is None:
        return None
    renewed = [subscriptions.get(connection, item.renews) for item in order.items if item.renews is not None]
    way = methods.get(connection, mine.stored_id) if mine.stored_id is not None else None
    good = way is not None and way.provider == mine.provider and way.is_good(now.date())
    owed = payment.status == "pending" and order.status == "placed"
    agreed = all(of is not None and of.auto_renewal for of in renewed)
    agreed = agreed and not withdrawals.stop_charges(connection, order.account_id, [of.id for of in renewed if of])
    tried = tuple(a for a in attempts if a.n < mine.n and a.status in (*UNDER_WAY, "failed"))
    return _Facts(order, payment, mine, tried, way if good else None, wanted=owed and good and agreed)
