"""The API as an app of its own, closed without its token. Fields: `shapes.py` and docs/reference/api.md."""

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import SecretStr
from starlette.exceptions import HTTPException as AnyHTTPException

from bot import codec
from bot.handlers.api.shapes import ActivationChange, ApiError, CustomerCard, EInvoiceState, NewStartLink, StartLink
from bot.port import Desk, Happening
from dialogs.einvoice import EInvoiceSwitched
from services import accounts, card, einvoices, start_links
from services.clock import Clock
from services.store import conversations
from services.store.database import Store
from services.store.errors import StoreUnavailable
from values import email as emails

LINK_TTL = timedelta(days=7)
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_bearer = HTTPBearer(auto_error=False, description="OKIENKO_API_TOKEN")


@dataclass(frozen=True)
class SellerApi:
    """What the API works with. `bot_name` gives the Telegram bot's user name once it is known."""

    desk: Desk
    store: Store
    clock: Clock
    public_url: str
    token: SecretStr | None
    bot_name: Callable[[], str | None]


def _of_app(request: Request) -> SellerApi:
    return request.app.state.api


Api = Annotated[SellerApi, Depends(_of_app)]


async def _allowed(api: Api, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
    expected = api.token.get_secret_value().encode() if api.token is not None else None
    given = shown.credentials.strip().encode() if shown is not None else b""
    if expected is None or not hmac.compare_digest(given, expected):
        raise HTTPException(401, "a bearer token is needed", {"WWW-Authenticate": "Bearer"})


# Functions of the module, not of an app: FastAPI remembers each function for as long as the process lives.
_closed = APIRouter(dependencies=[Depends(_allowed)])


def build(api: SellerApi) -> FastAPI:
    """The app, to be mounted at `/api/v1`."""
    app = FastAPI(
        title="Okienko: the seller's API",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        responses={status: {"model": ApiError} for status in (400, 401, 422, 503)},
    )
    app.state.api = api
    app.add_exception_handler(AnyHTTPException, _told)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(StoreUnavailable, _busy)
    app.include_router(_closed)
    return app


@_closed.get("/customers", responses={404: {"model": ApiError}})
async def customers(api: Api, email: Annotated[str, Query(max_length=254)]) -> CustomerCard:
    """The card of the customer with this e-mail, amounts in minor units, times RFC 3339 UTC."""
    found = await api.store.read(lambda c: card.card(c, emails.key(email.strip())))
    if found is None:
        raise HTTPException(404, "no such customer")
    return CustomerCard.model_validate(found)


@_closed.post("/start-links", status_code=201, responses={404: {"model": ApiError}, 409: {"model": ApiError}})
async def new_start_link(
    api: Api, wanted: NewStartLink, idempotency_key: Annotated[str | None, Header(max_length=200)] = None
) -> StartLink:
    """A link that starts a conversation at an entry, or for a customer. The same key gives the same link."""
    return await api.desk.happen(lambda tx: _start_link(api, tx, wanted, idempotency_key))


@_closed.patch("/einvoice-activations/{activation_id}", responses={404: {"model": ApiError}, 409: {"model": ApiError}})
async def switch(api: Api, activation_id: str, change: ActivationChange) -> EInvoiceState:
    """Switches a customer's e-invoices; the customer's conversation is told."""
    return await api.desk.happen(lambda tx: _switch(tx, activation_id, change))


def _start_link(api: SellerApi, tx: Happening, wanted: NewStartLink, key: str | None) -> StartLink:
    token = secrets.token_urlsafe(24) if key is None else _token_for(api, key)
    if wanted.customer_id is not None and accounts.get(tx.connection, wanted.customer_id) is None:
        raise HTTPException(404, "no such customer")
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
    name = api.bot_name()
    return StartLink(
        token=token,
        telegram=f"https://t.me/{name}?start={token}" if name else None,
        web=f"{api.public_url}/chat?start={token}",
        expires_at=card.when(made.expires_at) or "",
    )


def _token_for(api: SellerApi, key: str) -> str:
    """The same key names the same link; only who holds the API's token can know it."""
    secret = api.token.get_secret_value() if api.token is not None else ""
    return hmac.new(secret.encode(), f"start-link\0{key}".encode(), "sha256").hexdigest()[:32]


def _switch(tx: Happening, activation_id: str, change: ActivationChange) -> EInvoiceState:
    if not _ID.fullmatch(activation_id):
        raise HTTPException(404, "no such activation")
    switched = einvoices.set_status(tx.connection, einvoice_id=activation_id, status=change.status, now=tx.now)
    if switched is None:
        raise HTTPException(404, "no such activation")
    if isinstance(switched, einvoices.NotYet):
        raise HTTPException(409, f"it can't be switched on yet: {switched.reason}")
    known = switched.einvoice
    if switched.changed:
        event = EInvoiceSwitched(known.status, known.email or "")
        for conversation in conversations.of_account(tx.connection, known.account_id):
            tx.tell(conversation.id, codec.name_of(event), codec.to_json(event))
    return EInvoiceState(
        id=known.id, status=known.status, email=known.email, activated_at=card.when(known.activated_at)
    )


async def _told(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AnyHTTPException), "registered for this error only"
    return JSONResponse({"error": str(error.detail)}, error.status_code, error.headers)


async def _malformed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError), "registered for this error only"
    wrong = "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors())
    return JSONResponse({"error": wrong}, 422)


async def _busy(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"error": "nothing can be stored just now: ask again"}, 503, {"Retry-After": "1"})
