"""`/identity-keys`: the public keys with which the seller's own site tells the chat who its customer is."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from bot.conversation.port import UnitOfWork
from bot.handlers.api import work
from bot.handlers.api.shapes import ApiError, When
from bot.usecases.accounts import site_customers
from services.accounts import identity_keys, site_identity
from services.accounts.identity_keys import IdentityKey
from services.seller import card

_log = structlog.get_logger(__name__)
router = APIRouter(tags=["identity keys"])
_KID = f"^{identity_keys.KID}$"


class NewIdentityKey(BaseModel):
    """A public key as a JWK: `EC` with `P-256` (ES256) or `OKP` with `Ed25519` (EdDSA). Other members are ignored."""

    model_config = ConfigDict(extra="ignore")

    kty: str = Field(max_length=10)
    crv: str = Field(max_length=20)
    x: str = Field(max_length=100)
    y: str | None = Field(default=None, max_length=100)
    d: str | None = Field(default=None, max_length=100, description="Refused: that would be the private key.")
    kid: str | None = Field(default=None, pattern=_KID, description="Without one the key's thumbprint (RFC 7638).")
    alg: str | None = Field(default=None, max_length=20)
    use: str | None = Field(default=None, max_length=20)


class IdentityKeyRow(BaseModel):
    """A key; a retired one signs nothing any more."""

    kid: str
    algorithm: str
    created_at: When
    retired_at: When | None


class IdentityKeyList(BaseModel):
    """All keys, the oldest first."""

    items: list[IdentityKeyRow]


@router.get("/identity-keys", operation_id="list_identity_keys")
async def keys(api: work.Api) -> IdentityKeyList:
    """List all keys with their algorithms, retired ones included."""
    found = await api.store.read(identity_keys.list_keys)
    return IdentityKeyList(items=[_row(key) for key in found])


@router.post(
    "/identity-keys",
    operation_id="create_identity_key",
    status_code=201,
    response_model=IdentityKeyRow,
    responses={409: {"model": ApiError, "description": "The `kid` names another key, or a retired one."}},
)
async def new_key(api: work.Api, request: Request, wanted: NewIdentityKey, key: work.Key = None) -> JSONResponse:
    """Take a public key, beside those that there are. With its private half your site signs who its customer is."""
    try:
        given = site_identity.public_key(wanted.model_dump(exclude_none=True))
    except ValueError as refused:
        raise HTTPException(422, str(refused)) from None
    return await work.answer_once(api, request, wanted, key, lambda tx: _added(tx, given))


def _added(tx: UnitOfWork, given: IdentityKey) -> work.ApiAnswer:
    _log.warning("identity_key_added", kid=given.kid)
    kept = identity_keys.add(tx.connection, given, tx.now)
    if dict(kept.jwk) != dict(given.jwk):
        raise HTTPException(409, "this kid is another key's")
    if kept.retired_at is not None:
        raise HTTPException(409, "this key is retired: make another one")
    return work.ApiAnswer.show_model(201, _row(kept))


@router.delete(
    "/identity-keys/{kid}",
    operation_id="retire_identity_key",
    responses=work.not_found("No such key."),
)
async def retired_key(api: work.Api, kid: Annotated[str, Path(pattern=_KID)]) -> IdentityKeyRow:
    """Retire a key for good. Chats whose customer it told end at once; log-ins by password elsewhere stand."""
    found = await api.desk.happen(lambda tx: site_customers.retire(tx, kid))
    if found is None:
        raise HTTPException(404, "no such key")
    return _row(found)


def _row(key: IdentityKey) -> IdentityKeyRow:
    told: dict[str, Any] = {name: card.format_moment(getattr(key, name)) for name in ("created_at", "retired_at")}
    return IdentityKeyRow(kid=key.kid, algorithm=key.algorithm, **told)
