"""PayPal's notices: PayPal itself is asked whether a notice is its own, with the notice's bytes unchanged."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import JsonValue, ValidationError

from services.errors import Forged
from services.payments.providers.base import Notice, NoticeKind
from services.payments.providers.paypal.models import PayPalEvent, Wallet
from values.payment import StoredMethod

DOMAIN = "paypal.com"
HEADERS = {
    "auth_algo": "paypal-auth-algo",
    "cert_url": "paypal-cert-url",
    "transmission_id": "paypal-transmission-id",
    "transmission_sig": "paypal-transmission-sig",
    "transmission_time": "paypal-transmission-time",
}
KINDS: Mapping[str, NoticeKind] = {
    "CHECKOUT.ORDER.APPROVED": "approved",
    "PAYMENT.CAPTURE.COMPLETED": "paid",
    "PAYMENT.CAPTURE.DENIED": "failed",
    "PAYMENT.CAPTURE.DECLINED": "failed",
    "PAYMENT.CAPTURE.REFUNDED": "refunded",
    "PAYMENT.CAPTURE.REVERSED": "refunded",
    "VAULT.PAYMENT-TOKEN.DELETED": "detached",
    "CUSTOMER.DISPUTE.CREATED": "disputed",
    "CUSTOMER.DISPUTE.UPDATED": "settling",
    "CUSTOMER.DISPUTE.RESOLVED": "settling",
}
# A wallet is kept, perhaps after the capture was answered: there is something to look at again.
KEPT = "VAULT.PAYMENT-TOKEN.CREATED"


def question(headers: Mapping[str, str], body: bytes, webhook_id: str, *, api: str) -> bytes:
    """Return what PayPal is asked about a notice.

    Raises Forged when the notice can't be PayPal's by its form alone, or names a certificate that isn't PayPal's; `api`
    is PayPal's address, whose host has certificates, too.

    The signature is over the bytes as sent, so they are put in as they are, not read and written anew.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        proof = {field: given[header] for field, header in HEADERS.items()}
        # Only one whole JSON object may be spliced in, or the notice could add words of its own to our question.
        if not isinstance(json.loads(body.decode()), dict):
            raise Forged("notice")
        if not _of_paypal(proof["cert_url"], api):
            raise Forged("notice")
    except (KeyError, ValueError, RecursionError):
        raise Forged("notice") from None
    return json.dumps(proof | {"webhook_id": webhook_id})[:-1].encode() + b', "webhook_event": ' + body + b"}"


def _of_paypal(cert_url: str, api: str) -> bool:
    """Errors: ValueError for what is no address."""
    certificate, own = urlsplit(cert_url), urlsplit(api)
    host = certificate.hostname or ""
    if (certificate.scheme, certificate.netloc) == (own.scheme, own.netloc):
        return True
    return certificate.scheme == "https" and (host == DOMAIN or host.endswith(f".{DOMAIN}"))


def read(body: bytes) -> Notice:
    """Return the notice in a body that is proven. Raises Forged for one that has not the form of a notice."""
    try:
        event = PayPalEvent.model_validate_json(body)
    except ValidationError:
        raise Forged("notice") from None
    resource = event.resource
    unit = resource.purchase_units[0] if resource.purchase_units else None
    amount = unit.amount if unit is not None else resource.amount or resource.dispute_amount
    about = resource.disputed_transactions[0].custom if resource.disputed_transactions else None
    kind = KINDS.get(event.event_type, "other")
    order_id = (
        resource.id if kind in ("approved", "detached") else (resource.supplementary_data.related_ids.order_id or "")
    )
    if event.event_type == KEPT and resource.metadata.order_id:
        kind, order_id = "approved", resource.metadata.order_id
    facts: dict[str, JsonValue] = {"kind": kind, "event_type": event.event_type, "order_id": order_id}
    if resource.dispute_id:
        facts |= {"case": resource.dispute_id}
    if capture := _capture_of(event, kind):
        facts |= {"capture_id": capture}
    if event.event_type == KEPT:
        facts |= {"vault_id": resource.id, "vault_customer": resource.customer.id}
    return Notice(
        payment_ref=(unit.custom_id if unit is not None else resource.custom_id or about) or "",
        provider_ref=order_id or capture,
        amount=amount.minor if amount is not None else None,
        currency=amount.currency_code if amount is not None else None,
        kind=kind,
        dedup_key=event.id,
        facts=facts,
    )


def _capture_of(event: PayPalEvent, kind: NoticeKind) -> str:
    """Return the capture that a notice is about: a reversal names nothing else that is ours."""
    resource = event.resource
    if resource.disputed_transactions:
        return resource.disputed_transactions[0].seller_transaction_id
    if kind == "refunded":
        up = next((link.href for link in resource.links if link.rel == "up"), "")
        return up.rpartition("/")[2]
    return resource.id if event.event_type.startswith("PAYMENT.CAPTURE.") else ""


def kept(facts: Mapping[str, JsonValue]) -> StoredMethod | None:
    """Return the wallet that a notice with these facts told of. Whose it is isn't among them: facts are stored."""
    token, customer = facts.get("vault_id"), facts.get("vault_customer")
    if not (isinstance(token, str) and isinstance(customer, str) and token):
        return None
    return StoredMethod(token, customer, Wallet().label)
