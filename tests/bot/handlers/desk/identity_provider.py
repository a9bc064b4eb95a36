"""A stand-in for a company's identity provider: real HTTP on loopback, real signatures, PKCE and one-time codes.

`spoil` is what a test changes: a claim, the key, the answer's status.
"""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from services.clock import Clock

CLIENT_ID, CLIENT_SECRET = "okienko-desk", "a-secret-of-the-client"


@cache
def own_key() -> RSAKey:
    """Made once: it takes longer than a test."""
    return new_key()


def new_key(kid: str = "k1") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class IdentityProviderStandIn:
    """One provider with one person, who agrees to everything."""

    clock: Clock
    url: str = ""
    key: RSAKey = field(default_factory=own_key)
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "subject-1"})
    spoil: Callable[[dict[str, Any]], None] = lambda _claims: None
    sign_with: RSAKey | None = None
    unsigned: bool = False
    by_secret: bool = False
    down: bool = False
    discovery: dict[str, Any] = field(default_factory=dict[str, Any])
    asked: list[str] = field(default_factory=list[str])
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def app(self) -> Starlette:
        routes = {
            "/.well-known/openid-configuration": self._discovery,
            "/authorize": self._authorize,
            "/token": self._token,
            "/keys": self._keys,
        }
        return Starlette(routes=[Route(path, handler, methods=["GET", "POST"]) for path, handler in routes.items()])

    async def _discovery(self, request: Request) -> Response:
        self.asked.append("discovery")
        if self.down:
            return Response(status_code=503)
        said = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return JSONResponse(said | self.discovery)

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.url}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        form = dict(parse_qsl((await request.body()).decode()))
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        who = b64decode(given).decode() if scheme == "Basic" else f"{form.get('client_id')}:{form.get('client_secret')}"
        if unquote(who) != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if create_s256_code_challenge(form.get("code_verifier", "")) != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "unused", "token_type": "Bearer", "id_token": self._id_token(asked)})

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(self.clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        self.spoil(claims)
        if self.unsigned:
            _, body, _ = jwt.encode({"alg": "RS256"}, claims, self.key).split(".")
            return f"eyJhbGciOiJub25lIn0.{body}."
        if self.by_secret:
            # Signed with what everybody can read, the public key, as if it were a shared secret.
            public = OctKey.import_key(self.key.as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": self.key.kid}, claims, public)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.sign_with or self.key)

    async def _keys(self, request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse(KeySet([self.key]).as_dict(private=False))
