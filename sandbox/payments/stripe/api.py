"""Stripe's API: authentication, idempotency keys, forms with nested names in brackets."""

import re
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

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
from sandbox.requests import ProviderApi, has_basic, has_bearer
from sandbox.world import World

OTHER_WISH: Final = "Keys for idempotent requests can only be used with the same parameters they were first used with."

Act = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Given the id in the address, which may be empty, and the parameters."""


class StripeEndpoints(ProviderApi):
    """All parts of the API; a repeated key is answered as before, declined cards included."""

    provider = "stripe"
    key_header = "idempotency-key"
    keys_last = timedelta(hours=24)
    separators = (", ", ": ")

    def __init__(self, world: World, notices: StripeNotices) -> None:
        super().__init__(world)
        self._checkout, self._intents = StripeCheckout(world, notices), StripeIntents(world, notices)
        self._accounts = StripeAccounts(world, notices)

    def parts(self) -> ASGIApp:
        """Return the API, to be mounted at `/v1`."""
        accounts, checkout, intents = self._accounts, self._checkout, self._intents
        customers, sessions, charges = "/customers", "/checkout/sessions", "/payment_intents"
        method = "/payment_methods/{id}"
        return self.gated(
            self.does(customers, lambda _, asked: accounts.create(asked), KNOWN_CUSTOMER),
            self.shows(f"{customers}/search", lambda _, asked: accounts.search(asked), {"query", "limit"}),
            self.shows(f"{customers}/{{id}}", lambda id, _: accounts.read(id)),
            self.does(f"{customers}/{{id}}", lambda id, _: accounts.remove(id), method="DELETE"),
            self.does(sessions, lambda _, asked: checkout.create(asked), KNOWN),
            self.shows(f"{sessions}/{{id}}", lambda id, asked: checkout.read(id, _expand(asked))),
            self.does(f"{sessions}/{{id}}/expire", lambda id, _: checkout.expire(id)),
            self.does(charges, lambda _, asked: intents.create(asked), KNOWN_INTENT),
            self.does(f"{charges}/{{id}}/confirm", intents.confirm, KNOWN_CONFIRMATION),
            self.does(f"{charges}/{{id}}/cancel", lambda id, _: intents.cancel(id)),
            self.shows(f"{charges}/search", lambda _, asked: intents.search(asked, _expand(asked)), {"query"}),
            self.shows(charges, lambda _, asked: intents.list_all(asked), KNOWN_LIST),
            self.shows(f"{charges}/{{id}}", lambda id, asked: intents.read(id, _expand(asked))),
            self.shows("/setup_intents", lambda _, asked: intents.setups(_expand(asked)), {"limit"}),
            self.shows("/setup_intents/{id}", lambda id, asked: intents.read(id, _expand(asked))),
            self.shows(method, lambda id, _: accounts.method(id)),
            self.does(f"{method}/detach", lambda id, _: accounts.detach(id)),
            self.does("/refunds", lambda _, asked: intents.refund(asked), KNOWN_REFUND),
            self.shows("/refunds", lambda _, asked: intents.refunds(asked), {"payment_intent", *KNOWN_LIST}),
            self.shows("/disputes", lambda _, asked: intents.disputes(asked), {"payment_intent", "limit"}),
        )

    def shows(self, path: str, act: Act, known: Collection[str] = ()) -> Route:
        """Return a GET with these parameters."""

        def look(request: Request) -> dict[str, Any]:
            return act(_id(request), parse(request.url.query, {"expand[#]", *known}))

        return self.get(path, look)

    def does(self, path: str, act: Act, known: Collection[str] = (), *, method: str = "POST") -> Route:
        """Return a form with these parameters."""

        def do(request: Request, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
            try:
                return 200, act(_id(request), asked)
            except CardDeclined as declined:
                return 402, declined.body

        return self.post(path, do, known=known, method=method)

    async def read(self, request: Request, known: Collection[str]) -> dict[str, Any]:
        raw = (await request.body()).decode("utf-8", "replace")
        if raw and not request.headers.get("content-type", "").startswith(FORM):
            raise StripeError(400, f"Invalid request (check that your POST content type is {FORM}).")
        return parse(raw, known)

    def refusal(self, request: Request) -> Response | None:
        proven = has_bearer(request, STRIPE_SECRET_KEY) or has_basic(request, STRIPE_SECRET_KEY, "")
        return None if proven else StripeError(401, "Invalid API Key provided").response()

    def refuse(self, why: str) -> StripeError:
        if why == "broken":
            return StripeError(500, "An unknown error occurred", kind="api_error")
        said = OTHER_WISH if why == "wish" else "Idempotency keys have 1 to 255 characters."
        return StripeError(400, said, kind="idempotency_error")

    def answer(self, status: int, text: str, *, repeated: bool) -> Response:
        answer = super().answer(status, text, repeated=repeated)
        answer.headers.update({"Idempotent-Replayed": "true"} if repeated else {})
        return answer


def _id(request: Request) -> str:
    return str(request.path_params.get("id", ""))


def _expand(asked: dict[str, Any]) -> list[str]:
    return list(asked.get("expand") or [])


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
