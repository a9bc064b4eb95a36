"""`/customers`: who the desk's customers are, and all that it knows of one."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query

from bot.handlers.api.shapes import ApiError, CustomerCard
from bot.handlers.api.shapes_listed import CustomerPage
from bot.handlers.api.work import ID, Api, Asked, Responses, page
from services.seller import card, seller_lists
from values import email as emails

router = APIRouter(tags=["customers"])
_NOBODY: Responses = {404: {"model": ApiError, "description": "No such customer."}}


@router.get("/customers", operation_id="list_customers", responses=_NOBODY)
async def customers(
    api: Api,
    asked: Asked,
    email: Annotated[str | None, Query(max_length=254, description="The account's e-mail, or one on file.")] = None,
) -> CustomerCard | CustomerPage:
    """With `email`, the card of the customer who has it; without, all customers, page by page."""
    if email is None:
        return CustomerPage(**page(await api.store.read(lambda c: seller_lists.customers(c, **asked.args)), asked))
    found = await api.store.read(lambda c: card.card(c, emails.key(email.strip())))
    if found is None:
        raise HTTPException(404, "no such customer")
    return CustomerCard.model_validate(found)


@router.get("/customers/{customer_id}", operation_id="get_customer", responses=_NOBODY)
async def customer(api: Api, customer_id: Annotated[str, Path(pattern=ID)]) -> CustomerCard:
    """The card of a customer whose id is known, from an event say."""
    found = await api.store.read(lambda c: seller_lists.customer(c, customer_id))
    if found is None:
        raise HTTPException(404, "no such customer")
    return CustomerCard.model_validate(found)
