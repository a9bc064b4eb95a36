"""PayPal (Orders v2): the payer approves at PayPal, then *we* capture. Approved is not paid.

Truth comes from the order as read and from our own capture; a notice only says when to look.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

import httpx
from pydantic import JsonValue

from services.breaker import Breaker
from services.clock import Clock
from services.errors import Conflict, Forged, Misconfigured, Refused, Unavailable
from services.http import Answer
from services.line import Line
from services.payments.providers import paypal_notices
from services.payments.providers.base import (
    Attempt,
    Method,
    Notice,
    PaymentRequest,
    Refund,
    Registered,
    State,
    Status,
    insist,
)
from services.payments.providers.paypal_session import PayPalSession
from services.payments.providers.paypal_words import (
    Capture,
    Failure,
    Order,
    PurchaseUnit,
    RefundDone,
    Verification,
    decimal_string,
)

CAPTURED: Mapping[str, Status] = {
    "COMPLETED": "paid",
    "PARTIALLY_REFUNDED": "paid",
    "REFUNDED": "refunded",
    "PENDING": "pending",
    "DECLINED": "failed",
    "FAILED": "failed",
}
APPROVE_LINKS = ("payer-action", "approve")
DECLINED = frozenset({"INSTRUMENT_DECLINED", "TRANSACTION_REFUSED", "PAYER_CANNOT_PAY", "PAYER_ACCOUNT_RESTRICTED"})
STILL_OPEN = frozenset({"ORDER_NOT_APPROVED", "PAYER_ACTION_REQUIRED"})


class PayPal:
    """Talks to PayPal's API at `url` (https://api-m.paypal.com); `webhook_id` is that of our registered listener."""

    name = "paypal"
    methods: frozenset[Method] = frozenset({"paypal", "card"})

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        url: str,
        client_id: str,
        client_secret: str,
        webhook_id: str,
        clock: Clock,
        breaker: Breaker,
        timeout_s: float = 10.0,
    ) -> None:
        self._line = Line(client, breaker, timeout_s=timeout_s)
        self._api = PayPalSession(
            client, self._line, url=url, client_id=client_id, client_secret=client_secret, clock=clock
        )
        self._webhook_id = webhook_id

    async def register(self, request: PaymentRequest) -> Registered:
        """Create the order; a repeat under the same reference gives the same order. Raises as PaymentProvider."""
        body = json.dumps(_order(request, self.methods)).encode()
        async with self._line.operation():
            answer = await self._api.send("POST", "/v2/checkout/orders", body=body, key=request.payment_ref)
            if answer.status not in (200, 201):
                raise _not_created(answer)
            order = answer.read_as(Order)
            # A repeat may be answered with how things stood at first.
            now = await self._read(order.id) if answer.status == 200 else order
        if now is None or now.status == "VOIDED":
            raise Conflict("attempt_used", origin="paypal gone")
        if now.status in ("APPROVED", "COMPLETED"):
            raise Conflict("already_paid", origin=f"paypal {now.status}")
        for rel in APPROVE_LINKS:
            for link in order.links:
                if link.rel == rel:
                    return Registered(order.id, link.href)
        raise Conflict("attempt_used", origin="paypal without a link")

    async def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Ask PayPal whether the notice is its own, then read it."""
        asked = paypal_notices.question(headers, body, self._webhook_id)
        # One subject for all: a stranger's odd notices must not be what opens the breaker.
        async with self._line.operation(subject="notice"):
            answer = await self._api.send("POST", "/v1/notifications/verify-webhook-signature", body=asked)
        if answer.status != 200 or answer.read_as(Verification).verification_status != "SUCCESS":
            raise Forged("notice")
        return paypal_notices.read(body)

    async def confirm(self, attempt: Attempt, facts: Mapping[str, JsonValue]) -> State:
        """Read the order and capture it when approved. An order known from the notice only is taken from there."""
        told = facts.get("order_id")
        return await self._settle(attempt, attempt.provider_ref or (told if isinstance(told, str) else None))

    async def ask(self, attempt: Attempt) -> State:
        """Read the order and capture it when approved; expired when PayPal has dropped or voided it."""
        return await self._settle(attempt, attempt.provider_ref)

    async def refund(self, attempt: Attempt, *, amount: int, key: str, reason: str, notify_url: str) -> Refund:
        """Give money of the order's capture back; `notify_url` is not used, notices go to the registered listener."""
        body: dict[str, JsonValue] = {
            "amount": {"currency_code": attempt.currency, "value": decimal_string(amount, attempt.currency)},
            "note_to_payer": reason[:255],
        }
        async with self._line.operation():
            order = await self._read(attempt.provider_ref) if attempt.provider_ref else None
            capture = _main_capture(_unit(order, attempt)) if order is not None else None
            if capture is None:
                raise Refused("refund_refused", origin="paypal nothing paid")
            answer = await self._api.send(
                "POST",
                f"/v2/payments/captures/{capture.id}/refund",
                body=json.dumps(body).encode(),
                key=hashlib.sha256(key.encode()).hexdigest(),
            )
        return _refund(answer)

    async def _settle(self, attempt: Attempt, order_id: str | None) -> State:
        if not order_id:
            return State("pending", attempt.amount, attempt.currency)
        async with self._line.operation():
            order = await self._read(order_id)
            if order is None:
                return State("expired", attempt.amount, attempt.currency)
            unit = _unit(order, attempt)
            if order.status != "APPROVED":
                return _state(attempt, order, unit)
            insist(attempt, *_money(unit))
            return await self._capture(attempt, order)

    async def _capture(self, attempt: Attempt, order: Order) -> State:
        answer = await self._api.send(
            "POST", f"/v2/checkout/orders/{order.id}/capture", body=b"{}", key=f"{attempt.payment_ref}-capture"
        )
        if answer.status in (200, 201):
            captured = answer.read_as(Order)
            if captured.purchase_units and _main_capture(captured.purchase_units[0]) is not None:
                return _state(attempt, captured, captured.purchase_units[0])
        elif (issues := answer.read_as(Failure).issues) & DECLINED:
            return State("failed", attempt.amount, attempt.currency)
        elif issues & STILL_OPEN:
            return State("pending", attempt.amount, attempt.currency)
        elif "ORDER_ALREADY_CAPTURED" not in issues:
            raise Unavailable("capture_failed", origin=f"paypal {answer.status}", uncertain=True)
        # Captured, by an earlier try of ours perhaps: the order itself says how it ended.
        now = await self._read(order.id)
        if now is None or now.status == "APPROVED":
            raise Unavailable("capture_unclear", origin="paypal", uncertain=True)
        return _state(attempt, now, _unit(now, attempt))

    async def _read(self, order_id: str) -> Order | None:
        if not (order_id.isascii() and order_id.isalnum()):
            raise Refused("other_payment", origin=self.name)
        answer = await self._api.send("GET", f"/v2/checkout/orders/{order_id}")
        return None if answer.status == 404 else answer.read_as(Order)


def _order(request: PaymentRequest, methods: frozenset[Method]) -> dict[str, JsonValue]:
    if request.method not in methods:
        raise Refused("method_unsupported", origin="paypal")
    experience: dict[str, JsonValue] = {
        "return_url": request.return_url,
        "cancel_url": request.return_url,
        "locale": f"{request.locale[:2].lower()}-{request.country.upper()}",
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
        "landing_page": "GUEST_CHECKOUT" if request.method == "card" else "LOGIN",
    }
    unit: dict[str, JsonValue] = {
        "custom_id": request.payment_ref,
        "description": request.description[:127],
        "amount": {
            "currency_code": request.currency,
            "value": decimal_string(request.amount, request.currency),
        },
    }
    return {
        "intent": "CAPTURE",
        "purchase_units": [unit],
        "payment_source": {"paypal": {"experience_context": experience}},
    }


def _not_created(answer: Answer) -> Conflict | Unavailable | Misconfigured:
    issues = answer.read_as(Failure).issues
    if "DUPLICATE_REQUEST_ID" in issues:  # the same reference with other contents: an older try of ours
        return Conflict("attempt_used", origin="paypal DUPLICATE_REQUEST_ID")
    if answer.status == 409 or "PREVIOUS_REQUEST_IN_PROGRESS" in issues:
        return Unavailable("in_progress", origin="paypal", retry_after=timedelta(seconds=5))
    return Misconfigured("registration_refused", origin=f"paypal {answer.status}")


def _unit(order: Order, attempt: Attempt) -> PurchaseUnit:
    """The one thing the order is for, which must be this attempt."""
    unit = order.purchase_units[0] if order.purchase_units else PurchaseUnit()
    if unit.custom_id != attempt.payment_ref:
        raise Refused("other_payment", origin="paypal")
    return unit


def _money(unit: PurchaseUnit) -> tuple[int | None, str | None]:
    return (unit.amount.minor, unit.amount.currency_code) if unit.amount is not None else (None, None)


def _state(attempt: Attempt, order: Order, unit: PurchaseUnit) -> State:
    """How an order stands that needs no capture of ours any more, or none yet."""
    capture = _main_capture(unit)
    if capture is None:
        return State("expired" if order.status == "VOIDED" else "pending", attempt.amount, attempt.currency)
    status = CAPTURED.get(capture.status)
    if status is None:
        raise Unavailable("garbage", origin="paypal capture")
    if status in ("paid", "refunded"):
        insist(attempt, capture.amount.minor, capture.amount.currency_code)
    return State(status, attempt.amount, attempt.currency, _refunded(capture, unit), capture.id)


def _main_capture(unit: PurchaseUnit) -> Capture | None:
    """The capture that counts: one that took the money before one that waits before one that failed."""
    ranks = {status: rank for rank, status in enumerate(CAPTURED)}
    return min(unit.payments.captures, key=lambda capture: ranks.get(capture.status, len(ranks)), default=None)


def _refunded(capture: Capture, unit: PurchaseUnit) -> int:
    if capture.status == "REFUNDED":
        return capture.amount.minor or 0
    return sum((refund.amount.minor or 0) for refund in unit.payments.refunds if refund.amount is not None)


def _refund(answer: Answer) -> Refund:
    if answer.status not in (200, 201):
        if answer.status in (409, 422, 404):
            raise Refused("refund_refused", origin=f"paypal {answer.status}")
        raise Misconfigured("refund_request", origin=f"paypal {answer.status}")
    done = answer.read_as(RefundDone)
    if done.status == "COMPLETED":
        return Refund("completed", done.id)
    if done.status == "PENDING":
        return Refund("pending", done.id)
    raise Refused("refund_refused", origin="paypal refund")
