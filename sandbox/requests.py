"""Requests to the stand-ins: bodies, errors, credentials, and the frame of the payment providers' APIs."""

import base64
import binascii
import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Literal

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.ledger import LedgerAnswer
from sandbox.world import World

Handler = Callable[[Request], Awaitable[Response]]


class BadRequest(Exception):
    """A request that can't be served; told as `{"error"}`."""

    def __init__(self, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.status = status


async def read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body. Raises BadRequest."""
    try:
        asked = json.loads(await request.body())
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise BadRequest("the body is a JSON object")
    return asked


def answer_mistakes(handler: Handler) -> Handler:
    """Answer what is wrong with a request."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except BadRequest as wrong:
            return JSONResponse({"error": str(wrong)}, wrong.status)

    return answered


def bearer_of(request: Request) -> str:
    """Return the bearer token sent, or nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def has_bearer(request: Request, expected: str) -> bool:
    """Return whether the request bears that token."""
    return hmac.compare_digest(bearer_of(request).encode(), expected.encode())


def has_basic(request: Request, username: str, password: str) -> bool:
    """Return whether the request names that user and password."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(given, f"{username}:{password}".encode())


class TokenEndpoint(Struct, frozen=True):
    """A provider's tokens for one client; they last `lasts`.

    The credentials come by Basic authentication, with `in_form` as fields of the form. `more` is what the provider
    adds to its answer.
    """

    world: World
    provider: str
    client_id: str
    client_secret: str
    lasts: timedelta
    prefix: str = ""
    in_form: bool = False
    more: Mapping[str, str] = field(default_factory=dict[str, str])

    async def issue(self, request: Request) -> Response:
        """Serve `POST` of a form with `grant_type=client_credentials`."""
        form = await request.form()
        given = (form.get("client_id"), form.get("client_secret")) == (self.client_id, self.client_secret)
        if not (given if self.in_form else has_basic(request, self.client_id, self.client_secret)):
            return JSONResponse({"error": "invalid_client", "error_description": "Client Authentication failed"}, 401)
        if form.get("grant_type") != "client_credentials":
            body = {"error": "unsupported_grant_type", "error_description": "Grant Type is NULL or not supported"}
            return JSONResponse(body, 400)
        token = self.prefix + self.world.ledger.fresh_id(f"{self.provider}_token", 40)
        self.world.ledger.open_session(self.provider, token, self.world.clock.now() + self.lasts)
        lasts = int(self.lasts.total_seconds())
        return JSONResponse({**self.more, "access_token": token, "token_type": "Bearer", "expires_in": lasts})

    def refusal(self, request: Request) -> Response | None:
        """Return the answer to a request that bears none of these tokens, or one that has run out."""
        if self.world.ledger.session_is_open(self.provider, bearer_of(request), self.world.clock.now()):
            return None
        return JSONResponse({"error": "invalid_token", "error_description": "Token signature is invalid"}, 401)


class ProviderRefusal(Exception):
    """A provider's own error: the status, and the body in its words."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body

    def response(self) -> Response:
        return JSONResponse(self.body, self.status)


Asked = dict[str, Any]
Look = Callable[[Request], Any]
Do = Callable[[Request, Asked], tuple[int, Any]]


class ProviderApi(ABC):
    """The frame of a payment provider's API: callers' proof, refusals, one transaction a request, keys for repeats.

    A provider's own are its words, its shapes and its rules.
    """

    provider: ClassVar[str]
    key_header: ClassVar[str] = ""
    longest_key: ClassVar[int] = 255
    keys_last: ClassVar[timedelta] = timedelta(0)
    separators: ClassVar[tuple[str, str]] = (",", ":")

    def __init__(self, world: World) -> None:
        self._world = world

    @abstractmethod
    def refusal(self, request: Request) -> Response | None:
        """Return the answer to a caller who doesn't prove who they are."""

    @abstractmethod
    def refuse(self, why: Literal["broken", "key", "wish"]) -> ProviderRefusal:
        """Return the provider's inner error, or its refusal of what is no key, or of a known key for another wish."""

    @abstractmethod
    async def read(self, request: Request, known: Collection[str]) -> Asked:
        """Return what a form asks for, in names that are `known` where the provider minds. Raises ProviderRefusal."""

    def answer(self, status: int, text: str, *, repeated: bool) -> Response:
        """Return the answer to something that is done once."""
        return Response(text, status, media_type="application/json")

    def get(self, path: str, look: Look) -> Route:
        """Return the route of something that changes nothing."""

        async def serve(request: Request) -> Response:
            return JSONResponse(look(request))

        return self.route(path, serve, "GET")

    def post(self, path: str, do: Do, scope: str = "", *, known: Collection[str] = (), method: str = "POST") -> Route:
        """Return the route of something that is done once for each key, whose own name begins with `scope`."""

        async def serve(request: Request) -> Response:
            asked = await self.read(request, known)
            with self._world.ledger.write():
                return self._once(request, asked, do, scope)

        return self.route(path, serve, method)

    def route(self, path: str, serve: Handler, method: str) -> Route:
        """Return the route of a handler that is asked by proven callers alone, and may raise ProviderRefusal."""

        async def guarded(request: Request) -> Response:
            if (refusal := self.refusal(request)) is not None:
                return refusal
            try:
                return await serve(request)
            except ProviderRefusal as refused:
                return refused.response()

        return Route(path, guarded, methods=[method])

    def gated(self, *routes: Route) -> ASGIApp:
        """Return a part of the API, behind the gate that plays the faults."""
        return self._world.gate(self.provider, Router(routes), self.refuse("broken").response)

    def _once(self, request: Request, asked: Asked, do: Do, scope: str) -> Response:
        """Answer a repeated key as before while the provider holds it; refuse it if the wish differs."""
        key, ledger, now = request.headers.get(self.key_header), self._world.ledger, self._world.clock.now()
        wish = json.dumps([request.method, request.url.path, asked], sort_keys=True)
        wish = hashlib.sha256(wish.encode()).hexdigest()
        if key is not None:
            if not 1 <= len(key) <= self.longest_key:
                raise self.refuse("key")
            key = ":".join((scope, *request.path_params.values(), key)) if scope else key
            ledger.forget_keys(self.provider, now - self.keys_last)
            if (given := ledger.answered(self.provider, key)) is not None:
                if given.request != wish:
                    raise self.refuse("wish")
                return self.answer(given.status, given.body, repeated=True)
        status, body = do(request, asked)
        text = json.dumps(body, ensure_ascii=False, separators=self.separators)
        if key is not None:
            ledger.remember(self.provider, key, now, LedgerAnswer(status, text, wish))
        return self.answer(status, text, repeated=False)
