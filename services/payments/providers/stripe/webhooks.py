"""Stripe's notices: proven by an HMAC over the moment and the bytes as sent, and by being of our own mode."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import JsonValue, ValidationError

from services.errors import Forged
from services.payments.providers.base import Notice, NoticeKind, others_notice
from services.payments.providers.stripe.models import StripeEvent, Subject

HEADER = "stripe-signature"
#: An older notice is a replay, a younger one comes from a clock that can't be trusted.
TOLERANCE = timedelta(seconds=300)
LONGEST_HEADER = 4096

KINDS: Mapping[str, NoticeKind] = {
    "checkout.session.completed": "paid",
    "checkout.session.async_payment_succeeded": "paid",
    "checkout.session.async_payment_failed": "failed",
    "payment_intent.succeeded": "paid",
    "payment_intent.payment_failed": "failed",
    "setup_intent.succeeded": "paid",
    "setup_intent.setup_failed": "failed",
    "charge.refunded": "refunded",
    "charge.refund.updated": "settling",
    "refund.created": "refunded",
    "refund.updated": "settling",
    "refund.failed": "settling",
    "charge.dispute.created": "disputed",
    "charge.dispute.updated": "settling",
    "charge.dispute.closed": "settling",
    "charge.dispute.funds_reinstated": "settling",
    "charge.dispute.funds_withdrawn": "settling",
    "payment_method.detached": "detached",
    "mandate.updated": "detached",
}
DONE = ("paid", "no_payment_required")


def sign(moment: int, body: bytes, secret: str) -> str:
    """Return the signature (scheme v1) of a body sent at that Unix time; `secret` as written, `whsec_` and all."""
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def prove(headers: Mapping[str, str], body: bytes, *, secret: str, now: datetime) -> None:
    """Raise Forged unless one of the signatures is Stripe's, and fresh. Several come while a secret is replaced."""
    given = next((value for name, value in headers.items() if name.lower() == HEADER), "")
    fields = [field.strip().partition("=") for field in given[:LONGEST_HEADER].split(",")]
    moments = [value for name, _, value in fields if name == "t"]
    if not secret or len(moments) != 1 or not (moments[0].isascii() and moments[0].isdigit() and len(moments[0]) < 12):
        raise Forged("notice")
    moment = int(moments[0])
    right = sign(moment, body, secret).encode()
    matches = [hmac.compare_digest(right, value.encode()) for name, _, value in fields if name == "v1"]
    if not any(matches) or abs(now.timestamp() - moment) > TOLERANCE.total_seconds():
        raise Forged("notice")


def read_notice(body: bytes, *, live: bool) -> Notice:
    """Return the notice in a body that is proven.

    Raises Forged for one of the other mode: no test pays a live order. Raises Unreadable.
    """
    try:
        event = StripeEvent.model_validate_json(body)
    except ValidationError:
        return others_notice(body, "type", KINDS)
    if event.livemode is not live and event.type in KINDS:
        raise Forged("notice")
    subject = event.data.object
    payment_ref = subject.client_reference_id or (subject.metadata or {}).get("payment_ref") or ""
    kind = _kind(event.type, subject, payment_ref)
    is_session, kept = subject.object == "checkout.session", subject.method_name if kind == "detached" else None
    session_id = subject.id if is_session else None
    intent_id = subject.id if subject.object in ("payment_intent", "setup_intent") else subject.payment_intent
    facts: dict[str, JsonValue] = {
        "kind": kind,
        "event_type": event.type,
        "session_id": session_id,
        "intent_id": intent_id,
        **({"case": subject.id} if kind == "disputed" else {}),
        "status": subject.payment_status or subject.status,
    }
    return Notice(
        payment_ref=payment_ref,
        provider_ref=kept or session_id or intent_id or subject.id,
        amount=subject.amount_total if is_session else subject.amount,
        currency=subject.currency.upper() if subject.currency else None,
        kind=kind,
        dedup_key=event.id,
        facts=facts,
    )


def _kind(event_type: str, subject: Subject, payment_ref: str) -> NoticeKind:
    """Return what the notice tells.

    The account may be used for more than this desk: what doesn't bear our name is others'.
    """
    kind = KINDS.get(event_type, "other")
    if event_type == "mandate.updated" and subject.status != "inactive":
        return "other"  # set up, or not yet
    if kind in ("detached", "disputed", "refunded", "settling"):
        return kind  # these need not bear it: whose they are is seen by what they are about
    if not payment_ref:
        return "other"
    if event_type == "checkout.session.completed" and subject.payment_status not in DONE:
        return "other"  # complete and unpaid: the money is under way, another notice tells its end
    return kind
