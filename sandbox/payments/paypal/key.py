"""PayPal's signing key and certificate: the sandbox's own, made once and kept in the ledger."""

import base64
import zlib
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from sandbox.database import Database

ALGORITHM: Final = "SHA256withRSA"
KEPT: Final = "paypal_key"


class PayPalKey:
    """Signs transmissions and checks signatures. The key is made at the first use."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key: rsa.RSAPrivateKey | None = None

    def sign(self, transmission_id: str, time: str, webhook_id: str, body: bytes) -> str:
        """Return the signature of a transmission, base64."""
        signature = self._private().sign(signed_text(transmission_id, time, webhook_id, body), *_scheme())
        return base64.b64encode(signature).decode()

    def is_ours(self, signature: str, transmission_id: str, time: str, webhook_id: str, body: bytes) -> bool:
        """Return whether that signature is ours over just these bytes."""
        text = signed_text(transmission_id, time, webhook_id, body)
        try:
            self._private().public_key().verify(base64.b64decode(signature), text, *_scheme())
        except (InvalidSignature, ValueError):
            return False
        return True

    def certificate(self, now: datetime) -> bytes:
        """Return the certificate of the key, PEM, self-signed."""
        key = self._private()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.sandbox.localhost")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .sign(key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    def _private(self) -> rsa.RSAPrivateKey:
        if self._key is None:
            kept = self._database.value(KEPT)
            if kept is None:
                kept = _made()
                self._database.set_value(KEPT, kept)
            key = serialization.load_pem_private_key(kept.encode(), password=None)
            if not isinstance(key, rsa.RSAPrivateKey):
                raise TypeError("the kept key is no RSA key")
            self._key = key
        return self._key


def signed_text(transmission_id: str, time: str, webhook_id: str, body: bytes) -> bytes:
    """Return what is signed: the CRC-32 stands for the raw body."""
    return f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()


def _scheme() -> tuple[padding.PKCS1v15, hashes.SHA256]:
    return padding.PKCS1v15(), hashes.SHA256()


def _made() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
