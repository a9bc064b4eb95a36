"""`/start-links`: links from the seller's own site into the chat."""

import hmac
import secrets
from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse

from bot.conversation.port import UnitOfWork
from bot.handlers.api.shapes import ApiError, NewStartLink, StartLink
from bot.handlers.api.work import Api, ApiAnswer, Key, SellerApi, not_found, once
from services.accounts import accounts, start_links
from services.seller import card
from values.channel import Channel

LINK_TTL = timedelta(days=7)
router = APIRouter(tags=["start links"])


@router.post(
    "/start-links",
    operation_id="create_start_link",
    status_code=201,
    response_model=StartLink,
    responses={
        **not_found("No such customer."),
        409: {"model": ApiError, "description": "The idempotency key was used for another request."},
    },
)
async def new_start_link(api: Api, request: Request, wanted: NewStartLink, key: Key = None) -> JSONResponse:
    """Create a link that starts a conversation at an entry, or for a customer, good for seven days.

    A link for a customer serves only the first conversation that brings it.
    """
    return await once(api, request, wanted, key, lambda tx: _made(api, tx, wanted, key), secret=True)


def _made(api: SellerApi, tx: UnitOfWork, wanted: NewStartLink, key: str | None) -> ApiAnswer:
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
        expires_at=card.when(made.expires_at) or "",
    )
    return ApiAnswer(201, link.model_dump(mode="json"))


def _token_for(api: SellerApi, tx: UnitOfWork, key: str) -> str:
    """Return the token of the key's link, the same each time, also when the API's token was replaced meanwhile.

    Only a holder of the API's token can compute it.
    """
    held = [token.get_secret_value().encode() for token in api.tokens]
    named = [hmac.new(secret, f"start-link\0{key}".encode(), "sha256").hexdigest()[:32] for secret in held]
    return next((one for one in named if start_links.get(tx.connection, token=one) is not None), named[0])
