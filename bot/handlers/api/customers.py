"""`/customers`, `/companies`, `/subscriptions`, `/feedback`: what the desk knows of its customers."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from bot.handlers.api.shapes import (
    CompanyListed,
    CompanyPage,
    CustomerCard,
    CustomerPage,
    FeedbackPage,
    SubscriptionListed,
    SubscriptionPage,
)
from bot.handlers.api.work import ID, Api, Asked, CustomerId, not_found, one_of, page_of
from services.seller import card, seller_lists
from values import email as emails

router = APIRouter(tags=["customers"])
companies_router = APIRouter(tags=["companies"])
subscriptions_router = APIRouter(tags=["subscriptions"])
feedback_router = APIRouter(tags=["feedback"])

SubscriptionStatus = Annotated[Literal["pending", "active", "grace", "ended"] | None, Query(description="Only these.")]
About = Annotated[
    str | None,
    Query(pattern=r"^(faq|end):[a-z0-9_]{1,60}$", description="Only on this: `faq:ENTRY` or `end:DIALOG`."),
]
Helpful = Annotated[bool | None, Query(description="Only the yeses (`true`), or the noes.")]


@router.get("/customers", operation_id="list_customers", responses=not_found("No such customer."))
async def customers(
    api: Api,
    asked: Asked,
    email: Annotated[str | None, Query(max_length=254, description="The account's e-mail, or one on file.")] = None,
) -> CustomerCard | CustomerPage:
    """List all customers, page by page; with `email`, return the card of the customer who has it."""
    if email is None:
        return await page_of(api, asked, CustomerPage, seller_lists.customers)
    return await one_of(api, CustomerCard, card.card, emails.key(email.strip()), "no such customer")


@router.get("/customers/{customer_id}", operation_id="get_customer", responses=not_found("No such customer."))
async def customer(api: Api, customer_id: Annotated[str, Path(pattern=ID)]) -> CustomerCard:
    """Return the card of a customer by id, from an event say."""
    return await one_of(api, CustomerCard, seller_lists.customer, customer_id, "no such customer")


@companies_router.get("/companies", operation_id="list_companies")
async def companies(api: Api, asked: Asked, customer_id: CustomerId = None) -> CompanyPage:
    """List all companies, page by page; `confirmed_at` is null until the customer has confirmed the data."""
    return await page_of(api, asked, CompanyPage, seller_lists.company_list, customer_id=customer_id)


@companies_router.get("/companies/{company_id}", operation_id="get_company", responses=not_found("No such company."))
async def company(api: Api, company_id: Annotated[str, Path(pattern=ID)]) -> CompanyListed:
    """Return a company."""
    return await one_of(api, CompanyListed, seller_lists.one_company, company_id, "no such company")


@subscriptions_router.get("/subscriptions", operation_id="list_subscriptions")
async def subscriptions(
    api: Api, asked: Asked, customer_id: CustomerId = None, status: SubscriptionStatus = None
) -> SubscriptionPage:
    """List all subscriptions, page by page; those of an unpaid order are `pending`."""
    query = seller_lists.subscription_list
    return await page_of(api, asked, SubscriptionPage, query, customer_id=customer_id, status=status)


@subscriptions_router.get(
    "/subscriptions/{subscription_id}", operation_id="get_subscription", responses=not_found("No such subscription.")
)
async def subscription(api: Api, subscription_id: Annotated[str, Path(pattern=ID)]) -> SubscriptionListed:
    """Return a subscription."""
    query = seller_lists.one_subscription
    return await one_of(api, SubscriptionListed, query, subscription_id, "no such subscription")


@feedback_router.get("/feedback", operation_id="list_feedback")
async def feedback(api: Api, asked: Asked, about: About = None, helpful: Helpful = None) -> FeedbackPage:
    """List each yes or no, page by page, with the reason where a customer gave one."""
    return await page_of(api, asked, FeedbackPage, seller_lists.feedback_list, about=about, helpful=helpful)
