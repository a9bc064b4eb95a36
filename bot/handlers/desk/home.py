"""`/desk`: who is logged in, and the ways to one's own settings and out."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.desk.door import DeskDoor, SignedIn


def routes(door: DeskDoor) -> list[Route]:
    """The desk's first page."""

    async def home(request: Request, me: SignedIn) -> Response:
        return door.page(request, me, "desk/home.html")

    return [Route("/desk", door.guarded(home))]
