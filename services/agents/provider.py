"""An OpenID Connect provider: where it is asked (its issuer tells), its keys, and codes turned into identities.

Authorization code with PKCE (RFC 7636). Nothing is asked before somebody logs in: a provider that is away keeps nobody
from starting the desk.
"""

from base64 import b64encode
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import quote_plus, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, BeforeValidator, RootModel

from services.agents import id_token
from services.agents.id_token import Claims, ExpectedToken, Identity
from services.agents.identities import SignOnAttempt
from services.clients.http import fetch
from services.clock import Clock
from services.errors import Forged, Misconfigured, ProviderRefused
from values.private import Private, PrivateStruct

_DISCOVERY = "/.well-known/openid-configuration"
_SCOPE = "openid email profile"
_TIMEOUT_S = 10.0
Prompt = Literal["login", "select_account", "off"]
KEPT = timedelta(hours=1)
"""How long what the provider says of itself is believed without asking again."""


class OidcClient(PrivateStruct):
    """This desk, as the provider knows it.

    `role_claim`: which claim names an agent's role; None: the desk's own. `trust_email`: addresses of this issuer
    count without `email_verified`. `prompt`: by which the provider asks who it is in spite of a session; None: as
    its discovery document suggests.
    """

    issuer: str
    client_id: str
    client_secret: Private[str]
    redirect_uri: str
    role_claim: str | None = None
    trust_email: bool = False
    prompt: Prompt | None = None


_Values = Annotated[list[str], BeforeValidator(id_token.list_claim_values)]


class _Discovered(BaseModel):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: _Values = ["client_secret_basic"]
    prompt_values_supported: _Values = []
    authorization_response_iss_parameter_supported: bool = False

    @property
    def endpoints(self) -> list[str]:
        named = (self.authorization_endpoint, self.token_endpoint, self.jwks_uri)
        return [*named, *(url for url in (self.userinfo_endpoint, self.end_session_endpoint) if url is not None)]

    @property
    def prompt(self) -> str | None:
        """The prompt that keeps the provider from letting somebody in without a word.

        Discovery rarely lists prompts. Every provider must know `login` (OpenID Connect Core 15.1) and may refuse
        others; Google, which has no log-out either, refuses that one and knows `select_account`.
        """
        known = self.prompt_values_supported
        if not known:
            return "login" if self.end_session_endpoint is not None else "select_account"
        return next((prompt for prompt in ("login", "select_account") if prompt in known), None)


class _Answer(BaseModel):
    id_token: str
    access_token: str | None = None


class _UserInfo(RootModel[dict[str, Any]]):
    pass


class _Keys(BaseModel):
    keys: list[dict[str, Any]]


class IdentityProvider:
    """One provider. Errors of all that asks it: Unavailable, Misconfigured, Refused, Forged.

    `clock` tells the real time, also while the sandbox has moved the desk's: the provider's clock isn't moved.
    """

    def __init__(self, client: OidcClient, http: httpx.AsyncClient, clock: Clock) -> None:
        self._client = client
        self._http = http
        self._clock = clock
        self._found: tuple[datetime, _Discovered] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    @property
    def issuer(self) -> str:
        return self._client.issuer

    @property
    def role_claim(self) -> str | None:
        """Return the claim that names an agent's role; None: the desk's own roles hold."""
        return self._client.role_claim

    async def log_in_address(self, way: SignOnAttempt, *, anew: bool = False) -> str:
        """Return where the browser goes to log in. `anew`: a session that it has at the provider isn't enough."""
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
            prompt=self._prompt(found) if anew else None,
        )

    def _prompt(self, found: _Discovered) -> str | None:
        chosen = self._client.prompt
        return found.prompt if chosen is None else chosen if chosen != "off" else None

    async def log_out_address(self, hint: str | None, state: str) -> str | None:
        """Return where the browser goes to end the provider's session; None where the provider has no such place.

        `hint`: the ID token of that session. The browser comes back to the redirect URI, with `state`.
        """
        found, client = await self._discovered(), self._client
        if found.end_session_endpoint is None:
            return None
        asked = {"client_id": client.client_id, "post_logout_redirect_uri": client.redirect_uri, "state": state}
        asked |= {"id_token_hint": hint} if hint is not None else {}
        return str(httpx.URL(found.end_session_endpoint).copy_merge_params(asked))

    async def identity(self, code: str, way: SignOnAttempt, said_by: str | None) -> Identity:
        """Return whom the provider has logged in. `said_by`: the `iss` that came with the code (RFC 9207)."""
        found, client = await self._discovered(), self._client
        if said_by is None and found.authorization_response_iss_parameter_supported:
            raise Forged("iss_missing")
        if said_by not in (None, client.issuer):
            raise Forged("iss_differs")
        answer = await self._tokens(found, code, way)
        expected = ExpectedToken(client.issuer, client.client_id, way.nonce, client.role_claim, client.trust_email)
        keys = await self._keys_for(found, answer.id_token)
        claims = id_token.read_claims(answer.id_token, keys, expected, self._clock.now())
        more = await self._user_info(found, answer, claims) if id_token.lacks_claim(claims, expected) else {}
        return id_token.identity(answer.id_token, claims, more, expected)

    async def _tokens(self, found: _Discovered, code: str, way: SignOnAttempt) -> _Answer:
        client, headers = self._client, {"accept": "application/json"}
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uri,
            "code_verifier": way.verifier,
        }
        methods = found.token_endpoint_auth_methods_supported
        if "client_secret_basic" in methods or "client_secret_post" not in methods:
            headers["authorization"] = _basic(client.client_id, client.client_secret)
        else:
            form |= {"client_id": client.client_id, "client_secret": client.client_secret}
        request = self._http.build_request("POST", found.token_endpoint, data=form, headers=headers)
        answer = await fetch(self._http, request, timeout_s=_TIMEOUT_S)
        if answer.status == 400:
            raise ProviderRefused("code_refused", origin="http 400")
        return answer.checked().read_as(_Answer)

    async def _user_info(self, found: _Discovered, answer: _Answer, claims: Claims) -> Claims:
        """Return UserInfo's claims, none where the provider has no such endpoint."""
        if found.userinfo_endpoint is None or answer.access_token is None:
            return {}
        bearer = {"authorization": f"Bearer {answer.access_token}", "accept": "application/json"}
        said: Claims = (await self._get(found.userinfo_endpoint, _UserInfo, bearer)).root
        if said.get("sub") != claims["sub"]:
            raise Forged("sub_differs")  # OpenID Connect Core 5.3.2: somebody else's, put in the place of theirs
        return said

    async def _discovered(self) -> _Discovered:
        now = self._clock.now()
        if self._found is not None and now - self._found[0] < KEPT:
            return self._found[1]
        found = await self._get(self._client.issuer.rstrip("/") + _DISCOVERY, _Discovered)
        if found.issuer != self._client.issuer:
            raise Misconfigured("another_issuer")
        # https, unless the issuer itself (on loopback) goes without.
        if not all(urlsplit(url).scheme in {"https", urlsplit(self._client.issuer).scheme} for url in found.endpoints):
            raise Misconfigured("insecure_endpoint")
        self._found = (now, found)
        return found

    async def _keys_for(self, found: _Discovered, token: str) -> KeySet:
        """Return the provider's keys, fetched again when a token names one that isn't among them."""
        now = self._clock.now()
        if self._keys is None or now - self._keys[0] >= KEPT or not _knows(self._keys[1], token):
            said = await self._get(found.jwks_uri, _Keys)
            try:
                self._keys = (now, KeySet.import_key_set({"keys": said.keys}))
            except (JoseError, ValueError) as error:
                raise Misconfigured("keys", origin=type(error).__name__) from None
        return self._keys[1]

    async def _get(self, url: str, model: type[Any], headers: dict[str, str] | None = None) -> Any:
        answer = await fetch(self._http, self._http.build_request("GET", url, headers=headers), timeout_s=_TIMEOUT_S)
        if answer.status == 404:
            raise Misconfigured("not_there", origin="http 404")
        return answer.checked().read_as(model)


def _basic(client_id: str, secret: str) -> str:
    """Return the header of `client_secret_basic`: both are form-encoded first (RFC 6749 2.3.1)."""
    return "Basic " + b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode("ascii")


def _knows(keys: KeySet, token: str) -> bool:
    kid = id_token.key_named(token)
    if kid is None:
        return True
    try:
        keys.get_by_kid(kid)
    except InvalidKeyIdError:
        return False
    return True
