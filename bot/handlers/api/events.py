"""`/events`: what the seller's system was told, for one that has been away for longer than events are tried."""

from typing import Annotated

from fastapi import APIRouter, Query

from bot.handlers.api.shapes_listed import EventPage
from bot.handlers.api.work import Api, Asked, page
from bot.usecases.seller.event_sender import shown
from services.seller import events_out
from services.seller.events_out import OutgoingEvent
from services.seller.seller_lists import Listed
from services.store.statements import KeysetPlace

router = APIRouter(tags=["events"])


@router.get("/events", operation_id="list_events")
async def events(
    api: Api,
    asked: Asked,
    type: Annotated[str | None, Query(pattern=r"^[a-z_.]{1,64}$", description="Only those of this type.")] = None,
) -> EventPage:
    """What happened, page by page, for thirty days. `id` is the `webhook-id`; `delivery` says whether it was taken."""
    found = await api.store.read(lambda c: events_out.listed(c, **asked.args, type=type))
    return EventPage(**page([Listed(_row(told), KeysetPlace(told.event.at, told.event.id)) for told in found], asked))


def _row(told: OutgoingEvent) -> dict[str, object]:
    return {"id": told.event.id, **shown(told.event), "delivery": told.delivery, "attempts": told.attempts}
