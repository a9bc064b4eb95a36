"""The gate before the seller's API: nothing is read or looked up without the bearer token.

Only the description is open; requests without the token are counted by network address. It stands before FastAPI,
which would read a body before it asks who sends it, and which isn't loaded before the first request that is let in.
"""

import asyncio
from collections.abc import Callable
from importlib import import_module

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.handlers.api.dependencies import DESCRIPTION, SellerApi
from bot.web.flood import Flood, FloodRules
from bot.web.guard import LIMIT, RequestTurnedAway, Tokens, capped_body, shows_token
from bot.web.network import AddressOf

LARGEST_BODY = 4 * 1024 * 1024
FLOOD = FloodRules(session="", address="60/minute")


class Answering:
    """The API of one desk, to be mounted at `/api/v1`: an ASGI app."""

    def __init__(self, api: SellerApi) -> None:
        self._api = api
        self._gated = Gate(self._answer, api.tokens, api.flood, api.address_of)
        self._described = LateApp(_loaded)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve requests with the token."""
        await self._gated(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {**scope.get("state", {}), "api": self._api}
        await self._described(scope, receive, send)


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


def _loaded() -> ASGIApp:
    # By name: FastAPI and the fields take 11 MiB and a quarter of a start, needed only where somebody asks the API.
    app = import_module("bot.handlers.api.app").make_seller_api()
    app.openapi()  # every request is held against it
    return app


class Gate:
    """An ASGI middleware. Without a token of its own the API is closed to everybody."""

    def __init__(self, app: ASGIApp, tokens: Tokens, flood: Flood, address_of: AddressOf) -> None:
        self._app = app
        self._flood = flood
        self._address_of = address_of
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body read, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        asked = scope["path"].removeprefix(scope.get("root_path", ""))
        shown = shows_token(request, self._tokens)
        # Clients with the token aren't limited by others of their network.
        if not shown and (wait := self._flood.wait(None, self._address_of(request))):
            refusal = JSONResponse({"error": "too many requests without the token"}, 429, {"Retry-After": str(wait)})
            await refusal(scope, receive, send)
            return
        if asked != DESCRIPTION and not shown:
            refusal = JSONResponse({"error": "a bearer token is needed"}, 401, {"WWW-Authenticate": "Bearer"})
            await refusal(scope, receive, send)
            return
        try:
            body = await capped_body(request, LARGEST_BODY if shown else LIMIT)
        except RequestTurnedAway as turned:
            await JSONResponse({"error": turned.error}, turned.status)(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body once more, and the server's messages after it."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return left.pop() if left else await receive()

    return received
