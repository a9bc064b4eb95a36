"""A stand-in for a company's identity provider: real HTTP on loopback, real signatures, PKCE and one-time codes.

It is as strict as the standards allow: the ID token says who, UserInfo everything else (OpenID Connect Core 5.4), and
the client's id and secret must be form-encoded (RFC 6749 2.3.1). `spoil` is what a test changes: a claim, the key, the
answer's status.
"""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from services.clock import Clock

CLIENT_ID, CLIENT_SECRET = "okienko:desk", "zażółć+geś/lą=100%25 €:ü"

ACCESS_TOKEN = "opaque"


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
    in_id_token: set[str] = field(default_factory=lambda: {"sub", "amr"})
    user_info: dict[str, Any] = field(default_factory=dict[str, Any])
    session: bool = False
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
            "/userinfo": self._user_info,
            "/logout": self._log_out,
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
            "userinfo_endpoint": f"{self.url}/userinfo",
            "end_session_endpoint": f"{self.url}/logout",
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse({name: value for name, value in (said | self.discovery).items() if value is not None})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        self.session = True
        back = {"code": code, "state": asked["state"], "iss": self.url}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        form = dict(parse_qsl((await request.body()).decode()))
        if _client(request, form) != (CLIENT_ID, CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if create_s256_code_challenge(form.get("code_verifier", "")) != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": self._id_token(asked)})

    async def _user_info(self, request: Request) -> Response:
        self.asked.append("userinfo")
        if request.headers.get("authorization") != f"Bearer {ACCESS_TOKEN}":
            return Response(status_code=401)
        return JSONResponse(self.claims | self.user_info)

    async def _log_out(self, request: Request) -> Response:
        """Ends the session only on the word of a token of its own, as most do without asking."""
        asked = dict(request.query_params)
        said = jwt.decode(asked["id_token_hint"], KeySet([self.key])).claims
        assert (said["sub"], said["aud"], asked["client_id"]) == (self.claims["sub"], CLIENT_ID, CLIENT_ID)
        self.session = False
        return RedirectResponse(f"{asked['post_logout_redirect_uri']}?{urlencode({'state': asked['state']})}", 302)

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(self.clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **{name: value for name, value in self.claims.items() if name in self.in_id_token},
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


def _client(request: Request, form: dict[str, str]) -> tuple[str | None, str | None]:
    """Read whose request it is as RFC 6749 demands: decoding what wasn't encoded gives another secret."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        return form.get("client_id"), form.get("client_secret")
    client_id, _, secret = b64decode(given).decode("ascii").partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
