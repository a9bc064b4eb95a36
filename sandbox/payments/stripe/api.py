"""Stripe's API: authentication, idempotency keys, forms with nested names in brackets."""

import hashlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.ledger import LedgerAnswer
from sandbox.payments.stripe import STRIPE_SECRET_KEY
from sandbox.payments.stripe.accounts import KNOWN_CUSTOMER, StripeAccounts
from sandbox.payments.stripe.checkout import KNOWN, StripeCheckout
from sandbox.payments.stripe.intents import (
    KNOWN_CONFIRMATION,
    KNOWN_INTENT,
    KNOWN_LIST,
    KNOWN_REFUND,
    CardDeclined,
    StripeIntents,
)
from sandbox.payments.stripe.shapes import StripeError
from sandbox.payments.stripe.webhooks import StripeNotices
from sandbox.requests import bearer_of, has_basic
from sandbox.world import World

KEYS_LAST: Final = timedelta(hours=24)
LONGEST_KEY: Final = 255
OTHER_WISH: Final = "Keys for idempotent requests can only be used with the same parameters they were first used with."

Serve = Callable[[Request], Awaitable[Response]]
Do = Callable[[Request, dict[str, Any]], dict[str, Any]]
Look = Callable[[Request, dict[str, Any]], dict[str, Any]]


class StripeEndpoints:
    """The frame around the parts."""

    def __init__(self, world: World) -> None:
        self._world = world

    def reading(self, look: Look, known: Collection[str] = ()) -> Serve:
        """Return a GET."""

        async def serve(request: Request) -> Response:
            return JSONResponse(look(request, parse(request.url.query, {"expand[#]", *known})))

        return self._guarded(serve)

    def doing(self, do: Do, known: Collection[str] = ()) -> Serve:
        """Return a POST: once for each idempotency key."""

        async def serve(request: Request) -> Response:
            raw = (await request.body()).decode("utf-8", "replace")
            if raw and not request.headers.get("content-type", "").startswith(FORM):
                raise StripeError(400, f"Invalid request (check that your POST content type is {FORM}).")
            asked = parse(raw, known)
            with self._world.ledger.write():
                return self._once(request, raw, lambda: do(request, asked))

        return self._guarded(serve)

    def _once(self, request: Request, raw: str, do: Callable[[], dict[str, Any]]) -> Response:
        """Answer a repeated key as before for a day, declined cards included; refuse it if the request differs."""
        key = request.headers.get("idempotency-key")
        if key is None:
            return _answered(*_done(do))
        if not 1 <= len(key) <= LONGEST_KEY:
            raise StripeError(400, "Idempotency keys have 1 to 255 characters.", kind="idempotency_error")
        now = self._world.clock.now()
        self._world.ledger.forget_keys("stripe", now - KEYS_LAST)
        wish = json.dumps([request.method, request.url.path, sorted(parse_qsl(raw, keep_blank_values=True))])
        wish = hashlib.sha256(wish.encode()).hexdigest()
        if (given := self._world.ledger.answered("stripe", key)) is not None:
            if given.request != wish:
                raise StripeError(400, OTHER_WISH, kind="idempotency_error")
            return _answered(given.status, given.body, replayed=True)
        status, body = _done(do)
        self._world.ledger.remember("stripe", key, now, LedgerAnswer(status, body, wish))
        return _answered(status, body)

    def _guarded(self, serve: Serve) -> Serve:
        async def serve_guarded(request: Request) -> Response:
            if not (
                hmac.compare_digest(bearer_of(request).encode(), STRIPE_SECRET_KEY.encode())
                or has_basic(request, STRIPE_SECRET_KEY, "")
            ):
                return StripeError(401, "Invalid API Key provided").response()
            try:
                return await serve(request)
            except StripeError as error:
                return error.response()

        return serve_guarded


def stripe_api(world: World, notices: StripeNotices) -> ASGIApp:
    """Return the API, to be mounted at `/v1`."""
    api = StripeEndpoints(world)
    checkout, intents = StripeCheckout(world, notices), StripeIntents(world, notices)
    accounts = StripeAccounts(world, notices)
    sessions, charges, methods = "/checkout/sessions", "/payment_intents", "/payment_methods"

    def posting(path: str, do: Do, known: Collection[str] = ()) -> Route:
        return Route(path, api.doing(do, known), methods=["POST"])

    def getting(path: str, look: Look, known: Collection[str] = ()) -> Route:
        return Route(path, api.reading(look, known), methods=["GET"])

    routes = [
        posting("/customers", lambda _, asked: accounts.create(asked), KNOWN_CUSTOMER),
        getting("/customers/search", lambda _, asked: accounts.search(asked.get("query", "")), {"query", "limit"}),
        getting("/customers/{id}", lambda request, _: accounts.read(_id(request))),
        Route("/customers/{id}", api.doing(lambda request, _: accounts.remove(_id(request))), methods=["DELETE"]),
        posting(sessions, lambda _, asked: checkout.create(asked), KNOWN),
        getting(f"{sessions}/{{id}}", lambda request, asked: checkout.read(_id(request), _expand(asked))),
        posting(f"{sessions}/{{id}}/expire", lambda request, _: checkout.expire(_id(request))),
        posting(charges, lambda _, asked: intents.create(asked), KNOWN_INTENT),
        posting(
            f"{charges}/{{id}}/confirm", lambda request, asked: intents.confirm(_id(request), asked), KNOWN_CONFIRMATION
        ),
        posting(f"{charges}/{{id}}/cancel", lambda request, _: intents.cancel(_id(request))),
        getting(
            f"{charges}/search", lambda _, asked: intents.search(asked.get("query", ""), _expand(asked)), {"query"}
        ),
        getting(charges, lambda _, asked: intents.list_all(asked), KNOWN_LIST),
        getting(f"{charges}/{{id}}", lambda request, asked: intents.read(_id(request), _expand(asked))),
        getting("/setup_intents", lambda _, asked: intents.setups(_expand(asked)), {"limit"}),
        getting("/setup_intents/{id}", lambda request, asked: intents.read(_id(request), _expand(asked))),
        getting(f"{methods}/{{id}}", lambda request, _: accounts.method(_id(request))),
        posting(f"{methods}/{{id}}/detach", lambda request, _: accounts.detach(_id(request))),
        posting("/refunds", lambda _, asked: intents.refund(asked), KNOWN_REFUND),
        getting("/refunds", lambda _, asked: intents.refunds(asked), {"payment_intent", *KNOWN_LIST}),
        getting(
            "/disputes", lambda _, asked: intents.disputes(asked.get("payment_intent", "")), {"payment_intent", "limit"}
        ),
    ]
    return world.gate(
        "stripe", Router(routes), lambda: StripeError(500, "An unknown error occurred", kind="api_error").response()
    )


def _id(request: Request) -> str:
    return str(request.path_params["id"])


def _expand(asked: dict[str, Any]) -> list[str]:
    return list(asked.get("expand") or [])


def _done(do: Callable[[], dict[str, Any]]) -> tuple[int, str]:
    try:
        return 200, json.dumps(do(), ensure_ascii=False)
    except CardDeclined as declined:
        return 402, json.dumps(declined.body, ensure_ascii=False)


def _answered(status: int, body: str, *, replayed: bool = False) -> Response:
    headers = {"Idempotent-Replayed": "true"} if replayed else {}
    return Response(body, status, headers, media_type="application/json")


NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
INNER: Final = re.compile(r"\[([^\[\]]*)\]")
FORM: Final = "application/x-www-form-urlencoded"


def parse(text: str, known: Collection[str]) -> dict[str, Any]:
    """Return the form as nested dicts and lists.

    `known` are the names that may stand in it, `#` for a place in a list and `*` for a name of the caller's own.
    Raises StripeError for any other.
    """
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found = NAME.fullmatch(name)
        if found is None or pattern(name) not in known:
            raise StripeError(400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
        _put(tree, [found[1], *INNER.findall(found[2])], value)
    return _listed(tree)


def pattern(name: str) -> str:
    """Return a name with the places in lists, and the caller's own names of metadata, left open."""
    return re.sub(r"(metadata\]?)\[[^\[\]]+\]$", r"\1[*]", re.sub(r"\[\d*\]", "[#]", name))


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    *way, last = path
    for step in way:
        inner = tree.setdefault(step or str(len(tree)), {})
        if not isinstance(inner, dict):
            raise StripeError(400, f"Invalid object: {path[0]}", param=path[0])
        tree = inner
    tree[last or str(len(tree))] = value


def _listed(tree: dict[str, Any]) -> Any:
    inner = {key: _listed(value) if isinstance(value, dict) else value for key, value in tree.items()}
    if inner and all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
