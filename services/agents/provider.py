"""An OpenID Connect provider: where it is asked (its issuer tells), its keys, and codes turned into identities.

Authorization code with PKCE (RFC 7636). Nothing is asked before somebody logs in: a provider that is away keeps nobody
from starting the desk.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel

from services.agents import id_token
from services.agents.id_token import Expected, Identity
from services.agents.sign_on import Way
from services.clock import Clock
from services.errors import Misconfigured, Refused
from services.http import fetch

_DISCOVERY = "/.well-known/openid-configuration"
_SCOPE = "openid email profile"
_TIMEOUT_S = 10.0
KEPT = timedelta(hours=1)
"""How long what the provider says of itself is believed without asking again."""


@dataclass(frozen=True, slots=True)
class Client:
    """This desk, as the provider knows it. `role_claim`: which claim names an agent's role; None: the desk's own."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    role_claim: str | None = None


class _Discovered(BaseModel):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]


class _Answer(BaseModel):
    id_token: str


class _Keys(BaseModel):
    keys: list[dict[str, Any]]


class IdentityProvider:
    """One provider. Errors of all that asks it: Unavailable, Misconfigured, Refused, Forged."""

    def __init__(self, client: Client, http: httpx.AsyncClient, clock: Clock) -> None:
        self._client = client
        self._http = http
        self._clock = clock
        self._found: tuple[datetime, _Discovered] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    @property
    def issuer(self) -> str:
        """Who it is."""
        return self._client.issuer

    async def log_in_address(self, way: Way) -> str:
        """Where the browser goes to log in."""
        found = await self._discovered()
        return prepare_grant_uri(
            found.authorization_endpoint,
            client_id=self._client.client_id,
            response_type="code",
            redirect_uri=self._client.redirect_uri,
            scope=_SCOPE,
            state=way.state,
            nonce=way.nonce,
            code_challenge=create_s256_code_challenge(way.verifier),
            code_challenge_method="S256",
        )

    async def identity(self, code: str, way: Way) -> Identity:
        """Whom the provider has logged in."""
        found = await self._discovered()
        headers, body = self._token_request(found, code, way)
        request = self._http.build_request("POST", found.token_endpoint, content=body, headers=headers)
        answer = await fetch(self._http, request, timeout_s=_TIMEOUT_S)
        if answer.status == 400:
            raise Refused("code_refused", origin="http 400")
        said = answer.checked().read_as(_Answer).id_token
        client = self._client
        expected = Expected(client.issuer, client.client_id, way.nonce, client.role_claim)
        keys = await self._keys_for(found, said)
        return id_token.read(said, keys, expected, self._clock.now())

    def _token_request(self, found: _Discovered, code: str, way: Way) -> tuple[dict[str, str], str]:
        known = found.token_endpoint_auth_methods_supported
        basic = "client_secret_basic" in known or "client_secret_post" not in known
        body: str = prepare_token_request(
            "authorization_code", code=code, redirect_uri=self._client.redirect_uri, code_verifier=way.verifier
        )
        form = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        proof = ClientAuth(
            self._client.client_id,
            self._client.client_secret,
            "client_secret_basic" if basic else "client_secret_post",
        )
        _, headers, sent = proof.prepare("POST", found.token_endpoint, form, body)
        return headers, sent

    async def _discovered(self) -> _Discovered:
        now = self._clock.now()
        if self._found is not None and now - self._found[0] < KEPT:
            return self._found[1]
        found = await self._get(self._client.issuer.rstrip("/") + _DISCOVERY, _Discovered)
        if found.issuer != self._client.issuer:
            raise Misconfigured("another_issuer")
        if not all(self._may(url) for url in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)):
            raise Misconfigured("insecure_endpoint")
        self._found = (now, found)
        return found

    def _may(self, url: str) -> bool:
        """https, unless the issuer itself (on loopback) goes without."""
        return urlsplit(url).scheme in {"https", urlsplit(self._client.issuer).scheme}

    async def _keys_for(self, found: _Discovered, token: str) -> KeySet:
        """The provider's keys; asked for again when a token names one that isn't among them (they are replaced)."""
        now = self._clock.now()
        if self._keys is None or now - self._keys[0] >= KEPT or not _knows(self._keys[1], token):
            said = await self._get(found.jwks_uri, _Keys)
            try:
                self._keys = (now, KeySet.import_key_set({"keys": said.keys}))
            except (JoseError, ValueError) as error:
                raise Misconfigured("keys", origin=type(error).__name__) from None
        return self._keys[1]

    async def _get(self, url: str, model: type[Any]) -> Any:
        answer = await fetch(self._http, self._http.build_request("GET", url), timeout_s=_TIMEOUT_S)
        if answer.status == 404:
            raise Misconfigured("not_there", origin="http 404")
        return answer.checked().read_as(model)


def _knows(keys: KeySet, token: str) -> bool:
    kid = id_token.key_named(token)
    if kid is None:
        return True
    try:
        keys.get_by_kid(kid)
    except InvalidKeyIdError:
        return False
    return True
