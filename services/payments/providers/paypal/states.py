"""States of attempts, derived from PayPal's orders."""

from collections.abc import Mapping

from services.clients.http import HttpAnswer
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable
from services.payments.providers.base import Attempt, Refund, State, Status, insist
from services.payments.providers.paypal.models import Capture, PayPalOrder, PurchaseUnit, RefundDone

CAPTURED: Mapping[str, Status] = {
    "COMPLETED": "paid",
    "PARTIALLY_REFUNDED": "paid",
    "REFUNDED": "refunded",
    "PENDING": "pending",
    "DECLINED": "failed",
    "FAILED": "failed",
}


def unit_of(order: PayPalOrder, attempt: Attempt) -> PurchaseUnit:
    """Return the one thing the order is for, which must be this attempt. Raises Refused("other_payment")."""
    unit = order.purchase_units[0] if order.purchase_units else PurchaseUnit()
    if unit.custom_id != attempt.payment_ref:
        raise ProviderRefused("other_payment", origin="paypal")
    return unit


def money_of(unit: PurchaseUnit) -> tuple[int | None, str | None]:
    """Return what the order says that it is for, in minor units."""
    return (unit.amount.minor, unit.amount.currency_code) if unit.amount is not None else (None, None)


def state_of(attempt: Attempt, order: PayPalOrder, unit: PurchaseUnit) -> State:
    """Return how an order stands that needs no capture of ours any more, or none yet."""
    capture = main_capture(unit)
    if capture is None:
        return State("expired" if order.status == "VOIDED" else "pending", attempt.amount, attempt.currency)
    status = CAPTURED.get(capture.status)
    if status is None:
        raise ProviderUnavailable("garbage", origin="paypal capture")
    if status in ("paid", "refunded"):
        insist(attempt, capture.amount.minor, capture.amount.currency_code)
    return State(
        status,
        attempt.amount,
        attempt.currency,
        stored=order.payment_source.stored if status == "paid" else None,
        refusal="declined" if status == "failed" else None,
    )


def main_capture(unit: PurchaseUnit) -> Capture | None:
    """Return the capture that counts: one that took the money before one that waits before one that failed."""
    ranks = {status: rank for rank, status in enumerate(CAPTURED)}
    return min(unit.payments.captures, key=lambda capture: ranks.get(capture.status, len(ranks)), default=None)


def refund_of(answer: HttpAnswer) -> Refund:
    """Return what came of a request to give money back. Raises Refused("refund_refused")."""
    if answer.status not in (200, 201):
        if answer.status in (409, 422, 404):
            raise ProviderRefused("refund_refused", origin=f"paypal {answer.status}")
        raise Misconfigured("refund_request", origin=f"paypal {answer.status}")
    done = answer.read_as(RefundDone)
    if done.status == "COMPLETED":
        return Refund("completed", done.id)
    if done.status == "PENDING":
        return Refund("pending", done.id)
    raise ProviderRefused("refund_refused", origin="paypal refund")
