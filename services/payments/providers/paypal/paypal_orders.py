"""Requests for PayPal orders: those that a payer approves, and those paid in a way that PayPal keeps."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import JsonValue

from services.clients.http import HttpAnswer
from services.errors import Conflict, Misconfigured, ProviderUnavailable
from services.payments.providers.base import Attempt, Charge, PaymentRequest
from services.payments.providers.paypal.models import PayPalFailure, decimal_string

#: What is sold by the year and paid before: how the payer is told what his consent is for.
PATTERN = "RECURRING_PREPAID"
KEPT: Mapping[str, JsonValue] = {
    "usage_type": "MERCHANT",
    "customer_type": "CONSUMER",
    "usage_pattern": PATTERN,
    # One payer may hold several accounts here; forgetting his wallet in one must leave it to the others.
    "permit_multiple_payment_tokens": True,
}
ORDERS, SETUP_TOKENS = "/v2/checkout/orders", "/v3/vault/setup-tokens"


def place_of(of: PaymentRequest | Attempt) -> str:
    return ORDERS if of.amount else SETUP_TOKENS


def for_payer(request: PaymentRequest) -> dict[str, JsonValue]:
    """Return the body of an order that the payer approves, of a setup token for an attempt of zero.

    Raises ProviderRefused("currency_unsupported").
    """
    context: dict[str, JsonValue] = {
        "return_url": request.return_url,
        "cancel_url": request.return_url,
        "locale": f"{request.locale[:2].lower()}-{request.country.upper()}",
        "shipping_preference": "NO_SHIPPING",
    }
    if not request.amount:
        context["brand_name"] = request.description  # the wallet's own description takes no letters beyond ASCII
        kept: dict[str, JsonValue] = {**KEPT, "experience_context": context}
        return {"customer": {"merchant_customer_id": request.payment_ref}, "payment_source": {"paypal": kept}}
    context |= {"user_action": "PAY_NOW", "landing_page": "GUEST_CHECKOUT" if request.method == "card" else "LOGIN"}
    wallet: dict[str, JsonValue] = {"experience_context": context}
    if attributes := _attributes(request):
        wallet["attributes"] = attributes
    unit = _unit(request.payment_ref, request.description, request.amount, request.currency)
    return {"intent": "CAPTURE", "purchase_units": [unit], "payment_source": {"paypal": wallet}}


def for_kept(charge: Charge) -> dict[str, JsonValue]:
    """Return the body of an order that is paid at once, without its payer, in a way that PayPal keeps.

    `invoice_id` makes PayPal refuse a second payment under the same name long after it has forgotten the request's key.
    """
    attempt = charge.attempt
    unit = _unit(attempt.payment_ref, charge.description, attempt.amount, attempt.currency)
    credential: JsonValue = {"payment_initiator": "MERCHANT", "usage": "SUBSEQUENT", "usage_pattern": PATTERN}
    wallet: JsonValue = {"vault_id": charge.stored.token, "stored_credential": credential}
    return {
        "intent": "CAPTURE",
        "purchase_units": [{**unit, "invoice_id": attempt.payment_ref}],
        "payment_source": {"paypal": wallet},
    }


def is_key_spent(answer: HttpAnswer) -> bool:
    """Return whether the request's key was used for another order: an older try of ours."""
    return "DUPLICATE_REQUEST_ID" in answer.read_as(PayPalFailure).issues


def not_created(answer: HttpAnswer) -> Conflict | ProviderUnavailable | Misconfigured:
    """Return why an order was not opened."""
    issues = answer.read_as(PayPalFailure).issues
    if is_key_spent(answer):
        return Conflict("attempt_used", origin="paypal DUPLICATE_REQUEST_ID")
    if answer.status == 409 or "PREVIOUS_REQUEST_IN_PROGRESS" in issues:
        return ProviderUnavailable("in_progress", origin="paypal", retry_after=timedelta(seconds=5))
    return Misconfigured("registration_refused", origin=f"paypal {answer.status}")


def _attributes(request: PaymentRequest) -> dict[str, JsonValue]:
    """Return what is kept by this payment, or whose kept wallet it is. A card given as a guest is not kept."""
    if request.method != "paypal":
        return {}
    if request.stored is not None and request.stored.customer:
        return {"customer": {"id": request.stored.customer}}
    if request.store_for is None:
        return {}
    return {"vault": {**KEPT, "store_in_vault": "ON_SUCCESS", "description": request.description[:127]}}


def _unit(payment_ref: str, description: str, amount: int, currency: str) -> dict[str, JsonValue]:
    return {
        "custom_id": payment_ref,
        "description": description[:127],
        "amount": {"currency_code": currency, "value": decimal_string(amount, currency)},
    }
