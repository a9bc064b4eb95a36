"""Read what an identity provider says of a person: the ID token, proven, and UserInfo for what the token leaves out.

Signature and claims are checked by joserfc and Authlib; here is what must be there, and what of it is believed.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from services.agents.agent_accounts import ROLES, Role
from services.errors import Forged
from values.private import Private, PrivateStruct

# With the provider's public key only: with "none" or a shared secret anybody could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY = timedelta(seconds=60)
_LONGEST_SUBJECT = 255

Claims = Mapping[str, Any]


class Identity(PrivateStruct):
    """`email` as the provider says it, `email_proven` whether it may find an account.

    `role` by the configured claim; `strong`: logged in by several factors; `id_token`: the proof, for ending the
    provider's session.
    """

    issuer: str
    subject: Private[str]
    email: Private[str | None]
    email_proven: bool
    role: Role | None
    strong: bool
    id_token: Private[str]


class ExpectedToken(PrivateStruct):
    """Issuer, audience and nonce that an ID token must name, and what else is read from it.

    `trust_email`: addresses of this issuer count without `email_verified`.
    """

    issuer: str
    client_id: str
    nonce: Private[str]
    role_claim: str | None = None
    trust_email: bool = False


def read_claims(id_token: str, keys: KeySet, expected: ExpectedToken, now: datetime) -> Claims:
    """Return the claims. Errors: Forged for everything that isn't proven, whatever it is."""
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
    subject, several = claims.get("sub"), claims.get("aud")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise Forged("id_token", origin="sub")
    if isinstance(several, list) and len(several) > 1 and claims.get("azp") != expected.client_id:
        raise Forged("id_token", origin="azp")
    return claims


def key_named(id_token: str) -> str | None:
    """Return the id of the key that the token says it is signed with: unproven, good for finding it only."""
    try:
        said = extract_compact(id_token.encode("ascii")).headers().get("kid")
    except (JoseError, ValueError, TypeError):
        return None
    return said if isinstance(said, str) else None


def lacks_claim(claims: Claims, expected: ExpectedToken) -> bool:
    """Return whether the ID token lacks a claim that UserInfo may have (OpenID Connect Core 5.4)."""
    wanted = ["email"]
    if not expected.trust_email:
        wanted.append("email_verified")
    if expected.role_claim is not None:
        wanted.append(expected.role_claim)
    return any(claims.get(name) is None for name in wanted)


def identity(id_token: str, claims: Claims, more: Claims, expected: ExpectedToken) -> Identity:
    """Return the identity: the ID token's claims, completed by those of UserInfo (`more`, empty if it wasn't asked)."""
    # An address counts with the `email_verified` it came with: that of one source says nothing of the other's address.
    whole = claims.get("email") is not None and (expected.trust_email or claims.get("email_verified") is not None)
    source = claims if whole or more.get("email") is None else more
    said = source.get("email")
    email = said if isinstance(said, str) and said else None
    return Identity(
        issuer=expected.issuer,
        subject=claims["sub"],
        email=email,
        email_proven=email is not None and (expected.trust_email or _is_yes(source.get("email_verified"))),
        role=_role(claims, more, expected.role_claim),
        strong="mfa" in list_claim_values(claims.get("amr")),
        id_token=id_token,
    )


def _role(claims: Claims, more: Claims, name: str | None) -> Role | None:
    """Return the highest of the desk's roles among those that the provider names."""
    if name is None:
        return None
    said = claims.get(name) if claims.get(name) is not None else more.get(name)
    named = list_claim_values(said)
    return next((role for role in reversed(ROLES) if role in named), None)


def _is_yes(said: object) -> bool:
    """Return whether a claim says yes: some providers write booleans as text or as numbers."""
    return said is True or (isinstance(said, str | int) and str(said).strip().casefold() in ("true", "1"))


def list_claim_values(said: object) -> list[Any]:
    """Return a claim's values: some providers write a list as one value, with commas, or as JSON in a text."""
    if not isinstance(said, str):
        return said if isinstance(said, list) else [] if said is None else [said]
    try:
        read = json.loads(said)
    except (ValueError, RecursionError):
        read = None
    return read if isinstance(read, list) else [one.strip() for one in said.split(",")]
