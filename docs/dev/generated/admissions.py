"""The visitors that each route of a desk lets in: roles as the routes demand them, all others as declared here.

A route that neither demands a role nor stands here has no declaration, and `declared` refuses it: a new one is thought
about before it is served. The page of it is docs/reference/access.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct
from starlette.routing import BaseRoute, Mount, Route

from bot.handlers.console.access import needs_of
from services.agents.agent_accounts import Role, role_covers

VISITORS: Final = ("nobody", "agent", "supervisor", "admin", "API token", "foreign page")
"""`foreign page`: a form or script of another site in a logged-in administrator's browser; it matters to writing."""
ROLES: Final[tuple[Role, ...]] = ("agent", "supervisor", "admin")

IN, LOG_IN, NOT_ASKED = "in", "log-in", "–"
_READING: Final = ("GET", "HEAD")

ANYONE, FORM, HALF, LINK, CHAT, SENDER, BEARER, MONEY, HERE = (
    "anyone",
    "a form of this page",
    "the first half of a log-in",
    "the link",
    "the chat's own page",
    "the sender",
    "the API token",
    "the API's token for money",
    "this machine",
)
PROVEN: Final = MappingProxyType(
    {
        "/webhooks/payments/{provider}": ("the provider's signature", "400"),
        "/webhooks/helpdesk/chatwoot": ("the inbox's signature", "400"),
        "/webhooks/telegram": ("the webhook's secret", "403"),
        "/desk/password/{token}": ("its own link", "410"),
    }
)
"""What must be shown with the request itself, and the answer without it."""

OPEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("/", "/chat", "/okienko.js", "/favicon.ico"),
            ANYONE,
        ),
        **dict.fromkeys(("/static/{path:path}", "/static/brand.css", "/static/bundle/{file}"), ANYONE),
        **dict.fromkeys(("/healthz", "/readyz", "/metrics", "/webhooks/rest/", "/api/v1/openapi.json"), ANYONE),
        **dict.fromkeys(("/documents/{fingerprint}", "/s/{token}", "/p/{token}", "/p/{token}/return"), LINK),
        **dict.fromkeys(("/a/{token}", "/a/{token}/stop", "/i/{invoice}/{proof}"), LINK),
        **dict.fromkeys(("/pay/{token}", "/pay/{token}/return"), LINK),
        **dict.fromkeys(("/webhooks/rest/webhook", "/webhooks/rest/voice", "/webhooks/rest/events"), SENDER),
        **dict.fromkeys(("/desk/login", "/desk/login/code"), FORM),
        **dict.fromkeys(("/withdraw", "/end"), "a page of ours"),
        "/desk/second-factor": HALF,
        **dict.fromkeys(("/desk/login/provider", "/desk/login/provider/back"), ANYONE),
    }
)
"""Routes without a role, by path."""
_BY_MONEY: Final = {("POST", f"/api/v1/orders/{{number}}/{act}") for act in ("refunds", "cancel")} | {
    ("PATCH", "/api/v1/subscriptions/{subscription_id}"),
    ("POST", "/api/v1/subscriptions/{subscription_id}/quote"),
    ("POST", "/api/v1/transfers/{id}/return"),
    ("POST", "/api/v1/transfers/{id}/book"),
    ("POST", "/api/v1/transfers/{id}/split"),
    ("POST", "/api/v1/transfers/{id}/unbook"),
    ("POST", "/api/v1/statements"),
}
_BELOW: Final = (("/webchat/", CHAT), ("/api/v1/", BEARER), ("/sandbox", HERE))


class UndeclaredRoute(LookupError):
    """A route of which nobody has said who is let in; the message is its path."""


class Admission(Struct, frozen=True):
    """The answers to visitors of one method of a route.

    `by`: the role, or what must be shown; `fresh`: minutes since the log-in.
    """

    method: str
    path: str
    by: str
    answers: tuple[str, ...]
    fresh: int | None = None

    def answer(self, visitor: str) -> str:
        """Return what a visitor gets: `in`, `log-in` (led there), a status, or `–` where it doesn't matter."""
        return self.answers[VISITORS.index(visitor)]


def declared(
    routes: Iterable[BaseRoute], of_api: Mapping[str, Iterable[str]] = MappingProxyType({})
) -> tuple[Admission, ...]:
    """Return the admissions of a desk's routes. `of_api`: the seller's API's methods by path.

    Errors: UndeclaredRoute.
    """
    found = [admission for route in routes for admission in _of(route)]
    found += [_open(method.upper(), path) for path, methods in of_api.items() for method in methods]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.path, one.method)))


def _of(route: BaseRoute) -> Iterator[Admission]:
    match route:
        case Mount(path="/api/v1"):
            return
        case Mount(path=path):
            yield _open("GET", path)
        case Route(path=path):
            needs = needs_of(route.endpoint)
            for method in _methods(route):
                yield _open(method, path) if needs is None else _by_role(method, path, needs.role, needs.fresh)
        case _:
            raise UndeclaredRoute(type(route).__name__)


def _methods(route: Route) -> tuple[str, ...]:
    return tuple(sorted((route.methods or set()) - {"HEAD", "OPTIONS"}))


def _by_role(method: str, path: str, role: Role, fresh: int | None) -> Admission:
    agents = (IN if role_covers(one, role) else "403" for one in ROLES)
    return Admission(method, path, role, (LOG_IN, *agents, LOG_IN, _foreign(method)), fresh)


def _open(method: str, path: str) -> Admission:
    by, answer = PROVEN.get(path, (OPEN.get(path) or next((by for of, by in _BELOW if path.startswith(of)), None), IN))
    by = MONEY if (method, path) in _BY_MONEY else by
    match by:
        case None:
            raise UndeclaredRoute(path)
        case "anyone" | "the sender":
            answers = (IN,) * len(VISITORS)
        case "this machine" | "a page of ours":
            answers = (*(IN,) * (len(VISITORS) - 1), _foreign(method))
        case "a form of this page":
            answers = (IN if method in _READING else "403",) * (len(VISITORS) - 1) + (_foreign(method),)
        case "the first half of a log-in":
            agents = (IN if method in _READING else "403",) * len(ROLES)
            answers = (LOG_IN, *agents, LOG_IN, _foreign(method))
        case "the chat's own page":
            answers = ("403",) * len(VISITORS)
        case "the link":
            answers = ("404",) * len(VISITORS)
        case "the API token":
            answers = ("401", "401", "401", "401", IN, "401")
        case "the API's token for money":
            answers = ("401", "401", "401", "401", "403", "401")
        case _:
            answers = (answer,) * len(VISITORS)
    return Admission(method, path, by, answers)


def _foreign(method: str) -> str:
    return NOT_ASKED if method in _READING else "403"
