"""`/desk/logout`: out of the desk, in this browser or everywhere, and out of the identity provider's session."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console import ways
from bot.handlers.console.door import SignedIn
from bot.handlers.console.entry import LogInPages
from bot.handlers.console.tokens import HALF, SESSION
from bot.usecases.agents.acts import logged_out
from services.agents import audit, sessions
from services.agents.provider import IdentityProvider
from services.errors import ServiceError

BY_LOG_OUT = "logged-out"
"""The state with which the provider sends the browser back after a log-out."""

_log = structlog.get_logger(__name__)


def routes(entry: LogInPages, provider: IdentityProvider | None) -> list[Route]:
    """Return both ways out."""
    page, guarded = _LogOut(entry, provider), entry.door.guarded
    return [
        Route("/desk/logout", guarded(page.here), methods=["POST"]),
        Route("/desk/logout/everywhere", guarded(page.everywhere), methods=["POST"]),
    ]


@dataclass(frozen=True)
class _LogOut:
    entry: LogInPages
    provider: IdentityProvider | None

    async def here(self, request: Request, me: SignedIn) -> Response:
        return await self._out(request, me, lambda c: sessions.end(c, me.session_id), what="logged_out")

    async def everywhere(self, request: Request, me: SignedIn) -> Response:
        return await self._out(request, me, lambda c: sessions.end_all(c, me.agent_id), what="logged_out_everywhere")

    async def _out(
        self, request: Request, me: SignedIn, end: Callable[[sa.Connection], object], *, what: str
    ) -> Response:
        door = self.entry.door

        def work(connection: sa.Connection) -> None:
            end(connection)
            now = door.clock.now()
            logged_out(connection, me.agent_id, now)
            audit.note(connection, agent_id=me.agent_id, what=what, at=now)

        await door.store.write(work)
        way = await self._out_of_provider(request)
        # By a page of ours: browsers apply `form-action` to where a form's answer redirects, and that isn't ours.
        answer = self.entry.leads(request, way or ways.LOG_IN, onwards=way is not None)
        door.cookies.drop(answer, SESSION, HALF)
        if self.provider is not None:
            door.cookies.drop_proof(answer)
            door.cookies.put_logged_out(answer)
        return answer

    async def _out_of_provider(self, request: Request) -> str | None:
        """Return where the provider's session ends; None if nobody came by it here, or it has no such way."""
        if self.provider is None:
            return None
        proof = self.entry.door.cookies.proof(request, self.provider.issuer)
        if proof is None:
            return None
        try:
            return await self.provider.log_out_address(proof or None, BY_LOG_OUT)
        except ServiceError as error:
            _log.warning("provider_log_out_failed", why=type(error).__name__, reason=error.reason, origin=error.origin)
            return None
