"""RSA as PayPal signs with it, and the certificate of its key: all that the sandbox needs of `cryptography`.

Loaded with the first notice: a desk starts without that library.
"""

import base64
import zlib
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from sandbox.database import Database

KEPT: Final = "paypal_key"


class PayPalKey:
    """Signs transmissions and checks signatures. The key is made at the first use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sign(self, transmission_id: str, time: str, webhook_id: str, body: bytes) -> str:
        """Return the signature of a transmission, base64."""
        text = _signed_text(transmission_id, time, webhook_id, body)
        return base64.b64encode(self._private().sign(text, *_scheme())).decode()

    def is_ours(self, signature: str, transmission_id: str, time: str, webhook_id: str, body: bytes) -> bool:
        """Return whether that signature is ours over just these bytes."""
        text = _signed_text(transmission_id, time, webhook_id, body)
        try:
            self._private().public_key().verify(base64.b64decode(signature), text, *_scheme())
        except (InvalidSignature, ValueError):
            return False
        return True

    def certificate(self, now: datetime) -> bytes:
        """Return the certificate of the key, PEM, self-signed."""
        own = self._private()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.sandbox.localhost")])
        given = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .sign(own, hashes.SHA256())
        )
        return given.public_bytes(serialization.Encoding.PEM)

    def _private(self) -> rsa.RSAPrivateKey:
        kept = self._database.value(KEPT)
        if kept is None:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
            kept = key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
            self._database.set_value(KEPT, kept)
        return _loaded(kept)


def _signed_text(transmission_id: str, time: str, webhook_id: str, body: bytes) -> bytes:
    """Return what is signed: the CRC-32 stands for the raw body."""
    return f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()


@lru_cache(maxsize=4)
def _loaded(key: str) -> rsa.RSAPrivateKey:
    loaded = serialization.load_pem_private_key(key.encode(), password=None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError("the kept key is no RSA key")
    return loaded


def _scheme() -> tuple[padding.PKCS1v15, hashes.SHA256]:
    return padding.PKCS1v15(), hashes.SHA256()
