"""Certificates and signatures as `cryptography` checks them; loaded with the first notice, by name."""

from datetime import datetime
from functools import cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from services.clients.http import load_trusted


def is_signed(key: rsa.RSAPublicKey, signature: bytes, text: bytes) -> bool:
    """Return whether the key signed just these bytes."""
    try:
        key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def check_certificate(
    pem: bytes, now: datetime, roots: list[x509.Certificate] | None, *, domain: str
) -> tuple[rsa.RSAPublicKey, datetime] | None:
    """Return key and end of a certificate that is valid now, is of the domain by name and leads to one of the `roots`.

    Without roots it answers for itself.
    """
    try:
        leaf, *between = x509.load_pem_x509_certificates(pem)
        key = leaf.public_key()
        if roots is not None:
            _proven(leaf, between, roots, now, domain)
    except (ValueError, VerificationError, x509.ExtensionNotFound):
        return None
    valid = leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc
    if not valid or not isinstance(key, rsa.RSAPublicKey) or key.key_size < 2048:
        return None
    return key, leaf.not_valid_after_utc


def _proven(
    leaf: x509.Certificate, between: list[x509.Certificate], roots: list[x509.Certificate], now: datetime, domain: str
) -> None:
    """Raise ValueError or VerificationError unless the certificate is the domain's by name and by whom it was given."""
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ours = [name for name in names.get_values_for_type(x509.DNSName) if name.lower().endswith(f".{domain}")]
    if not ours:
        raise ValueError("no name of the domain")
    verifier = PolicyBuilder().store(Store(roots)).time(now).build_server_verifier(x509.DNSName(ours[0]))
    verifier.verify(leaf, between)


@cache
def authorities() -> list[x509.Certificate]:
    """Return the authorities that all clients of a process go by."""
    return [x509.load_der_x509_certificate(each) for each in load_trusted().get_ca_certs(binary_form=True)]
