"""PayPal's notices: proven by their signature, or else PayPal is asked about them, with their bytes unchanged.

The signature is over a CRC-32 of the body, which keeps strangers out and nobody who has seen a genuine notice. So a
notice moves no money by itself, however it was proven: the order is read at PayPal before anything is booked.
"""

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from pydantic import JsonValue, ValidationError

from services.errors import Forged
from services.payments.providers.base import Notice, NoticeKind, others_notice
from services.payments.providers.paypal.models import PayPalEvent, Wallet
from values.payment import StoredMethod

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

#: A notice that was sent longer ago, or in the future, waits apart: it may be a replay.
FRESH = timedelta(minutes=5)
#: PayPal repeats a notice for three days; what is older was never PayPal's.
REPEATED_FOR = timedelta(days=3, hours=1)
ALGORITHM = "SHA256withRSA"
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
    "PAYMENT.REFUND.FAILED": "settling",
    "VAULT.PAYMENT-TOKEN.DELETED": "detached",
    "CUSTOMER.DISPUTE.CREATED": "disputed",
    "CUSTOMER.DISPUTE.UPDATED": "settling",
    "CUSTOMER.DISPUTE.RESOLVED": "settling",
}
# A wallet is kept, perhaps after the capture was answered: there is something to look at again.
KEPT = "VAULT.PAYMENT-TOKEN.CREATED"


class Transmission(Struct, frozen=True):
    """The proof that came with a notice, by the names under which PayPal is asked about it."""

    auth_algo: str
    cert_url: str
    transmission_id: str
    transmission_sig: str
    transmission_time: str

    def at(self) -> datetime | None:
        """Return when the notice was sent; None for what is no moment."""
        try:
            moment = datetime.fromisoformat(self.transmission_time)
        except ValueError:
            return None
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

    def is_signed_by(self, key: "RSAPublicKey", body: bytes, webhook_id: str) -> bool:
        """Return whether the key signed this transmission of just these bytes to our listener."""
        text = f"{self.transmission_id}|{self.transmission_time}|{webhook_id}|{zlib.crc32(body)}"
        try:
            signature = base64.b64decode(self.transmission_sig, validate=True)
        except ValueError:
            return False
        proofs: Any = import_module("services.payments.providers.paypal.proofs")
        return self.auth_algo == ALGORITHM and proofs.is_signed(key, signature, text.encode())


def transmission(
    headers: Mapping[str, str], body: bytes, *, named: Callable[[str], bool], now: datetime
) -> Transmission:
    """Return the proof of a notice.

    Raises Forged when the notice can't be PayPal's by its form or its age alone, or if its certificate's address isn't
    one that may be `named`.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        proof = Transmission(**{field: given[header] for field, header in HEADERS.items()})
        # Only one whole JSON object may be spliced in, or the notice could add words of its own to our question.
        fits = isinstance(json.loads(body.decode()), dict) and named(proof.cert_url)
    except (KeyError, ValueError, RecursionError):
        raise Forged("notice") from None
    at = proof.at()
    if not fits or (at is not None and now - at > REPEATED_FOR):
        raise Forged("notice")
    return proof


def question(proof: Transmission, body: bytes, webhook_id: str) -> bytes:
    """Return what PayPal is asked about a notice.

    The signature is over the bytes as sent, so they are put in as they are, not read and written anew.
    """
    asked = {field: getattr(proof, field) for field in HEADERS} | {"webhook_id": webhook_id}
    return json.dumps(asked)[:-1].encode() + b', "webhook_event": ' + body + b"}"


def read_notice(body: bytes) -> Notice:
    """Return the notice in a body that is proven. Raises Unreadable for one that has not the form of its kind."""
    try:
        event = PayPalEvent.model_validate_json(body)
    except ValidationError:
        return others_notice(body, "event_type", {*KINDS, KEPT})
    resource = event.resource
    unit = resource.purchase_units[0] if resource.purchase_units else None
    amount = unit.amount if unit is not None else resource.amount or resource.dispute_amount
    about = resource.disputed_transactions[0].custom if resource.disputed_transactions else None
    kind = KINDS.get(event.event_type, "other")
    order_id = (
        resource.id if kind in ("approved", "detached") else (resource.supplementary_data.related_ids.order_id or "")
    )
    by_zero = resource.customer.merchant_customer_id if event.event_type == KEPT else None
    if event.event_type == KEPT and (resource.metadata.order_id or by_zero):
        kind, order_id = "approved", resource.metadata.order_id or ""
    facts: dict[str, JsonValue] = {"kind": kind, "event_type": event.event_type, "order_id": order_id}
    if resource.dispute_id:
        facts |= {"case": resource.dispute_id}
    if capture := _capture_of(event, kind):
        facts |= {"capture_id": capture}
    if event.event_type == KEPT:
        facts |= {"vault_id": resource.id, "vault_customer": resource.customer.id}
    return Notice(
        payment_ref=(unit.custom_id if unit is not None else resource.custom_id or about or by_zero) or "",
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
    if kind == "refunded" or event.event_type.startswith("PAYMENT.REFUND."):
        up = next((link.href for link in resource.links if link.rel == "up"), "")
        return up.rpartition("/")[2]
    return resource.id if event.event_type.startswith("PAYMENT.CAPTURE.") else ""


def find_kept_wallet(facts: Mapping[str, JsonValue]) -> StoredMethod | None:
    """Return the wallet that a notice with these facts told of. Whose it is isn't among them: facts are stored."""
    token, customer = facts.get("vault_id"), facts.get("vault_customer")
    if not (isinstance(token, str) and isinstance(customer, str) and token):
        return None
    return StoredMethod(token, customer, Wallet().label)
