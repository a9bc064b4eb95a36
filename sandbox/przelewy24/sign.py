"""Przelewy24's signature: SHA-384 of compact JSON in a fixed order, the CRC key last."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

REGISTER: Final = ("sessionId", "merchantId", "amount", "currency")
NOTICE: Final = (
    "merchantId",
    "posId",
    "sessionId",
    "amount",
    "originAmount",
    "currency",
    "orderId",
    "methodId",
    "statement",
)
VERIFY: Final = ("sessionId", "orderId", "amount", "currency")
REFUND_NOTICE: Final = ("orderId", "sessionId", "refundsUuid", "merchantId", "amount", "currency", "status")


def sign(fields: Mapping[str, Any], order: tuple[str, ...], crc: str) -> str:
    """Return the signature over those fields in that order; letters and slashes stay as they are."""
    signed = {**{name: fields.get(name) for name in order}, "crc": crc}
    text = json.dumps(signed, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha384(text.encode()).hexdigest()
