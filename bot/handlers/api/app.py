"""The API as an app of its own, behind its gate. Routes by subject; fields: docs/reference/api.md.

The app is the same for every desk of a process: what a desk answers by comes with each request.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException as AnyHTTPException

from bot.handlers.api import customers, identity_keys, invoices, orders, subscriptions, transfers
from bot.handlers.api.dependencies import DESCRIPTION
from bot.handlers.api.shapes import ApiError, Event, EventPage
from bot.handlers.api.work import Api, Asked, page
from bot.usecases.seller.event_sender import show_event
from services.seller import events_out
from services.seller.events_out import OutgoingEvent
from services.seller.seller_events import MEANINGS
from services.seller.seller_lists import Listed
from services.store.errors import StoreUnavailable
from services.store.statements import KeysetPlace

events_router = APIRouter(tags=["events"])


@events_router.get("/events", operation_id="list_events")
async def events(
    api: Api,
    asked: Asked,
    type: Annotated[str | None, Query(pattern=r"^[a-z_.]{1,64}$", description="Only those of this type.")] = None,
) -> EventPage:
    """List the events of thirty days, page by page. `id` is the `webhook-id`, `delivery` how its delivery stands."""
    found = await api.store.read(lambda c: events_out.list_events(c, asked, type=type))
    return EventPage(**page([Listed(_row(told), KeysetPlace(told.event.at, told.event.id)) for told in found], asked))


def _row(told: OutgoingEvent) -> dict[str, object]:
    return {"id": told.event.id, **show_event(told.event), "delivery": told.delivery, "attempts": told.attempts}


ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Taken; any other 2xx does as well."},
    422: {"description": "Not taken, as by any other answer: the event is sent again, with the same id."},
}
webhooks = APIRouter(tags=["events"])


async def receive_event(event: Event) -> None:
    """Stand for the seller's receiver in the description; never called."""
    del event


for _type, _meaning in MEANINGS.items():
    webhooks.add_api_route(
        _type,
        receive_event,
        methods=["POST"],
        summary=_meaning,
        description="Signed as Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.",
        operation_id=f"on_{_type.replace('.', '_')}",
        responses=ANSWERS,
        response_class=Response,
    )


RESOURCES: tuple[APIRouter, ...] = (
    customers.router,
    customers.companies_router,
    orders.router,
    invoices.export_router,
    transfers.router,
    subscriptions.router,
    customers.directory_router,
    invoices.router,
    customers.start_links_router,
    identity_keys.router,
    invoices.einvoices_router,
    events_router,
    customers.feedback_router,
)
TAGS = {
    "customers": "Accounts with all that belongs to them.",
    "companies": "Whom orders are invoiced to.",
    "orders": "What was ordered; transfers are booked here.",
    "subscriptions": "What runs, and until when.",
    "directory": "Customers whom you have on file, imported by you.",
    "invoices": "Invoices that you have issued, for customers to find.",
    "start links": "Links that open a conversation as a known customer.",
    "identity keys": "With which your own site tells the chat who its customer is.",
    "e-invoices": "The activation of e-invoices, where you confirm it.",
    "events": "What happened, told as it happens and kept for thirty days.",
    "feedback": "Whether the desk has helped.",
}
_bearer = HTTPBearer(auto_error=False, description="OKIENKO_API_TOKEN")
ABOUT = """What the seller's own systems read and tell. Amounts are integers in minor units, times RFC 3339 in UTC.

Lists are in the order of time: `limit` rows a page, `next` is the `cursor` of the page that follows, null on the last
one. Every POST takes an `Idempotency-Key`. What happens is told as it happens by signed events, too."""


def _described(_shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
    """Declare the bearer token in the description; the gate has checked it already."""


def _known_only(request: Request) -> None:
    """Refuse a misspelt filter, which would give all rows instead of some."""
    ways = request.app.openapi()["paths"][request.scope["route"].path_format]
    parameters = ways[request.method.lower()].get("parameters", ())
    known = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    if any(name not in known for name in request.query_params):
        raise HTTPException(422, f"query: this way takes {', '.join(sorted(known)) or 'no parameters'}")


@cache
def make_seller_api() -> FastAPI:
    """Return the app, made at the first request and not at a desk's start."""
    app = _Described(
        title="Okienko: the seller's API",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=DESCRIPTION,
        redirect_slashes=False,
        dependencies=[Depends(_described), Depends(_known_only)],
        openapi_tags=[{"name": name, "description": said} for name, said in TAGS.items()],
        webhooks=webhooks,
        responses={status: {"model": ApiError, "description": said} for status, said in _ALWAYS.items()},
    )
    app.add_exception_handler(AnyHTTPException, _told)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(StoreUnavailable, _busy)
    for router in RESOURCES:
        app.include_router(router)
    return app


class _Described(FastAPI):
    """FastAPI leaves out what is null in an example, so that its own examples wouldn't be of the form described."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, with the examples as they are written: invented, like the sandbox."""
        if self.openapi_schema is None:
            schemas = super().openapi()["components"]["schemas"]
            examples = json.loads(Path(__file__).with_name("examples.json").read_text("utf-8"))
            for name, example in examples.items():
                schemas[name]["examples"] = [example]
        return super().openapi()


_PLACE = re.compile(r"\{[^}]+\}")
_ALWAYS = {
    400: "The body can't be read.",
    401: "The bearer token is missing or wrong.",
    413: "The body has more than 4 MB.",
    422: "The request isn't of the form described here.",
    429: "Too many requests without the token: ask again after `Retry-After` seconds.",
    503: "Nothing can be stored just now: ask again.",
}


async def _told(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AnyHTTPException), "registered for this error only"
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
    return JSONResponse({"error": str(error.detail)}, error.status_code, headers)


def _allowed(request: Request) -> str:
    """Return the methods of all routes of this path; Starlette names those of the first that fits."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    ways = [way for way, pattern in _patterns() if pattern.fullmatch(path)]
    if not ways:  # the description itself, which doesn't describe itself
        return "GET"
    # An order's number holds slashes: the path with the most words of its own is meant.
    meant = max(ways, key=lambda way: len(_PLACE.sub("", way)))
    return ", ".join(sorted(method.upper() for method in make_seller_api().openapi()["paths"][meant]))


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    ways = make_seller_api().openapi()["paths"]
    return [(way, re.compile(".+".join(re.escape(part) for part in _PLACE.split(way)))) for way in ways]


async def _malformed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError), "registered for this error only"
    wrong = "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors())
    return JSONResponse({"error": wrong}, 422)


async def _busy(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"error": "nothing can be stored just now: ask again"}, 503, {"Retry-After": "1"})
