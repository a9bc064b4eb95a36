"""Przelewy24's signature: SHA-384 over compact JSON whose keys stand in a fixed order, the CRC key last.

The order differs by use; integers stay bare, slashes and letters outside ASCII are not escaped.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

REGISTER = ("sessionId", "merchantId", "amount", "currency")
VERIFY = ("sessionId", "orderId", "amount", "currency")
NOTICE = tuple("merchantId posId sessionId amount originAmount currency orderId methodId statement".split())
REFUND_NOTICE = ("orderId", "sessionId", "refundsUuid", "merchantId", "amount", "currency", "status")


def sign(fields: tuple[str, ...], values: Mapping[str, int | str], crc: str) -> str:
    """Return the signature of `values` for one of the uses above."""
    ordered = {name: values[name] for name in fields} | {"crc": crc}
    text = json.dumps(ordered, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha384(text.encode()).hexdigest()


def is_signed(fields: tuple[str, ...], values: Mapping[str, int | str], crc: str, signature: str) -> bool:
    """Return whether `signature` is the right one, compared in constant time."""
    return bool(crc) and hmac.compare_digest(sign(fields, values, crc).encode(), signature.encode())
