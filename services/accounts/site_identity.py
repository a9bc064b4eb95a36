"""Tokens by which the seller's site says who its customer is: read and proven, or refused with a reason.

The key decides the algorithm, never the token. Both are read strictly: what two readers could read in two ways is
refused (RFC 8725).
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwk, jws
from joserfc.errors import JoseError

from services.accounts.identity_keys import KID, IdentityKey
from services.errors import Forged
from values.private import Private, PrivateStruct

LIVES = timedelta(minutes=5)
LEEWAY = timedelta(seconds=30)
LONGEST = 4096
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_NAME = re.compile(KID)
_LONGEST_JTI = 200
_CURVES: Mapping[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("EC", "P-256"): ("ES256", ("crv", "kty", "x", "y")),
    ("OKP", "Ed25519"): ("EdDSA", ("crv", "kty", "x")),
}
"""The algorithm of each kind of key, and its members, of which the thumbprint is made."""
_HEADER = frozenset(("alg", "kid", "typ"))
_SIGNATURE = 64  # bytes, with either algorithm


class SiteCustomer(PrivateStruct):
    """A proven token's customer. `jti` counts once until `expires_at`."""

    kid: str
    customer_id: Private[str]
    jti: Private[str]
    expires_at: datetime


class ExpectedIdentity(PrivateStruct):
    """The names under which a token may mean this desk, and the origin of the page that brought it."""

    audiences: tuple[str, ...]
    origin: str


def public_key(given: Mapping[str, Any]) -> IdentityKey:
    """Return a key in the form that is kept, named by its `kid`, else by its thumbprint.

    Errors: ValueError for another kind, a private one, a point off the curve, or a name of another form.
    """
    kind = _CURVES.get((str(given.get("kty")), str(given.get("crv"))))
    if kind is None:
        raise ValueError("a key is EC with P-256, or OKP with Ed25519")
    algorithm, members = kind
    if "d" in given:
        raise ValueError("that is the private key: take it out of use, and send its public half")
    if given.get("alg", algorithm) != algorithm or given.get("use", "sig") != "sig":
        raise ValueError(f"a key of this kind signs, with {algorithm}")
    try:
        key = jwk.import_key({name: given[name] for name in members})
        key.get_op_key("verify")
    except (JoseError, ValueError, KeyError, TypeError, binascii.Error):
        raise ValueError("the key can't be read") from None
    name = given.get("kid", key.thumbprint())
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("a kid has 1 to 64 letters, digits, or _ . : -")
    return IdentityKey(name, algorithm, {name: given[name] for name in members})


def read_token(token: str, keys: Sequence[IdentityKey], expected: ExpectedIdentity, now: datetime) -> SiteCustomer:
    """Return who the token is about. Errors: Forged, with the part that isn't right as its origin."""
    if len(token) > LONGEST or not _FORM.fullmatch(token):
        raise _refused("form")
    head, body, signature = (_bytes(part) for part in token.split("."))
    key = _signing_key(_object(head, "header"), keys)
    if len(signature) != _SIGNATURE:
        raise _refused("signature")
    meant, _, _ = token.rpartition(".")
    if not jws.JWSRegistry.algorithms[key.algorithm].verify(meant.encode(), signature, jwk.import_key(dict(key.jwk))):
        raise _refused("signature")
    return _customer(key.kid, _object(body, "claims"), expected, now)


def _signing_key(header: Mapping[str, Any], keys: Sequence[IdentityKey]) -> IdentityKey:
    """Return the key that the token names, or the only one there is; its algorithm must be the token's."""
    if not _HEADER.issuperset(header) or str(header.get("typ", "JWT")).upper() != "JWT":
        raise _refused("header")
    named = [key for key in keys if "kid" not in header or key.kid == header["kid"]]
    if len(named) != 1:
        raise _refused("kid")
    if header.get("alg") != named[0].algorithm:
        raise _refused("alg")
    return named[0]


def _customer(kid: str, claims: Mapping[str, Any], expected: ExpectedIdentity, now: datetime) -> SiteCustomer:
    if claims.get("aud") not in expected.audiences:
        raise _refused("aud")
    if claims.get("iss", expected.origin) != expected.origin:
        raise _refused("iss")
    expires_at, issued_at = _moment(claims, "exp"), _moment(claims, "iat", now)
    if expires_at + LEEWAY <= now:
        raise _refused("expired")
    if expires_at > min(now + LEEWAY, issued_at) + LIVES:
        raise _refused("exp")
    if issued_at > now + LEEWAY:
        raise _refused("iat")
    if _moment(claims, "nbf", now) > now + LEEWAY:
        raise _refused("nbf")
    customer_id, jti = claims.get("sub"), claims.get("jti")
    if not isinstance(customer_id, str) or not _NAME.fullmatch(customer_id):
        raise _refused("sub")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        raise _refused("jti")
    return SiteCustomer(kid, customer_id, jti, expires_at)


def _moment(claims: Mapping[str, Any], name: str, default: datetime | None = None) -> datetime:
    """Return a time in whole seconds; `default` where the claim isn't there."""
    if name not in claims and default is not None:
        return default
    value = claims.get(name)
    if type(value) is not int:
        raise _refused(name)
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        raise _refused(name) from None


def _bytes(part: str) -> bytes:
    """Return what is written; of all spellings only the one that everybody writes."""
    try:
        read = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise _refused("form") from None
    if base64.urlsafe_b64encode(read).rstrip(b"=").decode() != part:
        raise _refused("form")
    return read


def _object(raw: bytes, what: str) -> dict[str, Any]:
    """Return the JSON object. A name that is there twice is refused: two readers may read two values."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a name is there twice")
        return dict(pairs)

    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise _refused(what) from None
    if not isinstance(value, dict):
        raise _refused(what)
    return value


def _refused(what: str) -> Forged:
    return Forged("identity", origin=what)
