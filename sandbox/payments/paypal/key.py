"""PayPal's signing key and certificate: the sandbox's own, made once and kept in the ledger."""

import zlib
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from sandbox.database import Database

ALGORITHM: Final = "SHA256withRSA"
KEPT: Final = "paypal_key"


class PayPalKey:
    """Signs transmissions and checks signatures. The key is made at the first use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sign(self, transmission_id: str, time: str, webhook_id: str, body: bytes) -> str:
        """Return the signature of a transmission, base64."""
        return _signatures().sign(self._private(), signed_text(transmission_id, time, webhook_id, body))

    def is_ours(self, signature: str, transmission_id: str, time: str, webhook_id: str, body: bytes) -> bool:
        """Return whether that signature is ours over just these bytes."""
        text = signed_text(transmission_id, time, webhook_id, body)
        return _signatures().is_signed(self._private(), signature, text)

    def certificate(self, now: datetime) -> bytes:
        """Return the certificate of the key, PEM, self-signed."""
        return _signatures().certificate(self._private(), now)

    def _private(self) -> str:
        kept = self._database.value(KEPT)
        if kept is None:
            kept = _signatures().made()
            self._database.set_value(KEPT, kept)
        return kept


def signed_text(transmission_id: str, time: str, webhook_id: str, body: bytes) -> bytes:
    """Return what is signed: the CRC-32 stands for the raw body."""
    return f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()


def _signatures() -> Any:
    return import_module("sandbox.payments.paypal.signatures")
