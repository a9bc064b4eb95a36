"""States of attempts, derived from PayPal's orders."""

from collections.abc import Mapping, Sequence

from services.clients.http import HttpAnswer
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable
from services.payments.providers.base import Attempt, Dispute, Refund, Returned, State, Status, demand_registered_amount
from services.payments.providers.paypal import models

CAPTURED: Mapping[str, Status] = {
    "COMPLETED": "paid",
    "PARTIALLY_REFUNDED": "paid",
    "REFUNDED": "refunded",
    "PENDING": "pending",
    "DECLINED": "failed",
    "FAILED": "failed",
}
# Outcomes by which the payer has the money; with the others (also where PayPal itself pays) the seller keeps it.
LOST = frozenset({"RESOLVED_BUYER_FAVOUR", "ACCEPTED"})


def unit_of(order: models.PayPalOrder, attempt: Attempt) -> models.PurchaseUnit:
    """Return the one thing the order is for, which must be this attempt. Raises ProviderRefused("other_payment")."""
    unit = order.purchase_units[0] if order.purchase_units else models.PurchaseUnit()
    if unit.custom_id != attempt.payment_ref:
        raise ProviderRefused("other_payment", origin="paypal")
    return unit


def money_of(unit: models.PurchaseUnit) -> tuple[int | None, str | None]:
    """Return what the order says that it is for, in minor units."""
    return (unit.amount.minor, unit.amount.currency_code) if unit.amount is not None else (None, None)


def state_of(attempt: Attempt, order: models.PayPalOrder, unit: models.PurchaseUnit) -> State:
    """Return how an order stands that needs no capture of ours any more, or none yet."""
    capture = main_capture(unit)
    if capture is None:
        return State("expired" if order.status == "VOIDED" else "pending", attempt.amount, attempt.currency)
    status = CAPTURED.get(capture.status)
    if status is None:
        raise ProviderUnavailable("garbage", origin="paypal capture")
    if status in ("paid", "refunded"):
        demand_registered_amount(attempt, capture.amount.minor, capture.amount.currency_code)
    return State(
        status,
        attempt.amount,
        attempt.currency,
        stored=order.payment_source.stored if status == "paid" else None,
        refusal="declined" if status == "failed" else None,
    )


def main_capture(unit: models.PurchaseUnit) -> models.Capture | None:
    """Return the capture that counts: one that took the money before one that waits before one that failed."""
    ranks = {status: rank for rank, status in enumerate(CAPTURED)}
    return min(unit.payments.captures, key=lambda capture: ranks.get(capture.status, len(ranks)), default=None)


def came_back(
    attempt: Attempt, unit: models.PurchaseUnit, capture: models.Capture, claims: Sequence[models.PayPalDispute]
) -> Returned:
    """Return what of a capture's money is with its payer again; a claim that was lost shows as a refund, too."""
    done = sum(r.amount.minor or 0 for r in unit.payments.refunds if r.status == "COMPLETED")
    if capture.status == "REFUNDED":
        done = attempt.amount
    if not claims:
        return Returned(done)
    last = max(claims, key=lambda claim: (claim.create_time, claim.dispute_id))
    lost = sum(_claimed(claim, attempt) for claim in claims if _state_of(claim) == "lost")
    return Returned(max(done, lost), _state_of(last), last.dispute_id, _claimed(last, attempt))


def _claimed(claim: models.PayPalDispute, attempt: Attempt) -> int:
    sum_ = claim.dispute_amount.minor if claim.dispute_amount is not None else None
    return attempt.amount if sum_ is None else sum_


def _state_of(claim: models.PayPalDispute) -> Dispute:
    if "RESOLVED" not in (claim.status, claim.dispute_state):
        return "open"
    return "lost" if claim.dispute_outcome is not None and claim.dispute_outcome.outcome_code in LOST else "won"


def refund_of(answer: HttpAnswer) -> Refund:
    """Return what came of a request to give money back. Raises ProviderRefused("refund_refused")."""
    if answer.status not in (200, 201):
        if any(issue.startswith("DUPLICATE") for issue in answer.read_as(models.PayPalFailure).issues):
            raise ProviderUnavailable("refund_under_way", origin="paypal refund")  # made before: it is looked up anew
        if answer.status in (409, 422, 404):
            raise ProviderRefused("refund_refused", origin=f"paypal {answer.status}")
        raise Misconfigured("refund_request", origin=f"paypal {answer.status}")
    return refund_told(answer.read_as(models.RefundDone))


def refund_told(made: models.RefundDone | models.CaptureRefund) -> Refund:
    """Return how a refund stands. Raises ProviderRefused("refund_refused")."""
    if made.status == "COMPLETED":
        return Refund("completed", made.id)
    if made.status == "PENDING":
        return Refund("pending", made.id)
    raise ProviderRefused("refund_refused", origin="paypal refund")
