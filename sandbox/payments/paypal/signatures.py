"""RSA as PayPal signs with it, and the certificate of its key: all that the sandbox needs of `cryptography`.

Loaded with the first notice: a desk starts without that library.
"""

import base64
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID


def make_key() -> str:
    """Return a new key, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def sign(key: str, text: bytes) -> str:
    """Return the key's signature of these bytes, base64."""
    return base64.b64encode(_loaded(key).sign(text, *_scheme())).decode()


def is_signed(key: str, signature: str, text: bytes) -> bool:
    """Return whether that is the key's signature of just these bytes."""
    try:
        _loaded(key).public_key().verify(base64.b64decode(signature), text, *_scheme())
    except (InvalidSignature, ValueError):
        return False
    return True


def certificate(key: str, now: datetime) -> bytes:
    """Return the certificate of the key, PEM, self-signed."""
    own = _loaded(key)
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


@lru_cache(maxsize=4)
def _loaded(key: str) -> rsa.RSAPrivateKey:
    loaded = serialization.load_pem_private_key(key.encode(), password=None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError("the kept key is no RSA key")
    return loaded


def _scheme() -> tuple[padding.PKCS1v15, hashes.SHA256]:
    return padding.PKCS1v15(), hashes.SHA256()
