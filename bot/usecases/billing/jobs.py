"""Calls about payments whose payer is there: how they stand at the provider, and what is given back."""

from collections.abc import Awaitable, Callable

import structlog

from bot.usecases.billing.charge_jobs import state_told
from bot.usecases.job_deps import JobDeps
from dialogs.kit import Event
from dialogs.messages.payment import (
    AskPayment,
    AskReturned,
    ConfirmPayment,
    PaymentChecked,
    PollPayment,
    RefundAnswered,
    RefundPayment,
)
from services.errors import Conflict, ProviderRefused
from services.jobs.port import StoredJob
from services.payments import record
from services.payments.providers.base import Attempt, State
from values.payment import KeptWay

_log = structlog.get_logger(__name__)


async def confirm_payment(tools: JobDeps, call: ConfirmPayment, _stored: StoredJob) -> Event:
    """What a notice tells is confirmed with its provider."""
    attempt = await tools.store.read(lambda c: record.attempt(c, call.payment_id, call.attempt))
    if attempt is None:
        return PaymentChecked(call.payment_id, "unknown")
    provider = tools.providers[attempt.provider]
    return await _checked(tools, attempt, lambda known: provider.confirm(known, call.facts))


async def ask_payment(tools: JobDeps, call: AskPayment | PollPayment, _stored: StoredJob) -> Event:
    """How it stands."""
    return await _ask(tools, call.payment_id)


async def ask_returned(tools: JobDeps, call: AskReturned, _stored: StoredJob) -> Event:
    """Whoever is back without money has failed, whatever the provider waits for."""
    checked = await _ask(tools, call.payment_id)
    if checked.state == "pending" and checked.attempt:
        return PaymentChecked(call.payment_id, "failed", checked.attempt)
    return checked


async def refund_payment(tools: JobDeps, call: RefundPayment, stored: StoredJob) -> Event:
    """Under the call's key: a repeat after a lost answer gives nothing back twice."""
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
    try:
        state = await question(Attempt(attempt.reference, attempt.provider_ref, owed.amount, owed.currency))
    except (ProviderRefused, Conflict) as error:
        _log.error("payment_refused", alarm=True, payment=attempt.payment_id, reason=error.reason)
        return PaymentChecked(attempt.payment_id, "unknown", attempt.n)
    return PaymentChecked(
        attempt.payment_id, state_told(state), attempt.n, state.amount, state.currency.upper(), _kept(state)
    )


def _kept(state: State) -> KeptWay | None:
    kept = state.stored
    return None if kept is None else KeptWay(kept.token, kept.customer, kept.label, kept.expires)
