"""The seller's own system: takes events signed as Standard Webhooks, and knows the customers on file.

`POST /events` checks the signature as the standard says and answers 401 to what it can't trust; `POST /directory
{"customer_number"|"email"}` gives a record or 404. Faults: provider `seller`, for both.
"""

import base64
import binascii
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from sandbox.credentials import SELLER_DIRECTORY_TOKEN, SELLER_EVENTS_SECRET
from sandbox.people import PersonOnFile
from sandbox.requests import has_bearer
from sandbox.world import World

TOLERANCE: Final = timedelta(minutes=5)
"""So much may a try's timestamp differ from the receiver's clock."""


class NotTrusted(Exception):
    """The event isn't proven to be the desk's; the message tells the builder of a receiver why."""


def seller(world: World) -> ASGIApp:
    """Return the system, to be mounted where its two addresses are to be."""

    async def events(request: Request) -> Response:
        body = await request.body()
        try:
            event_id = verify_event(request, body, world.clock.now())
        except NotTrusted as refusal:
            return JSONResponse({"error": str(refusal)}, 401)
        told = json.loads(body)
        world.ledger.take_event(event_id, told["type"], told["timestamp"], told["data"], world.clock.now())
        return Response(status_code=204)

    async def directory(request: Request) -> Response:
        if not has_bearer(request, SELLER_DIRECTORY_TOKEN):
            return JSONResponse({"error": "a bearer token is needed"}, 401)
        asked: dict[str, Any] = await request.json()
        found = next((known for known in world.people.customers if _is_meant(known, asked)), None)
        if found is None:
            return JSONResponse({"error": "no such customer"}, 404)
        return JSONResponse(_record(found, world.clock.now()))

    routes = [Route("/events", events, methods=["POST"]), Route("/directory", directory, methods=["POST"])]
    return world.gate("seller", Router(routes), lambda: JSONResponse({"error": "internal error"}, 500))


def verify_event(request: Request, body: bytes, now: datetime) -> str:
    """Return the event's id, if one of the signatures is right and recent. Raises NotTrusted."""
    event_id = request.headers.get("webhook-id", "")
    written = request.headers.get("webhook-timestamp", "")
    if not event_id or not (written.isascii() and written.isdigit() and len(written) < 12):
        raise NotTrusted("webhook-id or webhook-timestamp is missing")
    if abs(datetime.fromtimestamp(int(written), UTC) - now) > TOLERANCE:
        raise NotTrusted("webhook-timestamp is too old or too new")
    key = base64.b64decode(SELLER_EVENTS_SECRET.removeprefix("whsec_"))
    right = hmac.digest(key, f"{event_id}.{written}.".encode() + body, "sha256")
    given = request.headers.get("webhook-signature", "").split()
    if not any(hmac.compare_digest(right, _mac(one)) for one in given):
        raise NotTrusted("no webhook-signature is right")
    return event_id


def _mac(given: str) -> bytes:
    version, _, encoded = given.partition(",")
    try:
        return base64.b64decode(encoded, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""


def _is_meant(known: PersonOnFile, asked: dict[str, Any]) -> bool:
    number, email = str(asked.get("customer_number") or ""), str(asked.get("email") or "").lower()
    return (number != "" and known.customer_number == number) or (email != "" and known.email == email)


def _record(known: PersonOnFile, now: datetime) -> dict[str, Any]:
    contacts = (("phone", known.phone), ("email", known.email))
    return {
        "customer_number": known.customer_number,
        "name": "",
        "contacts": [{"kind": kind, "value": value} for kind, value in contacts if value],
        "programs": [
            {
                "product": program.product,
                "serial": program.serial,
                "ends_at": (now + timedelta(days=program.subscription_ends_in_days)).isoformat(),
            }
            for program in known.programs
        ],
    }
