"""`/desk/login/provider`: to the identity provider and back. It makes no accounts: an administrator does."""

import re

import sqlalchemy as sa
import structlog
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console.cookies import LOGGED_OUT, SIGN_ON, new_token
from bot.handlers.console.log_in import BY_LOG_OUT, NEXT, LogInPages
from bot.handlers.console.page_requests import LOG_IN, local_path, log_in_path, see_other
from bot.web.guard import RequestTurnedAway
from services.agents import agent_accounts, audit, identities
from services.agents.agent_accounts import Agent
from services.agents.id_token import Identity
from services.agents.identities import NoAccess, SignOnAttempt
from services.agents.provider import IdentityProvider
from services.errors import ProviderUnavailable, ServiceError

_log = structlog.get_logger(__name__)
_LONGEST_CODE = 4096
_ERROR_CODE = re.compile(r"[a-z_]{1,60}")
_SAID = {
    "no_role": "provider_no_role",
    "email_missing": "provider_email",
    "email_unverified": "provider_email",
    "unknown": "provider_unknown",
    "other_subject": "provider_unknown",
    "disabled": "provider_unknown",
    "sandbox": "provider_unknown",
}
"""The log-in page's words for each cause; for others it says that it didn't work."""
BACK = "/desk/login/provider/back"
"""Where the provider sends the browser: the redirect URI that it must know."""


def routes(pages: LogInPages, provider: IdentityProvider) -> list[Route]:
    """Return the way there and the way back."""
    page = _SignOn(pages, provider)
    return [
        Route("/desk/login/provider", pages.access.answering(page.there)),
        Route(BACK, pages.access.answering(page.back)),
    ]


class _SignOn(Struct, frozen=True):
    pages: LogInPages
    provider: IdentityProvider

    async def there(self, request: Request) -> Response:
        access = self.pages.access
        address, token = access.address_of(request), new_token()
        if self.pages.flood.wait(address or token, address):
            raise RequestTurnedAway(429, "too_many")
        way = identities.derive_sign_on(self.pages.server_key, token)
        after, now = local_path(request.query_params.get(NEXT)), access.clock.now()
        if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return see_other(log_in_path(after))  # a log-in is begun by a press here, not by another site's link
        # A session at the provider shows neither who sits here after a log-out, nor that it is still the same person.
        anew = access.cookies.read(request, LOGGED_OUT) is not None or await access.agent_of(request) is not None
        try:
            to = await self.provider.log_in_address(way, anew=anew)
        except ServiceError as error:
            return _failed(error)
        await access.store.write(lambda c: identities.begin_sign_on(c, way, after=after, now=now))
        answer = see_other(to)
        access.cookies.put(answer, SIGN_ON, token, from_elsewhere=True)
        return answer

    async def back(self, request: Request) -> Response:
        access, query = self.pages.access, request.query_params
        if query.get("state") == BY_LOG_OUT:
            return see_other(LOG_IN)
        token = access.cookies.read(request, SIGN_ON)
        if token is None:
            return _refused("no_way")
        answer = await self._came_back(request, identities.derive_sign_ons(self.pages.server_key, token))
        access.cookies.drop(answer, SIGN_ON)
        return answer

    async def _came_back(self, request: Request, ways_there: tuple[SignOnAttempt, ...]) -> Response:
        access, query = self.pages.access, request.query_params
        state, now = query.get("state", ""), access.clock.now()
        way = next((one for one in ways_there if one.state == state), ways_there[0])
        after = await access.store.write(lambda c: identities.end_sign_on(c, way, state=state, now=now))
        if after is None:
            return _refused("state")
        code = query.get("code", "")
        if not 0 < len(code) <= _LONGEST_CODE:
            error = _error_code(query.get("error", ""))
            answer = await self._turned_away(request, NoAccess("no_code"), origin=error)
            if error == "invalid_request":
                access.cookies.drop(answer, LOGGED_OUT)  # a prompt that it doesn't know: the next try goes without
            return answer
        try:
            identity = await self.provider.identity(code, way, query.get("iss"))
        except ProviderUnavailable as error:
            return _failed(error)
        except ServiceError as error:
            return await self._turned_away(request, NoAccess(error.reason), origin=error.origin)
        return await self._let_in(request, identity, local_path(after))

    async def _let_in(self, request: Request, identity: Identity, after: str) -> Response:
        access = self.pages.access
        agent = await access.store.write(lambda c: self._whose(c, identity))
        if isinstance(agent, NoAccess):
            return await self._turned_away(request, agent)
        answer = await self.pages.first_factor(request, agent, "provider", after, strong=identity.strong, onwards=True)
        if answer is None:
            return await self._turned_away(request, NoAccess("account_changed", agent.id))
        await self.pages.log_ins.note("agent", "right", access.address_of(request))
        access.cookies.put_proof(answer, identity.issuer, identity.id_token)
        access.cookies.drop(answer, LOGGED_OUT)
        return answer

    def _whose(self, connection: sa.Connection, identity: Identity) -> Agent | NoAccess:
        """Return the agent, with the role that the provider names where it is the one to say so."""
        now = self.pages.access.clock.now()
        if self.provider.role_claim is not None and identity.role is None:
            return NoAccess("no_role")
        agent = identities.agent_of(connection, identity, now)
        if isinstance(agent, NoAccess):
            return agent
        if (
            identity.role is not None
            and (had := agent_accounts.set_role(connection, agent.id, identity.role)) is not None
        ):
            changed = {"how": "provider", "from": had, "to": identity.role}
            audit.note(connection, agent_id=agent.id, what="role_changed", at=now, details=changed)
        return agent

    async def _turned_away(self, request: Request, why: NoAccess, *, origin: str = "") -> Response:
        """Record the refusal of an agent who has come back from the provider."""
        await self.pages.log_ins.note("agent", "wrong", self.pages.access.address_of(request))
        details = {"why": "provider", "cause": why.cause} | ({"origin": origin} if origin else {})
        at = self.pages.access.clock.now()
        await self.pages.access.store.write(
            lambda c: audit.note(c, agent_id=why.agent_id, what="log_in_refused", at=at, details=details)
        )
        return _refused(why.cause, origin=origin)


def _refused(cause: str, *, origin: str = "") -> Response:
    _log.warning("sign_on_refused", cause=cause, origin=origin)
    return _to_log_in(_SAID.get(cause, "provider"))


def _failed(error: ServiceError) -> Response:
    _log.warning("sign_on_failed", why=type(error).__name__, reason=error.reason, origin=error.origin)
    return _to_log_in("provider_away" if isinstance(error, ProviderUnavailable) else "provider")


def _error_code(said: str) -> str:
    """Return the provider's error code, if it has the form of one."""
    return said if _ERROR_CODE.fullmatch(said) else ""


def _to_log_in(reason: str) -> Response:
    return see_other(f"{LOG_IN}?again=1&reason={reason}")
