"""States of attempts, derived from Stripe's sessions and payment intents."""

from services.errors import ProviderRefused
from services.payments.providers.base import Attempt, CodeRefusal, Refusal, State, Status, demand_registered_amount
from services.payments.providers.stripe.models import CheckoutSession, PaymentIntent
from values.payment import StoredMethod


def of_session(attempt: Attempt, session: CheckoutSession) -> State:
    """Return the state by the session the payer was led to.

    Raises ProviderRefused("other_payment") and ProviderRefused("amount_mismatch").
    """
    if session.client_reference_id != attempt.payment_ref:
        raise ProviderRefused("other_payment", origin="stripe")
    intent = session.payment_intent or session.setup_intent
    if session.payment_status == "paid":
        demand_registered_amount(attempt, session.amount_total, session.currency)
        # The session says that it is paid, the intent how much of that is still there.
        return of_intent(attempt, intent) if intent is not None else _plain(attempt, "paid")
    if session.status == "expired":
        return _plain(attempt, "expired")
    if session.status == "complete" and intent is not None:
        return of_intent(attempt, intent)
    # Open: a card that was declined there doesn't end it, the payer may take another one.
    return _plain(attempt, "pending")


def of_intent(attempt: Attempt, intent: PaymentIntent) -> State:
    """Return the state by the intent alone, as for a charge without the payer. Raises as `of_session`."""
    if intent.metadata.get("payment_ref") != attempt.payment_ref:
        raise ProviderRefused("other_payment", origin="stripe")
    match intent.status:
        case "succeeded":
            return _paid(attempt, intent)
        case "canceled":
            return _plain(attempt, "expired")
        case "requires_payment_method" if intent.last_payment_error is not None:
            return make_failed_state(attempt, intent.last_payment_error.refusal)
        case _:
            return _plain(attempt, "pending")


def make_failed_state(attempt: Attempt, refusal: Refusal | CodeRefusal) -> State:
    return State("failed", attempt.amount, attempt.currency, refusal=refusal)


def _paid(attempt: Attempt, intent: PaymentIntent) -> State:
    demand_registered_amount(attempt, intent.amount_received, intent.currency or attempt.currency)
    back = intent.latest_charge.amount_refunded if intent.latest_charge is not None else None
    return State(
        "refunded" if back is not None and back >= attempt.amount else "paid",
        attempt.amount,
        attempt.currency,
        stored=_stored(intent),
    )


def _stored(intent: PaymentIntent) -> StoredMethod | None:
    if intent.setup_future_usage != "off_session" or intent.payment_method is None:
        return None
    return intent.payment_method.stored


def _plain(attempt: Attempt, status: Status) -> State:
    return State(status, attempt.amount, attempt.currency)
