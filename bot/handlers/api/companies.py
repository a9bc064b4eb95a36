"""`/companies`: whom invoices are made out to."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path

from bot.handlers.api.shapes import ApiError
from bot.handlers.api.shapes_listed import CompanyListed, CompanyPage
from bot.handlers.api.work import ID, Api, Asked, CustomerId, page
from services.seller import seller_lists

router = APIRouter(tags=["companies"])


@router.get("/companies", operation_id="list_companies")
async def companies(api: Api, asked: Asked, customer_id: CustomerId = None) -> CompanyPage:
    """All companies, page by page; `confirmed_at` is null until the customer has said that the data are right."""
    found = await api.store.read(lambda c: seller_lists.company_list(c, **asked.args, customer_id=customer_id))
    return CompanyPage(**page(found, asked))


@router.get(
    "/companies/{company_id}",
    operation_id="get_company",
    responses={404: {"model": ApiError, "description": "No such company."}},
)
async def company(api: Api, company_id: Annotated[str, Path(pattern=ID)]) -> CompanyListed:
    """One company."""
    found = await api.store.read(lambda c: seller_lists.one_company(c, company_id))
    if found is None:
        raise HTTPException(404, "no such company")
    return CompanyListed.model_validate(found)
