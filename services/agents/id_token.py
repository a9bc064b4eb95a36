"""What an identity provider says of a person, once it is proven that the provider said it, to this desk, just now.

Signature and claims are checked by joserfc and Authlib; here is what must be there, and what of it is believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from services.agents.accounts import ROLES, Role
from services.errors import Forged

# With the provider's public key only: with "none" or a shared secret anybody could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = timedelta(seconds=60)
_LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Identity:
    """`email` only if the provider has verified it; `role` by the configured claim; `strong`: by several factors."""

    issuer: str
    subject: str = field(repr=False)
    email: str | None = field(repr=False)
    role: Role | None
    strong: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """Who must have said it, to whom, in answer to what."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    role_claim: str | None = None


def read(id_token: str, keys: KeySet, expected: Expected, now: datetime) -> Identity:
    """The identity. Errors: Forged for everything that isn't proven, whatever it is."""
    try:
        token = jwt.decode(id_token, keys, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
                "nonce": {"essential": True, "value": expected.nonce},
            },
            params={"nonce": expected.nonce, "client_id": expected.client_id},
        )
        claims.validate(now=int(now.timestamp()), leeway=int(LEEWAY.total_seconds()))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise Forged("id_token", origin=type(error).__name__) from None
    return _identity(claims, expected)


def key_named(id_token: str) -> str | None:
    """The id of the key that the token says it is signed with: unproven, good for finding it only."""
    try:
        said = extract_compact(id_token.encode("ascii")).headers().get("kid")
    except (JoseError, ValueError, TypeError):
        return None
    return said if isinstance(said, str) else None


def _identity(claims: Mapping[str, Any], expected: Expected) -> Identity:
    subject, email, several = claims.get("sub"), claims.get("email"), claims.get("aud")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise Forged("id_token", origin="sub")
    if isinstance(several, list) and len(several) > 1 and claims.get("azp") != expected.client_id:
        raise Forged("id_token", origin="azp")
    verified = isinstance(email, str) and claims.get("email_verified") is True
    methods = claims.get("amr")
    return Identity(
        issuer=expected.issuer,
        subject=subject,
        email=email if verified else None,
        role=_role(claims.get(expected.role_claim)) if expected.role_claim is not None else None,
        strong=isinstance(methods, list) and "mfa" in methods,
    )


def _role(said: object) -> Role | None:
    """The highest of the desk's roles among those that the provider names."""
    named = said if isinstance(said, list) else [said]
    return next((role for role in reversed(ROLES) if role in named), None)
