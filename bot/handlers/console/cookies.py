"""The cookies of the agents' pages, and the tokens that their forms carry.

A form's token is derived from the cookie by the desk's key: without the cookie it can't be made, and it is worth
nothing with another one.
"""

import hmac
import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from bot.web.pages import Site
from services.agents import agent_accounts
from services.agents.log_in import DEVICE_LIFETIME as DEVICE_LIFETIME
from services.agents.second_factor import seal, unseal
from services.keyed_hash import all_keys, keyed_hex
from services.keyed_hash import token as keyed_token

SESSION = "okienko_desk"
"""The session."""
HALF = "okienko_desk_half"
"""The session after the password, before the second factor."""
VISITOR = "okienko_desk_visitor"
"""A browser about to log in, for its forms."""
SIGN_ON = "okienko_desk_sign_on"
"""A log-in at the identity provider under way."""
LOGGED_OUT = "okienko_desk_logged_out"
"""Marks a browser in which an agent has logged out: the identity provider is to ask anew, whatever session it
has."""
PROOF = "okienko_desk_proof"
"""The ID token of the last log-in by the provider, sealed: ending the provider's session takes it."""
DEVICE = "okienko_desk_device_"
"""A browser in which an agent has once logged in; one cookie for each login, named by a hash of it."""
MOST_DEVICES = 8
"""So many logins one browser is known for."""

_LONGEST_PROOF = 3800
"""Browsers keep 4096 bytes with the name and the rest."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_FORM = "desk form"
_PROOF_PURPOSE = "desk log-out proof"


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


class DeskCookies:
    """Reads and sets them for one installation."""

    def __init__(self, site: Site, server_key: bytes) -> None:
        self._secure = site.secure
        self._prefix = "__Host-" if site.secure else ""  # plain http knows no __Host- cookies
        self._secure_prefix = "__Secure-" if site.secure else ""  # __Host- knows no path but /
        self._device = self._secure_prefix + DEVICE
        self._key = server_key

    def read(self, request: Request, name: str) -> str | None:
        """Return the cookie's token; None if there is none of our form."""
        token = request.cookies.get(self._prefix + name)
        return token if token is not None and _TOKEN.fullmatch(token) else None

    def put(self, response: Response, name: str, token: str, *, from_elsewhere: bool = False) -> None:
        """Set it until the browser is closed. `from_elsewhere`: it must arrive with a way back from another site."""
        self._set(response, name, token, from_elsewhere=from_elsewhere)

    def drop(self, response: Response, *names: str) -> None:
        """Forget them."""
        for name in names:
            self._set(response, name, "", max_age=0)

    def device(self, request: Request, login: str) -> str | None:
        """Return what this browser has of an earlier log-in by this login; it may be anything."""
        kept = (request.cookies.get(self._device_of(key, login)) for key in all_keys(self._key))
        return next((token for token in kept if token is not None), None)

    def put_device(self, request: Request, response: Response, login: str, token: str) -> None:
        """Mark the browser as known for this login, beside the few others it was known for last."""
        mine = self._device_of(self._key, login)
        others = [name for name in request.cookies if name.startswith(self._device) and name != mine]
        kept = [
            (mine, token, int(DEVICE_LIFETIME.total_seconds())),
            *((name, "", 0) for name in others[: 1 - MOST_DEVICES]),
        ]
        for name, value, max_age in kept:
            response.set_cookie(
                name, value, max_age, path="/desk", secure=self._secure, httponly=True, samesite="strict"
            )

    def put_logged_out(self, response: Response) -> None:
        """Remember a log-out for half a year, in a cookie that comes with links from other sites, too."""
        max_age = int(DEVICE_LIFETIME.total_seconds())
        self._set(response, LOGGED_OUT, new_token(), from_elsewhere=True, max_age=max_age)

    def put_proof(self, response: Response, issuer: str, id_token: str) -> None:
        """Keep the ID token for the log-out; of one that a cookie can't hold only that there was one."""
        sealed = seal(self._key, _PROOF_PURPOSE, issuer, id_token)
        if len(sealed) > _LONGEST_PROOF:
            sealed = seal(self._key, _PROOF_PURPOSE, issuer, "")
        self._set_proof(response, sealed)

    def proof(self, request: Request, issuer: str) -> str | None:
        """Return the ID token, empty if it was too long to keep; None without a log-in by this provider."""
        sealed = request.cookies.get(self._secure_prefix + PROOF)
        return None if sealed is None else unseal(self._key, _PROOF_PURPOSE, issuer, sealed)

    def drop_proof(self, response: Response) -> None:
        """Forget the ID token."""
        self._set_proof(response, "", max_age=0)

    def _set_proof(self, response: Response, sealed: str, *, max_age: int | None = None) -> None:
        response.set_cookie(
            self._secure_prefix + PROOF,
            sealed,
            max_age,
            path="/desk/logout",
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def _device_of(self, key: bytes, login: str) -> str:
        return self._device + keyed_hex(key, "agent device cookie", agent_accounts.key(login))[:16]

    def form_token(self, token: str) -> str:
        """Return the token of forms in the browser with this cookie."""
        return keyed_token(self._key, _FORM, token)

    def is_form_token(self, token: str, given: str) -> bool:
        """Return whether `given` is that. Takes the same time for each."""
        made = [keyed_token(key, _FORM, token).encode() for key in all_keys(self._key)]
        return any(hmac.compare_digest(one, given.encode("utf-8", "surrogatepass")) for one in made)

    def _set(
        self, response: Response, name: str, token: str, *, from_elsewhere: bool = False, max_age: int | None = None
    ) -> None:
        response.set_cookie(
            self._prefix + name,
            token,
            max_age=max_age,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax" if from_elsewhere else "strict",
        )
