"""`/customers`, `/companies`, `/feedback`: what the desk knows of its customers; `/directory`."""

import hmac
import secrets
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import IntegrityError

from bot.conversation.port import UnitOfWork
from bot.handlers.api import shapes, work
from bot.handlers.api.shapes import When
from bot.handlers.api.shapes_directory import DirectoryPage, Imported, ImportedCustomer, NewDirectory
from bot.usecases.accounts import on_file
from services.accounts import accounts, start_links
from services.directory import directory, directory_accounts
from services.directory.directory import CustomerOnFile, DirectoryRecord, ProgramRecord
from services.seller import card, seller_lists
from values import email as emails
from values.channel import Channel
from values.seller import Seller


class EntryLink(BaseModel):
    """A link that starts a conversation at an entry of the journey."""

    model_config = ConfigDict(extra="forbid")

    entry: Literal["buy", "program", "sign_up", "log_in", "forgot_password"]
    customer_id: None = None


class CustomerLink(BaseModel):
    """A link for a customer whom the desk knows."""

    model_config = ConfigDict(extra="forbid")

    customer_id: str = Field(pattern="^[0-9A-Za-z_-]{1,64}$", description="The `id` of a customer.")
    entry: None = None


NewStartLink = EntryLink | CustomerLink


class StartLink(BaseModel):
    """A way into the chat from the seller's site. `telegram` is null while that channel is off."""

    token: str
    telegram: str | None
    web: str
    expires_at: When


router = APIRouter(tags=["customers"])
companies_router = APIRouter(tags=["companies"])
feedback_router = APIRouter(tags=["feedback"])

About = Annotated[
    str | None, Query(pattern=r"^(faq|end):[a-z0-9_]{1,60}$", description="Only on this: `faq:ENTRY` or `end:DIALOG`.")
]
Helpful = Annotated[bool | None, Query(description="Only the yeses (`true`), or the noes.")]


@router.get("/customers", operation_id="list_customers", responses=work.not_found("No such customer."))
async def customers(
    api: work.Api,
    asked: work.Asked,
    email: Annotated[str | None, Query(max_length=254, description="The account's e-mail, or one on file.")] = None,
) -> shapes.CustomerCard | shapes.CustomerPage:
    """List all customers, page by page; with `email`, return the card of the customer who has it."""
    if email is None:
        return await work.page_of(api, asked, shapes.CustomerPage, seller_lists.customers)
    return await work.one_of(api, shapes.CustomerCard, card.card, emails.key(email.strip()), "no such customer")


@router.get("/customers/{customer_id}", operation_id="get_customer", responses=work.not_found("No such customer."))
async def customer(api: work.Api, customer_id: Annotated[str, Path(pattern=work.ID)]) -> shapes.CustomerCard:
    """Return the card of a customer by id, from an event say."""
    return await work.one_of(api, shapes.CustomerCard, seller_lists.customer, customer_id, "no such customer")


@companies_router.get("/companies", operation_id="list_companies")
async def companies(api: work.Api, asked: work.Asked, customer_id: work.CustomerId = None) -> shapes.CompanyPage:
    """List all companies, page by page; `confirmed_at` is null until the customer has confirmed the data."""
    return await work.page_of(api, asked, shapes.CompanyPage, seller_lists.company_list, customer_id=customer_id)


@companies_router.get(
    "/companies/{company_id}", operation_id="get_company", responses=work.not_found("No such company.")
)
async def company(api: work.Api, company_id: Annotated[str, Path(pattern=work.ID)]) -> shapes.CompanyListed:
    """Return a company."""
    return await work.one_of(api, shapes.CompanyListed, seller_lists.one_company, company_id, "no such company")


@feedback_router.get("/feedback", operation_id="list_feedback")
async def feedback(
    api: work.Api, asked: work.Asked, about: About = None, helpful: Helpful = None
) -> shapes.FeedbackPage:
    """List each yes or no, page by page, with the reason where a customer gave one."""
    return await work.page_of(api, asked, shapes.FeedbackPage, seller_lists.feedback_list, about=about, helpful=helpful)


directory_router = APIRouter(tags=["directory"])


@directory_router.get("/directory", operation_id="list_customers_on_file")
async def customers_on_file(api: work.Api, asked: work.Asked) -> DirectoryPage:
    """List customers on file, page by page, in no order that means anything.

    `customer_id` is null until they register, or until an account proves the e-mail on file to be its own.
    """
    return await work.page_of(api, asked, DirectoryPage, seller_lists.on_file)


@directory_router.post(
    "/directory",
    operation_id="import_directory",
    response_model=Imported,
    responses={409: {"model": shapes.ApiError, "description": "A customer number that is another's."}},
)
async def import_directory(api: work.Api, request: Request, told: NewDirectory, key: work.Key = None) -> JSONResponse:
    """Put customers on file, or bring those known by their `ref` up to date: all of them, or none.

    Each row is all about its customer: omitted fields and programs are taken off the file. Customers without a row stay
    as they are; a program named for another customer is that one's from then on. Contacts and numbers are read as the
    chat reads them; unreadable rows are refused with their reasons.

    A customer who signs up and proves the e-mail that is on file is this customer: the account is tied to them and has
    their programs. It doesn't matter which comes first, the proof or the import; an address that nobody has proven, or
    that stands with several customers on file, ties nobody.
    """
    return await work.answer_once(api, request, told, key, lambda tx: _imported(api.seller, tx, told))


def _imported(seller: Seller, tx: UnitOfWork, told: NewDirectory) -> work.ApiAnswer:
    records = [_record(seller, row) for row in told.customers]
    if wrong := [f"customers.{n}.{why}" for n, (_, reasons) in enumerate(records) for why in reasons]:
        raise HTTPException(422, "; ".join(wrong))
    known: list[CustomerOnFile] = []
    for n, (record, _) in enumerate(records):
        try:
            known.append(directory.import_customer(tx.connection, record, tx.now))
        except IntegrityError:
            raise HTTPException(409, f"customers.{n}: its customer number is another's") from None
    for customer in known:
        directory_accounts.update_imported_account(tx.connection, customer, tx.now)
    return work.ApiAnswer(200, {"imported": len(records)})


def _record(seller: Seller, row: ImportedCustomer) -> tuple[DirectoryRecord, tuple[str, ...]]:
    """Return the row as it is stored, and the reasons why parts of it can't be read."""
    read = on_file.read_record(seller, customer_number=row.customer_number, email=row.email, phone=row.phone)
    contacts: dict[str, Any] = {"customer_number": read.customer_number, "email": read.email, "phone": read.phone}
    programs = tuple(ProgramRecord(**program.model_dump()) for program in row.programs)
    return DirectoryRecord(
        **row.model_dump(exclude={"programs", *contacts}), **contacts, programs=programs
    ), read.unread


LINK_TTL = timedelta(days=7)
start_links_router = APIRouter(tags=["start links"])


@start_links_router.post(
    "/start-links",
    operation_id="create_start_link",
    status_code=201,
    response_model=StartLink,
    responses={
        **work.not_found("No such customer."),
        409: {"model": shapes.ApiError, "description": "The idempotency key was used for another request."},
    },
)
async def new_start_link(api: work.Api, request: Request, wanted: NewStartLink, key: work.Key = None) -> JSONResponse:
    """Create a link that starts a conversation at an entry, or for a customer, good for seven days.

    A link for a customer serves only the first conversation that brings it, where they are known by it: whatever is
    secret or binds asks for the password.
    """
    return await work.answer_once(api, request, wanted, key, lambda tx: _made(api, tx, wanted, key), secret=True)


def _made(api: work.SellerApi, tx: UnitOfWork, wanted: NewStartLink, key: str | None) -> work.ApiAnswer:
    if wanted.customer_id is not None and accounts.get(tx.connection, wanted.customer_id) is None:
        raise HTTPException(404, "no such customer")
    token = secrets.token_urlsafe(24) if key is None else _token_for(api, tx, key)
    start_links.create(
        tx.connection,
        token=token,
        expires_at=tx.now + LINK_TTL,
        now=tx.now,
        account_id=wanted.customer_id,
        entry=wanted.entry,
    )
    made = start_links.get(tx.connection, token=token)
    if made is None or (made.account_id, made.entry) != (wanted.customer_id, wanted.entry):
        raise HTTPException(409, "this idempotency key was used for another start link")
    link = StartLink(
        token=token,
        telegram=api.reach.by_telegram(token),
        web=api.reach.address(Channel.WEB, token),
        expires_at=card.format_moment(made.expires_at) or "",
    )
    return work.ApiAnswer.show_model(201, link)


def _token_for(api: work.SellerApi, tx: UnitOfWork, key: str) -> str:
    """Return the token of the key's link, the same each time, also when the API's token was replaced meanwhile.

    Only a holder of the API's token can compute it.
    """
    held = [token.get_secret_value().encode() for token in api.tokens]
    named = [hmac.new(secret, f"start-link\0{key}".encode(), "sha256").hexdigest()[:32] for secret in held]
    return next((one for one in named if start_links.get(tx.connection, token=one) is not None), named[0])
