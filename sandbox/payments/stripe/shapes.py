"""Stripe's JSON: sessions, payment intents, charges, refunds, ways to pay, errors. Amounts are minor units."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sandbox.attempts import Claim, KeptMethod, ProviderAttempt
from sandbox.requests import ProviderRefusal

SMALLEST: Final = {
    **dict.fromkeys("aud cad chf eur nzd sgd usd".split(), 50),
    "bgn": 100,
    "czk": 1500,
    "dkk": 250,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "mxn": 1000,
    "nok": 300,
    "pln": 200,
    "ron": 200,
    "sek": 300,
}
"""The least that Stripe charges, in minor units, by currency."""


class StripeError(ProviderRefusal):
    """An error as Stripe words it, with the fields that only some have."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", code: str = "", param: str = ""
    ) -> None:
        more = {name: value for name, value in (("code", code), ("param", param)) if value}
        self.error: dict[str, Any] = {"type": kind, "message": message, **more}
        super().__init__(status, {"error": self.error})


def refuse_missing(kind: str, name: str, param: str) -> StripeError:
    """There is no such object: 404 where the address names it (`param` "id"), else 400."""
    return StripeError(404 if param == "id" else 400, f"No such {kind}: '{name}'", code="resource_missing", param=param)


def is_checkout(attempt: ProviderAttempt) -> bool:
    """Return whether a payer is led to a page; else it is a charge without him."""
    return bool(attempt.details["checkout"])


def is_paid(attempt: ProviderAttempt) -> bool:
    """Return whether the money came, whatever became of it afterwards."""
    return attempt.status in ("paid", "refunded")


def session_status(attempt: ProviderAttempt, now: datetime) -> str:
    """open, complete (also while delayed money is under way) or expired."""
    if is_paid(attempt) or attempt.details.get("delayed"):
        return "complete"
    expired = attempt.details.get("expired") or now.timestamp() >= attempt.details["expires_at"]
    return "expired" if expired else "open"


def intent_status(attempt: ProviderAttempt, now: datetime) -> str | None:
    """Return the payment intent's status; None before the payer's first try: there is none yet."""
    if is_paid(attempt):
        return "succeeded"
    if attempt.details.get("canceled"):
        return "canceled"
    if attempt.details.get("delayed") == "under_way":
        return "processing"
    if not attempt.details.get("error") and is_checkout(attempt):
        return None if attempt.amount else "requires_payment_method"
    if "code" in attempt.details and attempt.status == "pending":
        return "requires_action"
    if is_checkout(attempt) and session_status(attempt, now) == "expired":
        return "canceled"
    return "requires_payment_method"


def session_resource(
    attempt: ProviderAttempt, now: datetime, public_url: str, expand: Collection[str] = ()
) -> dict[str, Any]:
    details, status = attempt.details, session_status(attempt, now)
    page = f"{public_url}/sandbox/stripe/c/pay/{attempt.order_id}"
    inner, takes = [path.partition(".")[2] for path in expand], attempt.amount > 0
    whole = intent_resource(attempt, now, inner) if expand and intent_status(attempt, now) else None
    intent = whole or (attempt.token if intent_status(attempt, now) else None)
    return {
        "id": attempt.order_id,
        "object": "checkout.session",
        "amount_total": attempt.amount or None,
        "cancel_url": details["cancel_url"],
        "client_reference_id": attempt.reference,
        "created": unix(attempt.at),
        "currency": attempt.currency.lower() or None,
        "customer": details.get("customer"),
        "customer_email": details.get("email"),
        "expires_at": details["expires_at"],
        "livemode": False,
        "locale": details.get("locale"),
        "metadata": details["metadata"],
        "mode": "payment" if takes else "setup",
        "payment_intent": intent if takes else None,
        "setup_intent": None if takes else intent,
        "payment_method_types": [attempt.method],
        "payment_status": ("paid" if is_paid(attempt) else "unpaid") if takes else "no_payment_required",
        "status": status,
        "success_url": details["success_url"],
        "url": page if status == "open" else None,
    }


def intent_resource(attempt: ProviderAttempt, now: datetime, expand: Collection[str] = ()) -> dict[str, Any]:
    details, status = attempt.details, intent_status(attempt, now)
    method = details.get("method")
    charge = charge_resource(attempt) if is_paid(attempt) else None
    error = details.get("error") if not is_paid(attempt) else None
    common = {
        "id": attempt.token,
        "created": unix(attempt.at),
        "customer": details.get("customer"),
        "description": details.get("description"),
        "livemode": False,
        "metadata": details["intent_metadata"],
        "payment_method": method if method is None or "payment_method" in expand else method["id"],
        "next_action": {"type": "blik_authorize", "blik_authorize": {}} if status == "requires_action" else None,
        "payment_method_types": [attempt.method],
        "status": status or "requires_payment_method",
    }
    if not attempt.amount:
        return {**common, "object": "setup_intent", "last_setup_error": error, "usage": details["setup"]}
    return {
        **common,
        "object": "payment_intent",
        "amount": attempt.amount,
        "amount_received": attempt.amount if is_paid(attempt) else 0,
        "currency": attempt.currency.lower(),
        "last_payment_error": error,
        "latest_charge": charge if charge is None or "latest_charge" in expand else charge["id"],
        "setup_future_usage": details.get("setup"),
    }


def charge_resource(attempt: ProviderAttempt) -> dict[str, Any]:
    """Return the charge that took the money."""
    method = attempt.details.get("method") or {}
    return {
        "id": f"ch_{attempt.token.removeprefix('pi_')}",
        "object": "charge",
        "amount": attempt.amount,
        "amount_refunded": attempt.refunded,
        "currency": attempt.currency.lower(),
        "disputed": bool(attempt.claims),
        "livemode": False,
        "metadata": attempt.details["intent_metadata"],
        "paid": True,
        "payment_intent": attempt.token,
        "payment_method": method.get("id"),
        "payment_method_details": {"type": attempt.method, attempt.method: method.get(attempt.method)},
        "refunded": attempt.refunded >= attempt.amount,
        "status": "succeeded",
    }


def method_resource(token: str, customer: str | None, kind: str, of_kind: dict[str, Any]) -> dict[str, Any]:
    """Return a way to pay, kept for a customer or for this payment only."""
    return {
        "id": token,
        "object": "payment_method",
        "allow_redisplay": "limited" if customer else "unspecified",
        kind: of_kind,
        "customer": customer,
        "livemode": False,
        "type": kind,
    }


def kept_resource(method: KeptMethod) -> dict[str, Any]:
    """Return a way to pay as it is now."""
    kind, customer = kind_of(method), method.customer if method.kept else None
    return method_resource(method.token, customer, kind, method.details.get(kind, {}))


def kind_of(method: KeptMethod) -> str:
    """Return what is kept: a card, or BLIK by its holder's mandate."""
    return "card" if "card" in method.details else "blik"


def mandate_resource(method: KeptMethod) -> dict[str, Any]:
    """Return the mandate of what is kept, which its holder has ended in the bank's app."""
    return {
        "id": f"mandate_{method.token.removeprefix('pm_')}",
        "object": "mandate",
        "payment_method": method.token,
        "payment_method_details": {"type": "blik", "blik": {"type": "off_session"}},
        "status": "inactive",
        "type": "multi_use",
    }


def refund_resource(attempt: ProviderAttempt, refund: dict[str, Any]) -> dict[str, Any]:
    """Return a refund, as `PaymentBook.refunds_of` gives it."""
    return {
        "id": refund["refund_id"],
        "object": "refund",
        "amount": refund["amount"],
        "charge": charge_resource(attempt)["id"],
        "created": unix(refund["at"]),
        "currency": attempt.currency.lower(),
        "metadata": refund["details"].get("metadata", {}),
        "payment_intent": attempt.token,
        "status": "failed" if refund["details"].get("failed") else "succeeded",
    }


def dispute_resource(attempt: ProviderAttempt, claim: Claim) -> dict[str, Any]:
    """Return a payer's claim; the seller's own names aren't on it."""
    return {
        "id": f"du_{claim.id}",
        "object": "dispute",
        "amount": claim.amount,
        "charge": charge_resource(attempt)["id"],
        "created": unix(claim.at),
        "currency": attempt.currency.lower(),
        "livemode": False,
        "metadata": {},
        "payment_intent": attempt.token,
        "reason": "general",
        "status": {"open": "needs_response"}.get(claim.status, claim.status),
    }


def list_of(items: list[dict[str, Any]], kind: str = "list") -> dict[str, Any]:
    """Return a list, or what a search found."""
    return {"object": kind, "data": items, "has_more": False}


def unix(moment: str) -> int:
    """Return a stored moment as Stripe writes it."""
    return int(datetime.fromisoformat(moment).timestamp())


def large_enough(amount: int, currency: str, param: str) -> None:
    """Refuse a charge below the currency's least. Raises StripeError."""
    least = SMALLEST.get(currency.lower(), 1)
    if amount < least:
        said = f"Amount must be at least {least // 100}.{least % 100:02} {currency.lower()}"
        raise StripeError(400, said, code="amount_too_small", param=param)


def check_methods(methods: list[str], currency: str) -> None:
    """Refuse all but one method that this account takes, in a currency that it is paid in. Raises StripeError."""
    if methods not in (["card"], ["blik"]) or (methods == ["blik"] and currency != "pln"):
        said = f"The payment method type {methods[0]} is not activated, or not for {currency}."
        raise StripeError(400, said, param="payment_method_types")
