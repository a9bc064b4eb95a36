"""Requests in Stripe's form: nested names in brackets, as `line_items[0][price_data][unit_amount]=4900`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias
from urllib.parse import urlencode

from services.payments.providers.base import Attempt, PaymentRequest
from values.private import Secret

Value: TypeAlias = "str | int | bool | Mapping[str, Value] | Sequence[Value] | None"

#: Languages of Stripe's page that we may speak.
LOCALES = frozenset(
    "bg cs da de el en es et fi fr hr hu id it ja ko lt lv ms mt nb nl pl pt ro ru sk sl sv th tr vi zh".split()
)
#: A session lives from 30 minutes to 24 hours after Stripe made it; a minute is left for clocks that differ.
SHORTEST, LONGEST = timedelta(minutes=31), timedelta(hours=23, minutes=59)
#: Cards kept by a payment are shown again in a session only if it is said which; by default those kept "always".
SHOWN_AGAIN = ("always", "limited", "unspecified")
LONGEST_NAME, LONGEST_DESCRIPTION = 250, 500


def encode(values: Mapping[str, Value]) -> bytes:
    """Return the body of a request. None is left out, an empty mapping or list, too; True is "true"."""
    return urlencode(pairs(values)).encode()


def pairs(values: Mapping[str, Value]) -> list[tuple[str, str]]:
    """Return the form's names and values, in the order given."""
    return [pair for name, value in values.items() for pair in _pairs(name, value)]


def _pairs(name: str, value: Value) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    if isinstance(value, str | int):
        return [(name, str(value))]
    inner = value.items() if isinstance(value, Mapping) else enumerate(value)
    return [pair for key, item in inner for pair in _pairs(f"{name}[{key}]", item)]


def session(request: PaymentRequest, customer: str | None, now: datetime) -> dict[str, Value]:
    """Return the form of a Checkout Session for one attempt.

    With a `customer`, whose cards are shown and for whom one may be kept; by an attempt of zero nothing else is done.
    """
    metadata, takes = {"payment_ref": request.payment_ref}, request.amount > 0
    about: dict[str, Value] = {"description": request.description[:LONGEST_DESCRIPTION], "metadata": metadata}
    locale, keeps = request.locale[:2].lower(), request.store_for is not None and customer
    price: dict[str, Value] = {
        "currency": request.currency.lower(),
        "unit_amount": request.amount,
        "product_data": {"name": request.description[:LONGEST_NAME]},
    }
    return {
        "mode": "payment" if takes else "setup",
        "client_reference_id": request.payment_ref,
        "metadata": metadata,
        "line_items": [{"quantity": 1, "price_data": price}] if takes else None,
        "payment_method_types": [request.method],
        # The sum in the order's currency is what the customer agreed to, wherever his card comes from.
        "adaptive_pricing": {"enabled": False} if takes else None,
        "payment_intent_data": {**about, "setup_future_usage": "off_session" if keeps else None} if takes else None,
        "setup_intent_data": None if takes else about,
        "customer": customer,
        "customer_email": None if customer else request.email or None,
        "saved_payment_method_options": {"allow_redisplay_filters": SHOWN_AGAIN} if request.stored and takes else None,
        "success_url": request.return_url,
        "cancel_url": request.return_url,
        "expires_at": int((now + min(max(request.expires_in, SHORTEST), LONGEST)).timestamp()),
        "locale": locale if locale in LOCALES else "auto",
    }


def intent(
    of: PaymentRequest | Attempt, method: str, description: str, customer: str | None = None
) -> dict[str, Value]:
    """Return the form of a payment intent, which without more waits to be confirmed; `customer`: it is kept for."""
    return {
        "customer": customer,
        "setup_future_usage": "off_session" if customer else None,
        "amount": of.amount,
        "currency": of.currency.lower(),
        "payment_method_types": [method],
        "description": description[:LONGEST_DESCRIPTION],
        "metadata": {"payment_ref": of.payment_ref},
    }


def confirmation(request: PaymentRequest, code: Secret) -> dict[str, Value]:
    """Return the form that hands an intent the code; by the e-mail address Stripe's tests know what to play."""
    billing = {"email": request.email or None}
    # BLIK wants the browser in which it was agreed to be kept.
    browser = {"ip_address": request.payer.address, "user_agent": request.payer.browser}
    agreed: Value = {"customer_acceptance": {"type": "online", "online": browser}}
    return {
        "mandate_data": agreed if request.store_for is not None else None,
        "payment_method_data": {"type": request.method, "billing_details": billing},
        "payment_method_options": {request.method: {"code": code.reveal()}},
        "return_url": request.return_url,
    }
