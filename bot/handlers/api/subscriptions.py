"""`/subscriptions`: what runs, since when and how long."""

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Path, Query

from bot.handlers.api.shapes import ApiError
from bot.handlers.api.shapes_listed import SubscriptionListed, SubscriptionPage
from bot.handlers.api.work import ID, Api, Asked, CustomerId, page
from services.seller import seller_lists

router = APIRouter(tags=["subscriptions"])
Status = Annotated[Literal["pending", "active", "grace", "ended"] | None, Query(description="Only these.")]


@router.get("/subscriptions", operation_id="list_subscriptions")
async def subscriptions(
    api: Api, asked: Asked, customer_id: CustomerId = None, status: Status = None
) -> SubscriptionPage:
    """All subscriptions, page by page; those of an unpaid order are `pending`."""
    found = await api.store.read(
        lambda c: seller_lists.subscription_list(c, **asked.args, customer_id=customer_id, status=status)
    )
    return SubscriptionPage(**page(found, asked))


@router.get(
    "/subscriptions/{subscription_id}",
    operation_id="get_subscription",
    responses={404: {"model": ApiError, "description": "No such subscription."}},
)
async def subscription(api: Api, subscription_id: Annotated[str, Path(pattern=ID)]) -> SubscriptionListed:
    """One subscription."""
    found = await api.store.read(lambda c: seller_lists.one_subscription(c, subscription_id))
    if found is None:
        raise HTTPException(404, "no such subscription")
    return SubscriptionListed.model_validate(found)
