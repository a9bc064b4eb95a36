"""Jobs that ask payment providers: confirmations, refunds, charges of stored payment methods.

A charge is repeated only under its own name and only while a provider remembers that name; before it is repeated, and
before any charge of a payment that was tried before, the provider is asked: nothing is taken twice.
"""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
import structlog
from msgspec import Struct, structs

from bot.usecases.job_deps import JobDeps, does
from dialogs.kit import Event
from dialogs.messages import payment as messages
from dialogs.messages.renewal import MONEY_WENT_BACK, AskCharge, ChargeAnswered, ChargeStored
from services.errors import Conflict, ProviderRefused, ServiceError, StillPending
from services.jobs.port import StoredJob
from services.orders import order_record, withdrawals
from services.orders.order_record import OrderRecord
from services.payments import attempts, methods, questions, record
from services.payments.methods import Method
from services.payments.providers.base import Attempt, Charge, CodeProvider, Returned, State, StoringProvider
from services.payments.record import MONEY_CAME, UNDER_WAY, PaymentAttempt, PaymentRecord
from services.subscriptions import changes, subscription_record
from services.subscriptions.subscription_record import Subscription

T = TypeVar("T")
_log = structlog.get_logger(__name__)
NOT_BOOKED_AGAIN = timedelta(minutes=1)


def _unknown(job: messages.ConfirmPayment | messages.AskPayment | messages.AskReturned | messages.PollPayment) -> Event:
    return messages.PaymentChecked(job.payment_id, "unknown")


def _charge_unknown(job: ChargeStored | AskCharge) -> Event:
    return ChargeAnswered(job.payment_id, job.attempt, "unknown")


@does(messages.ConfirmPayment, tries=12, given_up=_unknown)
async def confirm_payment(deps: JobDeps, job: messages.ConfirmPayment, _stored: StoredJob) -> Event:
    attempt = await deps.store.read(lambda c: record.attempt(c, job.payment_id, job.attempt))
    if attempt is None:
        return messages.PaymentChecked(job.payment_id, "unknown")
    provider = deps.providers[attempt.provider]
    state = await ask_state(deps, attempt, lambda known: provider.confirm(known, job.facts))
    if attempt.status == "code_sent" and state is not None and state.status == "failed":
        return await refuse_code(deps, attempt, state.refusal)
    return _report(attempt, state)


@does(messages.AskPayment, messages.PollPayment, tries=2, given_up=_unknown)
async def ask_payment(deps: JobDeps, job: messages.AskPayment | messages.PollPayment, _stored: StoredJob) -> Event:
    return await _ask(deps, job.payment_id)


@does(messages.AskReturned, tries=4, given_up=_unknown)
async def ask_after_return(deps: JobDeps, job: messages.AskReturned, _stored: StoredJob) -> Event:
    """Ask after the payer returned: without money the attempt has failed, whatever the provider waits for."""
    checked = await _ask(deps, job.payment_id)
    if checked.state == "pending" and checked.attempt:
        return messages.PaymentChecked(job.payment_id, "failed", checked.attempt)
    return checked


@does(
    messages.RefundPayment,
    tries=12,
    given_up=lambda job: messages.RefundAnswered(job.payment_id, job.attempt, taken_on=False),
)
async def refund_payment(deps: JobDeps, job: messages.RefundPayment, stored: StoredJob) -> Event:
    """Refund under the job's key: a repeat after a lost answer refunds nothing twice."""
    attempt = await deps.store.read(lambda c: record.attempt(c, job.payment_id, job.attempt))
    if attempt is None:
        return messages.RefundAnswered(job.payment_id, job.attempt, taken_on=False)
    provider = deps.providers[attempt.provider]
    owed = Attempt(attempt.reference, attempt.provider_ref, job.amount, job.currency)
    notify_url = f"{deps.public_url}/webhooks/payments/{attempt.provider}"
    try:
        await provider.refund(owed, amount=job.amount, key=stored.key, reason="paid twice", notify_url=notify_url)
    except (ProviderRefused, Conflict) as error:
        _log.error("refund_refused", alarm=True, payment=job.payment_id, **_told(attempt, error))
        return messages.RefundAnswered(job.payment_id, job.attempt, taken_on=False)
    return messages.RefundAnswered(job.payment_id, job.attempt, taken_on=True)


@does(messages.AskBack, tries=12, given_up=lambda job: messages.BackAsked(job.payment_id, job.attempt))
async def ask_what_came_back(deps: JobDeps, job: messages.AskBack, _stored: StoredJob) -> Event:
    """Ask what came back. Raises StillPending while the rest of the money isn't booked."""
    now = deps.clock.now()
    owed, attempt = await deps.store.read(
        lambda c: (record.get(c, job.payment_id), record.attempt(c, job.payment_id, job.attempt))
    )
    said = await _returned(deps, owed, attempt) if owed is not None and attempt is not None else None
    if owed is None or attempt is None or said is None:
        return messages.BackAsked(job.payment_id, job.attempt)
    if 0 < said.refunded < owed.amount and attempt.status not in MONEY_CAME:
        raise StillPending("not_booked_yet", retry_after=NOT_BOOKED_AGAIN)
    return messages.BackAsked(
        *(job.payment_id, job.attempt, now), said.refunded, said.disputed, said.case, said.disputed_amount
    )


async def _returned(deps: JobDeps, owed: PaymentRecord, attempt: PaymentAttempt) -> Returned | None:
    """Ask the provider; None, with an alarm, if it refuses to say, and for money that came without one."""
    provider = deps.providers.get(attempt.provider)
    if provider is None:
        return None
    return await _question(owed, attempt, provider.returned)


async def _ask(deps: JobDeps, payment_id: str) -> messages.PaymentChecked:
    """Money in any attempt counts; else the newest attempt says how the payment stands."""
    known = await deps.store.read(lambda connection: record.attempts_of(connection, payment_id))
    latest = messages.PaymentChecked(payment_id, "pending")
    for attempt in known:
        if attempt.status == "paid":  # booked already, as another conversation of the customer may not know
            booked = (attempt.received or 0, attempt.received_currency or "")
            return messages.PaymentChecked(payment_id, "paid", attempt.n, *booked)
        if attempt.stored_id is not None or attempt.status not in (*UNDER_WAY, "failed"):
            continue  # what the desk charges by itself it asks after by itself
        told = _report(attempt, await ask_state(deps, attempt, deps.providers[attempt.provider].ask))
        if told.state == "paid":
            return told
        if attempt.status != "code_sent" and attempt.refusal is None:  # a code that failed leaves the payment awaited
            latest = told
    return latest


async def ask_state(
    deps: JobDeps, attempt: PaymentAttempt, question: Callable[[Attempt], Awaitable[State]]
) -> State | None:
    """Return how the attempt stands at its provider; None if it refuses to say, or nothing is known of the payment."""
    owed = await deps.store.read(lambda connection: record.get(connection, attempt.payment_id))
    return None if owed is None else await _question(owed, attempt, question)


def _report(attempt: PaymentAttempt, state: State | None) -> messages.PaymentChecked:
    if state is None:
        return messages.PaymentChecked(attempt.payment_id, "unknown", attempt.n)
    money = (state.amount, state.currency.upper())
    return messages.PaymentChecked(attempt.payment_id, word_state(state), attempt.n, *money, state.stored)


CONFIRMED_WITHIN = timedelta(minutes=3)
"""A code lives for two minutes, and its payer has one to confirm: what comes later is money that came late."""
CODE_AGAIN = timedelta(seconds=5)


@does(messages.AskCode, tries=60, given_up=lambda job: tell_refused_code(job.payment_id, job.attempt, "unconfirmed"))
async def ask_code(deps: JobDeps, job: messages.AskCode, _stored: StoredJob) -> messages.PaymentChecked:
    """Ask how a code has ended, which no provider is sure to tell by itself. Raises StillPending until it has."""
    attempt = await deps.store.read(lambda c: record.attempt(c, job.payment_id, job.attempt))
    if attempt is None or attempt.status not in ("code_sent", "failed"):
        return messages.PaymentChecked(job.payment_id, "pending")
    if attempt.status == "failed":  # as noted just before a crash, or by a notice
        return tell_refused_code(attempt.payment_id, attempt.n, attempt.refusal or "declined")
    provider, waits = deps.providers[attempt.provider], attempt.created_at + CONFIRMED_WITHIN > deps.clock.now()
    question = provider.end_code if isinstance(provider, CodeProvider) and not waits else provider.ask
    state = await ask_state(deps, attempt, question)
    if state is not None and state.status == "paid":
        return _report(attempt, state)
    if state is not None and state.status == "failed":
        return await refuse_code(deps, attempt, state.refusal)
    if waits:
        raise StillPending("code_pending", retry_after=CODE_AGAIN)
    return await refuse_code(deps, attempt, "unconfirmed")


async def refuse_code(deps: JobDeps, attempt: PaymentAttempt, refusal: str | None) -> messages.PaymentChecked:
    """Note that an attempt's code came to nothing, so that another one may be typed; return what its chat is told."""
    reason, now = refusal or "declined", deps.clock.now()
    await deps.store.write(
        lambda c: attempts.refuse_code(c, payment_id=attempt.payment_id, n=attempt.n, refusal=reason, now=now)
    )
    return tell_refused_code(attempt.payment_id, attempt.n, reason)


def tell_refused_code(payment_id: str, n: int, refusal: str) -> messages.PaymentChecked:
    """Return what a chat is told of a code that came to nothing."""
    return messages.PaymentChecked(payment_id, "refused", n, refusal=refusal)


# PayPal remembers the name of a charge for six hours, others longer.
REPEATABLE = timedelta(hours=5)
PENDING_AGAIN = timedelta(hours=6)


class _Facts(Struct, frozen=True):
    """The order, its payment and its attempts just before a charge. `wanted`: the charge is still to be made.

    `before`: what the terms that end were paid with; `gone`: some of it is with its payer again, by the books.
    """

    order: OrderRecord
    payment: PaymentRecord
    attempt: PaymentAttempt
    earlier: tuple[PaymentAttempt, ...]
    way: Method | None
    wanted: bool
    before: tuple[tuple[PaymentRecord, PaymentAttempt], ...]
    gone: bool


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
    if known.gone or await _gone_back(deps, known):
        return structs.replace(stopped, refusal=MONEY_WENT_BACK)
    return await _charge(deps, known, known.way)


@does(AskCharge, tries=60, given_up=_charge_unknown)
async def ask_charge(deps: JobDeps, job: AskCharge, _stored: StoredJob) -> Event:
    """Ask how a charge stands that hasn't ended. Raises StillPending while it is pending."""
    owed = await deps.store.read(lambda c: record.get(c, job.payment_id))
    attempt = await deps.store.read(lambda c: record.attempt(c, job.payment_id, job.attempt))
    if owed is None or attempt is None:
        return ChargeAnswered(job.payment_id, job.attempt, "stopped")
    answer = await _ask_charge(deps, owed, attempt)
    if answer.state == "pending":
        raise StillPending("charge_pending", retry_after=PENDING_AGAIN)
    return answer


@does(messages.ForgetStored, tries=24, given_up=lambda _: messages.StoredForgotten())
async def forget_stored(deps: JobDeps, job: messages.ForgetStored, _stored: StoredJob) -> Event:
    """Forget the method at the provider, then in the store: a crash between the two repeats it."""
    known = await deps.store.read(lambda c: methods.get(c, job.way_id))
    if known is None or known.forgotten_at is None:
        return messages.StoredForgotten()
    provider = deps.providers.get(known.provider or "")
    if known.is_stored and isinstance(provider, StoringProvider):
        await provider.forget(known.stored)
    await deps.store.write(lambda c: methods.remove(c, account_id=known.account_id, method_id=known.id))
    return messages.StoredForgotten()


@does(messages.ForgetPayer, tries=24, given_up=lambda _: messages.StoredForgotten())
async def forget_payer(deps: JobDeps, job: messages.ForgetPayer, _stored: StoredJob) -> Event:
    """Forget the payer at the provider, if it keeps any."""
    provider = deps.providers.get(job.provider)
    if isinstance(provider, StoringProvider):
        await provider.forget_payer(job.account_id)
    return messages.StoredForgotten()


async def _gone_back(deps: JobDeps, known: _Facts) -> bool:
    """Ask what came back of the money of the term that ends: who has it again is charged for no other."""
    for owed, attempt in known.before:
        said = await _returned(deps, owed, attempt)
        if said is not None and (said.refunded >= owed.amount or said.disputed in ("open", "lost")):
            return True
    return False


async def _charge(deps: JobDeps, known: _Facts, way: Method) -> Event:
    provider = deps.providers.get(known.attempt.provider)
    if not isinstance(provider, StoringProvider):
        return ChargeAnswered(known.payment.id, known.attempt.n, "stopped")
    if not known.payment.amount:  # its code leaves nothing to pay
        return ChargeAnswered(known.payment.id, known.attempt.n, "paid", 0, known.payment.currency)
    attempt = Attempt(known.attempt.reference, None, known.payment.amount, known.payment.currency)
    charge = Charge(attempt, f"{deps.renderer.seller.name} {known.order.number}", way.stored, way.method)
    try:
        charged = await provider.charge(charge)
    except (ProviderRefused, Conflict) as error:
        _log.error("charge_refused", alarm=True, payment=known.payment.id, **_told(known.attempt, error))
        return ChargeAnswered(known.payment.id, known.attempt.n, "unknown")
    return _answer(known.attempt, charged.state, charged.provider_ref)


async def _ask_charge(deps: JobDeps, owed: PaymentRecord, attempt: PaymentAttempt) -> ChargeAnswered:
    state = await _question(owed, attempt, deps.providers[attempt.provider].ask)
    return ChargeAnswered(owed.id, attempt.n, "unknown") if state is None else _answer(attempt, state, "")


async def _question(
    owed: PaymentRecord, attempt: PaymentAttempt, question: Callable[[Attempt], Awaitable[T]]
) -> T | None:
    """Return what the provider says of the attempt; None, with an alarm, if the provider refuses to say."""
    try:
        return await question(Attempt(attempt.reference, attempt.provider_ref, owed.amount, owed.currency))
    except (ProviderRefused, Conflict) as error:
        _log.error("payment_refused", alarm=True, payment=owed.id, **_told(attempt, error))
        return None


def _told(attempt: PaymentAttempt, error: ServiceError) -> dict[str, str]:
    """Return for an alarm which provider said what."""
    return {"provider": attempt.provider, "reason": error.reason, "origin": error.origin}


def word_state(state: State) -> str:
    """Return the state of an attempt in the words of the dialogs: paid, pending, failed or unknown."""
    return {"expired": "failed", "refunded": "unknown"}.get(state.status, state.status)


def _answer(attempt: PaymentAttempt, state: State, provider_ref: str) -> ChargeAnswered:
    money = (state.amount, state.currency.upper())
    return ChargeAnswered(attempt.payment_id, attempt.n, word_state(state), *money, state.refusal, provider_ref)


def _facts(connection: sa.Connection, job: ChargeStored, now: datetime) -> _Facts | None:
    payment = record.get(connection, job.payment_id)
    made = record.attempts_of(connection, job.payment_id)
    mine = next((a for a in made if a.n == job.attempt), None)
    order = order_record.get(connection, payment.order_id) if payment is not None else None
    if payment is None or order is None or mine is None:
        return None
    named = [item.of_running for item in order.items if item.of_running is not None]
    running = [of for id in named if (of := subscription_record.get(connection, id)) is not None]
    way = methods.get(connection, mine.stored_id) if mine.stored_id is not None else None
    good = way is not None and way.provider == mine.provider and way.is_good(now.date())
    owed = payment.status == "pending" and order.status == "placed"
    agreed = len(running) == len(named) and _is_agreed(connection, order, payment, running, now)
    agreed = agreed and not withdrawals.stop_charges(connection, order.account_id, named)
    tried = tuple(a for a in made if a.n < mine.n and a.status in (*UNDER_WAY, "failed"))
    terms = subscription_record.terms(connection, order.account_id)
    orders = {term.order_id for of in running if (term := terms.get(of.id)) is not None}
    return _Facts(
        order,
        payment,
        mine,
        tried,
        way if good else None,
        wanted=owed and good and agreed,
        before=tuple(paid for of in sorted(orders) for paid in _paid_with(connection, of)),
        gone=any(record.is_all_money_back(connection, of) for of in orders),
    )


def _is_agreed(
    connection: sa.Connection, order: OrderRecord, payment: PaymentRecord, running: list[Subscription], now: datetime
) -> bool:
    """Return whether all renew themselves still, or still are what the change was ordered for."""
    if any(item.adds is not None for item in order.items):
        return payment.expires_at > now and not changes.is_late(connection, order, subscription_record.get)
    return all(of.auto_renewal for of in running)


def _paid_with(connection: sa.Connection, order_id: str) -> Iterator[tuple[PaymentRecord, PaymentAttempt]]:
    for of in record.of_order(connection, order_id):
        attempt = questions.find_paying_attempt(connection, of.id) if of.paid_at is not None and of.amount else None
        if attempt is not None:
            yield of, attempt
