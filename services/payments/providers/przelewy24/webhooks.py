"""Przelewy24's notices: proven by signature, and by the shop's numbers being ours.

A signature is SHA-384 over compact JSON whose keys stand in a fixed order, the CRC key last. The order differs by use;
integers stay bare, slashes and letters outside ASCII are not escaped.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

from pydantic import ValidationError

from services.errors import Forged
from services.payments.providers.base import Notice
from services.payments.providers.przelewy24.models import CodeNotice, PaidNotice, RefundNotice

REGISTER = ("sessionId", "merchantId", "amount", "currency")
VERIFY = ("sessionId", "orderId", "amount", "currency")
NOTICE = tuple("merchantId posId sessionId amount originAmount currency orderId methodId statement".split())
CODE_NOTICE = ("orderId", "sessionId", "method", "result")
REFUND_NOTICE = ("orderId", "sessionId", "refundsUuid", "merchantId", "amount", "currency", "status")


def sign(fields: tuple[str, ...], values: Mapping[str, object], crc: str) -> str:
    """Return the signature of `values` for one of the uses above."""
    ordered = {name: values[name] for name in fields} | {"crc": crc}
    text = json.dumps(ordered, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha384(text.encode()).hexdigest()


def is_signed(fields: tuple[str, ...], values: Mapping[str, object], crc: str, signature: str) -> bool:
    """Return whether `signature` is the right one, compared in constant time."""
    return bool(crc) and hmac.compare_digest(sign(fields, values, crc).encode(), signature.encode())


def read_notice(body: bytes, *, crc: str, merchant_id: int, pos_id: int) -> Notice:
    """Return the notice in `body`. Raises Forged, without saying why, when anything about it is not right."""
    try:
        return _paid(PaidNotice.model_validate_json(body), crc, merchant_id, pos_id)
    except ValidationError:
        pass
    try:
        return _refunded(RefundNotice.model_validate_json(body), crc, merchant_id)
    except ValidationError:
        pass
    try:
        return _of_code(CodeNotice.model_validate(_unwrapped(body)), crc)
    except (ValidationError, ValueError, RecursionError):
        raise Forged("notice") from None


def _unwrapped(body: bytes) -> object:
    """Return what a notice of a code tells: its documentation shows it inside of `data`, its plug-ins without."""
    told = json.loads(body)
    return told.get("data", told) if isinstance(told, dict) else told


def _of_code(notice: CodeNotice, crc: str) -> Notice:
    if not is_signed(CODE_NOTICE, notice.model_dump(), crc, notice.sign):
        raise Forged("notice")
    return Notice(
        payment_ref=notice.sessionId,
        provider_ref=str(notice.orderId),
        amount=None,
        currency=None,
        kind="failed" if notice.refusal is not None else "other",
        dedup_key=f"code:{notice.sessionId}:{notice.orderId}:{_contents(notice)}",
        facts={"kind": "code", "refusal": notice.refusal},
    )


def _paid(notice: PaidNotice, crc: str, merchant_id: int, pos_id: int) -> Notice:
    signed = is_signed(NOTICE, notice.model_dump(), crc, notice.sign)
    if not signed or notice.merchantId != merchant_id or notice.posId != pos_id:
        raise Forged("notice")
    return Notice(
        payment_ref=notice.sessionId,
        provider_ref=str(notice.orderId),
        amount=notice.amount,
        currency=notice.currency,
        kind="paid",
        dedup_key=f"paid:{notice.sessionId}:{notice.orderId}:{_contents(notice)}",
        facts={
            "kind": "paid",
            "session_id": notice.sessionId,
            "order_id": notice.orderId,
            "amount": notice.amount,
            "origin_amount": notice.originAmount,
            "currency": notice.currency,
            "method_id": notice.methodId,
        },
    )


def _refunded(notice: RefundNotice, crc: str, merchant_id: int) -> Notice:
    if not is_signed(REFUND_NOTICE, notice.model_dump(), crc, notice.sign) or notice.merchantId != merchant_id:
        raise Forged("notice")
    completed = notice.status == 0
    return Notice(
        payment_ref=notice.sessionId,
        provider_ref=str(notice.orderId),
        amount=notice.amount,
        currency=notice.currency,
        kind="refunded" if completed else "settling",
        dedup_key=f"refund:{notice.refundsUuid}:{notice.status}:{_contents(notice)}",
        facts={"kind": "refund", "refund_id": notice.refundsUuid, "refund": "completed" if completed else "rejected"},
    )


def _contents(notice: PaidNotice | RefundNotice | CodeNotice) -> str:
    """Return what stands for all that a notice says: Przelewy24 gives its notices no number of their own.

    A notice of another sum or currency is another notice: it doesn't use up the key of the right one.
    """
    return hashlib.sha256(notice.model_dump_json(exclude={"sign"}).encode()).hexdigest()[:32]
