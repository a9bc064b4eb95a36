"""Rooms of a desk that are loaded when somebody first enters: apps and groups of routes beneath one path."""

import asyncio
import re
from collections.abc import Callable, Sequence

from starlette.routing import BaseRoute, Match, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class LateApp:
    """An ASGI app that its first request loads, in a thread: turns go on meanwhile. A load that fails is tried again.

    What counts from the start, as limits of visits do, isn't made by `load`.
    """

    def __init__(self, load: Callable[[], ASGIApp]) -> None:
        self._load = load
        self._app: ASGIApp | None = None
        self._loading = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, once the app is there."""
        if self._app is None:
            async with self._loading:
                if self._app is None:
                    self._app = await asyncio.to_thread(self._load)
        await self._app(scope, receive, send)


class Room(BaseRoute):
    """All routes at `path` and below; `load` returns them. No other route of the desk may lie there.

    It takes every request below its path, so that what none of its routes knows is 404, and 405 by another method, as
    if they stood beside all others.
    """

    def __init__(self, path: str, load: Callable[[], Sequence[Route]]) -> None:
        self.load = load
        self._here = re.compile(rf"{re.escape(path)}(/|$)")  # `$` lets a line break pass, as in a route's own pattern
        self._inside = LateApp(lambda: Router(load(), redirect_slashes=False))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take what comes by HTTP for this path, or for one below it."""
        here = scope["type"] == "http" and self._here.match(scope["path"])
        return (Match.FULL if here else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve by the room's own routes."""
        await self._inside(scope, receive, send)
