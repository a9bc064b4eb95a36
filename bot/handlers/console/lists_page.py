"""`/desk/blocked` for supervisors: addresses nothing is taken from. `/desk/trail` for administrators: who did what."""

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.handlers.console.console import Console
from bot.handlers.console.door import SignedIn
from bot.handlers.console.forms import form_of
from bot.handlers.console.telling import ConsoleWords
from bot.web.policy import DESK_PAGE
from services.agents import audit
from services.store import conversations
from services.support import blocklist

_ON_A_PAGE = 100


def routes(console: Console) -> list[Route]:
    """Return both lists."""
    page, guarded = _ListsPage(console), console.door.guarded
    return [
        Route("/desk/blocked", guarded(page.blocked, role="supervisor")),
        Route("/desk/blocked/remove", guarded(page.unblock, role="supervisor"), methods=["POST"]),
        Route("/desk/trail", guarded(page.trail, role="admin")),
    ]


class _ListsPage:
    def __init__(self, console: Console) -> None:
        self._console = console

    async def blocked(self, request: Request, me: SignedIn) -> Response:
        """Return each with its conversation: an address itself is shown to nobody."""
        door = self._console.door

        def read(connection: sa.Connection) -> list[tuple[blocklist.BlockedAddress, str]]:
            held = blocklist.listed(connection, door.clock.now())
            found = [(one, conversations.find(connection, one.channel, one.address)) for one in held]
            return [(one, talk.id) for one, talk in found if talk is not None]

        blocks = await door.store.read(read)
        return door.page(
            request, me, "desk/blocked.html", blocks=blocks, told=self._told(me), names=await self._console.names()
        )

    async def unblock(self, request: Request, me: SignedIn) -> Response:
        fields, now = await form_of(request), self._console.door.clock.now()
        conversation_id = fields.get("conversation", "")

        def work(connection: sa.Connection) -> None:
            talk = conversations.load(connection, conversation_id, lock=False)
            if talk is not None and blocklist.unblock(connection, channel=talk.channel, address=talk.address):
                audit.note(connection, agent_id=me.agent_id, what="unblocked", at=now, conversation_id=talk.id)

        await self._console.door.store.write(work)
        return RedirectResponse("/desk/blocked", 303, headers=DESK_PAGE)

    async def trail(self, request: Request, me: SignedIn) -> Response:
        asked = request.query_params.get("before", "")
        before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 18 else None
        lines = await self._console.door.store.read(lambda c: audit.page(c, before=before, most=_ON_A_PAGE))
        older = lines[-1].id if len(lines) == _ON_A_PAGE else None
        names, told = await self._console.names(), self._told(me)
        return self._console.door.page(request, me, "desk/trail.html", lines=lines, names=names, told=told, older=older)

    def _told(self, me: SignedIn) -> ConsoleWords:
        return ConsoleWords(self._console.door.pages, me.locale, self._console.door.clock.now())
