"""`/events`: outgoing events to read again, and their description as webhooks."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from bot.handlers.api.shapes import Event, EventPage
from bot.handlers.api.work import Api, Asked, page
from bot.usecases.seller.event_sender import shown
from services.seller import events_out
from services.seller.events_out import OutgoingEvent
from services.seller.seller_events import MEANINGS
from services.seller.seller_lists import Listed
from services.store.statements import KeysetPlace

router = APIRouter(tags=["events"])


@router.get("/events", operation_id="list_events")
async def events(
    api: Api,
    asked: Asked,
    type: Annotated[str | None, Query(pattern=r"^[a-z_.]{1,64}$", description="Only those of this type.")] = None,
) -> EventPage:
    """List the events of thirty days, page by page. `id` is the `webhook-id`, `delivery` how its delivery stands."""
    found = await api.store.read(lambda c: events_out.listed(c, asked, type=type))
    return EventPage(**page([Listed(_row(told), KeysetPlace(told.event.at, told.event.id)) for told in found], asked))


def _row(told: OutgoingEvent) -> dict[str, object]:
    return {"id": told.event.id, **shown(told.event), "delivery": told.delivery, "attempts": told.attempts}


ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Taken; any other 2xx does as well."},
    422: {"description": "Not taken, as by any other answer: the event is sent again, with the same id."},
}
webhooks = APIRouter(tags=["events"])


async def told(event: Event) -> None:
    """Stand for the seller's receiver in the description; never called."""
    del event


for _type, _meaning in MEANINGS.items():
    webhooks.add_api_route(
        _type,
        told,
        methods=["POST"],
        summary=_meaning,
        description="Signed as Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.",
        operation_id=f"on_{_type.replace('.', '_')}",
        responses=ANSWERS,
        response_class=Response,
    )
