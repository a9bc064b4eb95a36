"""`/customers`, `/companies`, `/subscriptions`, `/feedback`: what the desk knows of its customers; `/directory`."""

import hmac
import secrets
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError

from bot.conversation.port import UnitOfWork
from bot.handlers.api import shapes, work
from bot.handlers.api.dependencies import SellerApi
from bot.handlers.api.shapes_directory import DirectoryPage, Imported, ImportedCustomer, NewDirectory
from bot.usecases.accounts import on_file
from bot.usecases.orders import cancelling
from bot.usecases.renewals.changes import NOT_CHANGED, ChangeQuote, Changes, Reason, WantedChange, announce
from dialogs.messages.renewal import RenewalToPay
from dialogs.messages.zone import QuantitySet
from services.accounts import accounts, start_links
from services.agents import audit
from services.directory import directory, directory_accounts
from services.directory.directory import CustomerOnFile, DirectoryRecord, ProgramRecord
from services.keyed_hash import keyed_hex
from services.seller import card, seller_lists
from services.subscriptions import subscriptions as running
from values import email as emails
from values.channel import Channel
from values.seller import Seller

router = APIRouter(tags=["customers"])
companies_router = APIRouter(tags=["companies"])
subscriptions_router = APIRouter(tags=["subscriptions"])
_MARK = 12  # characters that tell one token from another
feedback_router = APIRouter(tags=["feedback"])

SubscriptionStatus = Annotated[
    Literal["pending", "trial", "active", "grace", "ended"] | None, Query(description="Only these.")
]
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


@subscriptions_router.get("/subscriptions", operation_id="list_subscriptions")
async def subscriptions(
    api: work.Api, asked: work.Asked, customer_id: work.CustomerId = None, status: SubscriptionStatus = None
) -> shapes.SubscriptionPage:
    """List all subscriptions, page by page; those of an unpaid order are `pending`."""
    query = seller_lists.subscription_list
    return await work.page_of(api, asked, shapes.SubscriptionPage, query, customer_id=customer_id, status=status)


@subscriptions_router.get(
    "/subscriptions/{subscription_id}",
    operation_id="get_subscription",
    responses=work.not_found("No such subscription."),
)
async def subscription(
    api: work.Api, subscription_id: Annotated[str, Path(pattern=work.ID)]
) -> shapes.SubscriptionListed:
    """Return a subscription."""
    query = seller_lists.one_subscription
    return await work.one_of(api, shapes.SubscriptionListed, query, subscription_id, "no such subscription")


_Id = Annotated[str, Path(pattern=work.ID)]
_REFUSED: work.Responses = {
    **work.not_found("No such subscription."),
    403: {"model": shapes.ApiError, "description": "The token reads and books; this needs that for money."},
    409: {"model": shapes.ChangeRefused, "description": "Not possible, for the `reason` told."},
}


@subscriptions_router.patch(
    "/subscriptions/{subscription_id}",
    operation_id="change_subscription",
    response_model=shapes.SubscriptionChanged,
    dependencies=[work.MoneyScope],
    responses=_REFUSED,
)
async def change(
    api: work.Api, request: Request, subscription_id: _Id, wanted: shapes.SubscriptionChange
) -> JSONResponse:
    """Let a subscription end, now or with its term, or change its plan or how many there are; the customer is told.

    Ended, it isn't renewed, and nothing is charged. More `now`, or a dearer plan, is ordered: the customer gets the
    payment link, and it is so with the money. From the next term on, or in a trial, it stands at once.

    With `charge` `kept_method` the sum that was agreed to is charged to what the renewals are charged to, where that is
    possible (`charge` of the quote), else the link is sent. Who has ordered it is kept with the order; the trail has a
    mark of the token.
    """
    token = request.headers.get("authorization", "").partition(" ")[2].strip()
    mark = keyed_hex(api.server_key, "api token", token)[:_MARK]
    return await work.once(api, request, wanted, None, lambda tx: _changed(api, tx, subscription_id, wanted, mark))


@subscriptions_router.post(
    "/subscriptions/{subscription_id}/quote",
    operation_id="quote_subscription",
    response_model=shapes.ChangeCosts,
    dependencies=[work.MoneyScope],
    responses=_REFUSED,
)
async def quote(api: work.Api, request: Request, subscription_id: _Id, wanted: shapes.NewChangeQuote) -> JSONResponse:
    """Tell what another quantity or plan would cost. It changes nothing."""
    return await work.once(api, request, wanted, None, lambda tx: _quoted(api, tx, subscription_id, wanted))


def _quoted(api: SellerApi, tx: UnitOfWork, subscription_id: str, wanted: shapes.NewChangeQuote) -> work.ApiAnswer:
    of = _running(tx, subscription_id)
    change = WantedChange(wanted.start, wanted.quantity, wanted.plan)
    changes = Changes(api.quotes, api.server_key)
    found = changes.quote(tx.connection, of, change, tx.now)
    if not isinstance(found, ChangeQuote):
        return _not_changed(found)
    sums = {name: getattr(found.price, name).minor for name in ("net", "vat", "gross")}
    way = "kept_method" if changes.way(tx.connection, found, tx.now) is not None else "link"
    plans = {"old_plan": of.product, "new_plan": found.plan, "from": card.when(found.starts)}
    plans |= {"charge": None if found.is_free else way}
    about = {"old": of.quantity, "new": found.number, "days": found.days, **plans, **sums}
    return work.ApiAnswer(200, shapes.ChangeCosts.model_validate(about).model_dump(mode="json"))


def _running(tx: UnitOfWork, subscription_id: str) -> running.Subscription:
    if (of := running.get(tx.connection, subscription_id)) is None:
        raise HTTPException(404, "no such subscription")
    return of


def _not_changed(why: Reason) -> work.ApiAnswer:
    return work.ApiAnswer(409, shapes.ChangeRefused(error=NOT_CHANGED[why], reason=why).model_dump(mode="json"))


def _make(
    api: SellerApi, tx: UnitOfWork, of: running.Subscription, wanted: shapes.SubscriptionChange, mark: str
) -> QuantitySet | RenewalToPay | Reason:
    """Make the change, or order it, and note in the trail by which token, and why."""
    assert wanted.start is not None, "a change has it"
    changes, change = Changes(api.quotes, api.server_key), WantedChange(wanted.start, wanted.quantity, wanted.plan)
    quoted = changes.quote(tx.connection, of, change, tx.now) if wanted.charge == "kept_method" else None
    way = changes.way(tx.connection, quoted, tx.now) if isinstance(quoted, ChangeQuote) else None
    way_id, ordered_by = way.id if way is not None else None, wanted.ordered_by
    made = changes.make(tx, of, change, shown=wanted.gross, way_id=way_id, ordered_by=ordered_by)
    if isinstance(made, RenewalToPay):
        details = {"order": made.number, "mark": mark, "charged": made.charging}
        told = partial(audit.note, tx.connection, agent_id=None, what="change_ordered", at=tx.now)
        told(account_id=of.account_id, details=details, after=wanted.reason)
    return made


def _changed(
    api: SellerApi, tx: UnitOfWork, subscription_id: str, wanted: shapes.SubscriptionChange, mark: str
) -> work.ApiAnswer:
    of, ordered = _running(tx, subscription_id), dict[str, str]()
    if wanted.start is not None:
        made = _make(api, tx, of, wanted, mark)
        letters = made if isinstance(made, str) else announce(tx, of, made, api.server_key)
        if isinstance(made, RenewalToPay):
            ordered = {"order_number": made.number, "charge": "kept_method" if made.charging else "link"}
    elif wanted.at == "now":
        letters = cancelling.end_now(tx, of, wanted.reason, api.quotes, api.server_key)
    else:
        letters = () if cancelling.stop_renewal(tx, of, wanted.reason) else None
    if letters is None or isinstance(letters, str):
        return _not_changed(letters or "not_running")
    for letter in letters:
        api.outbox.leave(tx.connection, letter)
    now = seller_lists.one_subscription(tx.connection, subscription_id) or {}
    return work.ApiAnswer(200, shapes.SubscriptionChanged.model_validate({**now, **ordered}).model_dump(mode="json"))


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
    return await work.once(api, request, told, key, lambda tx: _imported(api.seller, tx, told))


def _imported(seller: Seller, tx: UnitOfWork, told: NewDirectory) -> work.ApiAnswer:
    records = [_record(seller, row) for row in told.customers]
    if wrong := [f"customers.{n}.{why}" for n, (_, reasons) in enumerate(records) for why in reasons]:
        raise HTTPException(422, "; ".join(wrong))
    known: list[CustomerOnFile] = []
    for n, (record, _) in enumerate(records):
        try:
            known.append(directory.put(tx.connection, record, tx.now))
        except IntegrityError:
            raise HTTPException(409, f"customers.{n}: its customer number is another's") from None
    for customer in known:
        directory_accounts.imported(tx.connection, customer, tx.now)
    return work.ApiAnswer(200, {"imported": len(records)})


def _record(seller: Seller, row: ImportedCustomer) -> tuple[DirectoryRecord, tuple[str, ...]]:
    """Return the row as it is stored, and the reasons why parts of it can't be read."""
    read = on_file.read(seller, customer_number=row.customer_number, email=row.email, phone=row.phone)
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
    response_model=shapes.StartLink,
    responses={
        **work.not_found("No such customer."),
        409: {"model": shapes.ApiError, "description": "The idempotency key was used for another request."},
    },
)
async def new_start_link(
    api: work.Api, request: Request, wanted: shapes.NewStartLink, key: work.Key = None
) -> JSONResponse:
    """Create a link that starts a conversation at an entry, or for a customer, good for seven days.

    A link for a customer serves only the first conversation that brings it.
    """
    return await work.once(api, request, wanted, key, lambda tx: _made(api, tx, wanted, key), secret=True)


def _made(api: work.SellerApi, tx: UnitOfWork, wanted: shapes.NewStartLink, key: str | None) -> work.ApiAnswer:
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
    link = shapes.StartLink(
        token=token,
        telegram=api.reach.by_telegram(token),
        web=api.reach.address(Channel.WEB, token),
        expires_at=card.when(made.expires_at) or "",
    )
    return work.ApiAnswer(201, link.model_dump(mode="json"))


def _token_for(api: work.SellerApi, tx: UnitOfWork, key: str) -> str:
    """Return the token of the key's link, the same each time, also when the API's token was replaced meanwhile.

    Only a holder of the API's token can compute it.
    """
    held = [token.get_secret_value().encode() for token in api.tokens]
    named = [hmac.new(secret, f"start-link\0{key}".encode(), "sha256").hexdigest()[:32] for secret in held]
    return next((one for one in named if start_links.get(tx.connection, token=one) is not None), named[0])
