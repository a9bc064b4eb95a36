"""PayPal's JSON: orders, captures, refunds, errors. Amounts are decimal strings there and minor units here."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sandbox.attempts import Claim, ProviderAttempt
from sandbox.requests import ProviderRefusal
from values.money import Money

PAYER_EMAIL: Final = "payer@example.com"


class PayPalApiError(ProviderRefusal):
    """An error as PayPal words it: `name` for the kind, `issue` for the cause."""

    def __init__(self, status: int, name: str, issue: str, description: str = "") -> None:
        details, said = [{"issue": issue, "description": description or issue}], name.replace("_", " ").capitalize()
        super().__init__(status, {"name": name, "message": f"{said}.", "details": details, "debug_id": "sandbox"})


def refuse_unknown(issue: str = "INVALID_RESOURCE_ID") -> PayPalApiError:
    """Return PayPal's 404."""
    return PayPalApiError(404, "RESOURCE_NOT_FOUND", issue)


def unprocessable(issue: str, description: str = "") -> PayPalApiError:
    """Return PayPal's 422: understood, but impossible."""
    return PayPalApiError(422, "UNPROCESSABLE_ENTITY", issue, description)


def invalid(issue: str, description: str = "") -> PayPalApiError:
    """Return PayPal's 400: malformed."""
    return PayPalApiError(400, "INVALID_REQUEST", issue, description)


def minor_units(value: Any) -> int:
    """Return PayPal's decimal string in minor units; raises ApiError for anything else, a number among it."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        raise invalid("INVALID_PARAMETER_SYNTAX", "value is a decimal string")
    whole, _, cents = value.partition(".")
    if len(cents) > 2:
        raise unprocessable("DECIMAL_PRECISION", "at most two decimals")
    return int(whole) * 100 + int(cents.ljust(2, "0"))


def money_of(amount: int, currency: str) -> dict[str, str]:
    return {"currency_code": currency, "value": str(Money(amount, currency).decimal)}


def order_status(attempt: ProviderAttempt) -> str:
    """Return the order's status.

    Approved once the payer pressed the button, completed once captured, declined or not.
    """
    if attempt.details.get("capture_id"):
        return "COMPLETED"
    if attempt.status in ("paid", "failed"):
        return "APPROVED"
    return str(attempt.details["opened_as"])


def capture_status(attempt: ProviderAttempt) -> str:
    if not attempt.settled:
        return "DECLINED"
    if attempt.refunded >= attempt.amount:
        return "REFUNDED"
    return "PARTIALLY_REFUNDED" if attempt.refunded else "COMPLETED"


def capture_resource(attempt: ProviderAttempt, public_url: str) -> dict[str, Any]:
    capture_id = attempt.details["capture_id"]
    api = f"{public_url}/sandbox/paypal/v2"
    return {
        "id": capture_id,
        "status": capture_status(attempt),
        "amount": money_of(attempt.amount, attempt.currency),
        "final_capture": True,
        "custom_id": attempt.reference,
        "invoice_id": attempt.details.get("invoice_id"),
        "create_time": attempt.details["captured_at"],
        "update_time": attempt.details["captured_at"],
        "supplementary_data": {"related_ids": {"order_id": attempt.order_id}},
        "links": [
            {"href": f"{api}/payments/captures/{capture_id}", "rel": "self", "method": "GET"},
            {"href": f"{api}/payments/captures/{capture_id}/refund", "rel": "refund", "method": "POST"},
            {"href": f"{api}/checkout/orders/{attempt.order_id}", "rel": "up", "method": "GET"},
        ],
    }


def transaction_resources(
    taken: Iterable[ProviderAttempt], since: datetime, until: datetime, kind: str | None
) -> list[dict[str, Any]]:
    """Return captured payments and their refunds as the list of transactions has them, the oldest first."""
    every = [(datetime.fromisoformat(info[_BEGUN]), info) for one in taken for info in _transactions(one)]
    every.sort(key=lambda one: one[0])
    return [info for at, info in every if since <= at <= until and kind in (None, info["transaction_event_code"])]


_BEGUN: Final = "transaction_initiation_date"


def _transactions(attempt: ProviderAttempt) -> list[dict[str, Any]]:
    capture, paid = attempt.details["capture_id"], money_of(attempt.amount, attempt.currency)
    payment = _transaction(capture, "T0006", attempt.details["captured_at"], paid)
    refunds = [
        _transaction(one["id"], "T1107", one["create_time"], {**one["amount"], "value": f"-{one['amount']['value']}"})
        | {"paypal_reference_id": capture, "paypal_reference_id_type": "TXN"}
        for one in attempt.details.get("refunds") or ()
        if one["status"] != "FAILED"
    ]
    return [{**one, "custom_field": attempt.reference} for one in (payment, *refunds)]


def _transaction(id: str, code: str, at: str, amount: dict[str, Any]) -> dict[str, Any]:
    at = at.replace("Z", "+0000")
    return {
        "transaction_id": id,
        "transaction_event_code": code,
        _BEGUN: at,
        "transaction_updated_date": at,
        "transaction_amount": amount,
        "transaction_status": "S",
    }


def dispute_resource(attempt: ProviderAttempt, claim: Claim) -> dict[str, Any]:
    """Return a payer's claim about the capture."""
    over = claim.status != "open"
    outcome = {"won": "RESOLVED_SELLER_FAVOUR", "lost": "RESOLVED_BUYER_FAVOUR"}.get(claim.status)
    return {
        "dispute_id": f"PP-D-{claim.id}",
        "create_time": zulu(datetime.fromisoformat(claim.at)),
        "disputed_transactions": [
            {"seller_transaction_id": attempt.details["capture_id"], "custom": attempt.reference}
        ],
        "reason": "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED",
        "status": "RESOLVED" if over else "WAITING_FOR_SELLER_RESPONSE",
        "dispute_state": "RESOLVED" if over else "REQUIRED_ACTION",
        "dispute_amount": money_of(claim.amount, attempt.currency),
        "dispute_outcome": {"outcome_code": outcome} if outcome else None,
    }


def order_resource(attempt: ProviderAttempt, public_url: str) -> dict[str, Any]:
    unit: dict[str, Any] = {
        "reference_id": attempt.details.get("reference_id") or "default",
        "amount": money_of(attempt.amount, attempt.currency),
        "custom_id": attempt.reference,
    }
    for name in ("invoice_id", "description"):
        if attempt.details.get(name):
            unit[name] = attempt.details[name]
    if attempt.details.get("capture_id"):
        unit["payments"] = {"captures": [capture_resource(attempt, public_url)]}
        if attempt.details.get("refunds"):
            unit["payments"]["refunds"] = attempt.details["refunds"]
    order: dict[str, Any] = {
        "id": attempt.order_id,
        "intent": "CAPTURE",
        "status": order_status(attempt),
        "purchase_units": [unit],
        "create_time": zulu(datetime.fromisoformat(attempt.at)),
        "links": order_links(attempt, public_url),
    }
    if attempt.status != "pending":
        payer = {"payer_id": f"PAYER{attempt.id:08d}", "email_address": PAYER_EMAIL}
        order |= {"payer": payer, "payment_source": {"paypal": _wallet(attempt)}}
    return order


def token_resource(token: str, customer: str, named: str | None = None) -> dict[str, Any]:
    """Return a kept wallet; `named` is the seller's own name of its customer."""
    wallet = {"usage_type": "MERCHANT", "customer_type": "CONSUMER", "email_address": PAYER_EMAIL}
    of = {"id": customer, **({"merchant_customer_id": named} if named else {})}
    return {"id": token, "customer": of, "payment_source": {"paypal": wallet}, "links": []}


def setup_resource(attempt: ProviderAttempt, public_url: str) -> dict[str, Any]:
    """Return a setup token, by which a wallet is kept without an order."""
    status = "APPROVED" if attempt.status == "paid" else attempt.details["opened_as"]
    return {
        **token_resource(attempt.order_id, attempt.details["customer"], attempt.reference),
        "status": "VAULTED" if attempt.settled else status,
        "links": [{"href": f"{public_url}/sandbox/paypal/checkoutnow?token={attempt.token}", "rel": "approve"}],
    }


def _wallet(attempt: ProviderAttempt) -> dict[str, Any]:
    """Return whose PayPal it was, and whether it is kept: said once the money is captured."""
    wallet: dict[str, Any] = {"email_address": PAYER_EMAIL, "account_id": f"PAYER{attempt.id:08d}"}
    match attempt.details.get("vault"):
        case "kept":
            customer = {"id": attempt.details["customer"]}
            wallet["attributes"] = {
                "vault": {"id": attempt.details["vault_token"], "status": "VAULTED", "customer": customer}
            }
        case "approved":
            wallet["attributes"] = {"vault": {"status": "APPROVED"}}
        case _:
            pass
    return wallet


def order_links(attempt: ProviderAttempt, public_url: str) -> list[dict[str, str]]:
    """Return where an order can be read, approved and captured."""
    order = f"{public_url}/sandbox/paypal/v2/checkout/orders/{attempt.order_id}"
    page = f"{public_url}/sandbox/paypal/checkoutnow?token={attempt.token}"
    rel = "payer-action" if attempt.details["opened_as"] == "PAYER_ACTION_REQUIRED" else "approve"
    links = [{"href": order, "rel": "self", "method": "GET"}]
    if attempt.status == "pending":
        links.append({"href": page, "rel": rel, "method": "GET"})
    elif not attempt.details.get("capture_id"):
        links.append({"href": f"{order}/capture", "rel": "capture", "method": "POST"})
    return links


def zulu(moment: datetime) -> str:
    """Return a moment as PayPal writes it: whole seconds, Z."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


CURRENCIES: Final = frozenset("AUD BRL CAD CHF CZK DKK EUR GBP HKD ILS MXN NOK NZD PHP PLN SEK SGD THB USD".split())


def checked_unit(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the one purchase unit of a request to create; raises ApiError if there is none."""
    units = asked.get("purchase_units")
    if asked.get("intent") != "CAPTURE" or not isinstance(units, list) or len(units) != 1:
        raise invalid("INVALID_PARAMETER_VALUE", "intent CAPTURE with one purchase unit")
    amount = units[0].get("amount") if isinstance(units[0], dict) else None
    if not isinstance(amount, dict) or amount.get("currency_code") not in CURRENCIES:
        raise invalid("MISSING_REQUIRED_PARAMETER", "amount with currency_code and value")
    if minor_units(amount.get("value")) == 0:
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE")
    if len(str(units[0].get("custom_id") or "")) > 127:
        raise invalid("INVALID_STRING_LENGTH", "custom_id")
    return units[0]


def checked_context(asked: dict[str, Any], source: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return where the payer goes; raises ApiError unless both addresses are some."""
    context = (source.get("experience_context") if source else asked.get("application_context")) or {}
    for name in ("return_url", "cancel_url"):
        if not str(context.get(name) or "").startswith(("http://", "https://")):
            raise invalid("INVALID_PARAMETER_SYNTAX", name)
    return context
