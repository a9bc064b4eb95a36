"""`/desk/login/provider`: to the identity provider and back. It makes no accounts: an administrator does."""

from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.handlers.desk import ways
from bot.handlers.desk.entry import NEXT, Entry
from bot.handlers.desk.log_in import told
from bot.handlers.desk.tokens import SIGN_ON, new_token
from bot.web.guard import Turned
from bot.web.policy import DESK_PAGE
from services.agents import accounts, audit, identities, sign_on
from services.agents.accounts import Agent
from services.agents.id_token import Identity
from services.agents.provider import IdentityProvider
from services.errors import ServiceError, Unavailable

_log = structlog.get_logger(__name__)
_LONGEST_CODE = 4096
BACK = "/desk/login/provider/back"
"""Where the provider sends the browser: the redirect URI that it must know."""


def routes(entry: Entry, provider: IdentityProvider, role_claim: str | None) -> list[Route]:
    """The way there and the way back."""
    page = _SignOn(entry, provider, role_claim)
    return [Route("/desk/login/provider", told(entry, page.there)), Route(BACK, told(entry, page.back))]


@dataclass(frozen=True)
class _SignOn:
    entry: Entry
    provider: IdentityProvider
    role_claim: str | None

    async def there(self, request: Request) -> Response:
        door = self.entry.door
        address, token = door.address_of(request), new_token()
        if self.entry.flood.wait(address or token, address):
            raise Turned(429, "too_many")
        way = sign_on.way_of(self.entry.server_key, token)
        after, now = ways.local(request.query_params.get(NEXT)), door.clock.now()
        try:
            to = await self.provider.log_in_address(way)
        except ServiceError as error:
            return self._failed(error)
        await door.store.write(lambda c: sign_on.begin(c, way, after=after, now=now))
        answer = RedirectResponse(to, 303, headers=DESK_PAGE)
        door.cookies.put(answer, SIGN_ON, token, from_elsewhere=True)
        return answer

    async def back(self, request: Request) -> Response:
        door, query = self.entry.door, request.query_params
        token, now = door.cookies.read(request, SIGN_ON), door.clock.now()
        if token is None:
            return _to_log_in("provider")
        way = sign_on.way_of(self.entry.server_key, token)
        after = await door.store.write(lambda c: sign_on.end(c, way, state=query.get("state", ""), now=now))
        code = query.get("code", "")
        said_by = query.get("iss", self.provider.issuer)
        if after is None or not 0 < len(code) <= _LONGEST_CODE or said_by != self.provider.issuer:
            return self._over(_to_log_in("provider"))
        try:
            identity = await self.provider.identity(code, way)
        except ServiceError as error:
            return self._over(self._failed(error))
        return self._over(await self._let_in(request, identity, ways.local(after)))

    async def _let_in(self, request: Request, identity: Identity, after: str) -> Response:
        agent = await self.entry.door.store.write(lambda c: self._whose(c, identity))
        if agent is None:
            return _to_log_in("provider_unknown")
        answer = await self.entry.first_factor(request, agent, "provider", after, strong=identity.strong, onwards=True)
        return answer or _to_log_in("provider")

    def _whose(self, connection: sa.Connection, identity: Identity) -> Agent | None:
        """The agent, with the role that the provider names where it is the one to say so."""
        now = self.entry.door.clock.now()
        named = identity.role is not None or self.role_claim is None
        agent = identities.agent_of(connection, identity, now) if named else None
        if agent is None:
            details = {"why": "provider"}
            audit.note(connection, agent_id=None, what="log_in_refused", at=now, details=details)
            return None
        if identity.role is not None and (had := accounts.set_role(connection, agent.id, identity.role)) is not None:
            changed = {"how": "provider", "from": had, "to": identity.role}
            audit.note(connection, agent_id=agent.id, what="role_changed", at=now, details=changed)
        return agent

    def _failed(self, error: ServiceError) -> Response:
        _log.warning("sign_on_failed", why=type(error).__name__, reason=error.reason, origin=error.origin)
        return _to_log_in("provider_away" if isinstance(error, Unavailable) else "provider")

    def _over(self, answer: Response) -> Response:
        self.entry.door.cookies.drop(answer, SIGN_ON)
        return answer


def _to_log_in(reason: str) -> Response:
    return RedirectResponse(f"{ways.LOG_IN}?again=1&reason={reason}", 303, headers=DESK_PAGE)
