"""The console's pages that only show: the queue, a conversation, and what a script asks for when it hears news."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.handlers.console.console import Console
from bot.handlers.console.door import SignedIn
from bot.handlers.console.lines_asked import lines_asked
from bot.web.policy import DESK_PAGE
from services.support import handoffs

_KEYS = (
    ("J", "next"),
    ("K", "previous"),
    ("Enter", "open"),
    ("T", "take"),
    ("R", "write"),
    ("Ctrl+Enter", "send"),
    ("G", "back"),
    ("N", "note"),
    ("/", "search"),
)
"""As `static/js/desk/keys.js` has them; what they do is in the pages' texts."""


def routes(console: Console) -> list[Route]:
    """`/desk`, `/desk/queue`, `/desk/c/…`."""
    pages, guarded = _Pages(console), console.door.guarded
    return [
        Route("/desk", guarded(pages.home)),
        Route("/desk/next", guarded(pages.next)),
        Route("/desk/help", guarded(pages.help)),
        Route("/desk/queue", guarded(pages.queue, active=False)),
        Route("/desk/c/{id}", guarded(pages.conversation)),
        Route("/desk/c/{id}/parts", guarded(pages.parts, active=False)),
        Route("/desk/c/{id}/earlier", guarded(pages.earlier)),
    ]


class _Pages:
    def __init__(self, console: Console) -> None:
        self._console = console

    async def home(self, request: Request, me: SignedIn) -> Response:
        return await self._console.whole(request, me, [], None)

    async def next(self, request: Request, me: SignedIn) -> Response:
        """Lead to whoever has waited longest."""
        del request, me
        waiting = await self._console.door.store.read(handoffs.queue)
        way = f"/desk/c/{waiting[0].conversation_id}" if waiting else "/desk"
        return RedirectResponse(way, 303, headers=DESK_PAGE)

    async def help(self, request: Request, me: SignedIn) -> Response:
        return self._console.door.page(request, me, "desk/help.html", keys=_KEYS)

    async def queue(self, request: Request, me: SignedIn) -> Response:
        console = self._console
        piece = await console.queue(me, request.query_params.get("open", ""))
        if piece.mark in request.query_params.getlist("mark"):
            return Response(status_code=204, headers=DESK_PAGE)
        return console.bare(request, me, [piece])

    async def conversation(self, request: Request, me: SignedIn) -> Response:
        """Note who opened the conversation; opening ends its passing on to that agent."""
        conversation_id = str(request.path_params["id"])
        await self._console.come(me, conversation_id)
        return await self._console.page(request, me, conversation_id, opening=True)

    async def parts(self, request: Request, me: SignedIn) -> Response:
        talk = await self._console.talk(me, str(request.path_params["id"]))
        return await self._console.changed(request, me, talk)

    async def earlier(self, request: Request, me: SignedIn) -> Response:
        """Lines before those that the page has."""
        talk = await self._console.talk(me, str(request.path_params["id"]))
        pieces = await self._console.lines(me, talk, lines_asked(request, earlier=True))
        return self._console.bare(request, me, pieces)
