"""Dependencies of the API's routes, pages of lists, and idempotent requests."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self, TypeVar

import sqlalchemy as sa
from fastapi import Depends, Header, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from msgspec import Struct
from pydantic import BaseModel

from bot.conversation.port import UnitOfWork
from bot.handlers.api.dependencies import SellerApi
from bot.handlers.api.shapes import ApiError, Shown
from bot.web.guard import shows_token
from services.seller import idempotency
from services.seller.idempotency import KeptAnswer
from services.seller.seller_lists import Listed
from services.store.statements import KeysetPlace, Window

P = TypeVar("P", bound=BaseModel)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
Responses = dict[int | str, dict[str, Any]]
ID = r"^[0-9A-Za-z_-]{1,64}$"

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Makes a repeat safe for seven days: the same key and request get the same answer, and nothing is "
        "done again; the same key with another request is 409.",
    ),
]
CustomerId = Annotated[str | None, Query(pattern=ID, description="Only those of this customer.")]


def _of_app(request: Request) -> SellerApi:
    return request.state.api


Api = Annotated[SellerApi, Depends(_of_app)]


def _with_money_token(request: Request, api: Api) -> None:
    if not shows_token(request, api.money_tokens):
        raise HTTPException(403, "scope")


MoneyScope = Depends(_with_money_token)
"""A route's dependency: money leaves by it."""


def _window(
    limit: Annotated[int, Query(ge=1, le=200, description="Rows at most.")] = 50,
    cursor: Annotated[
        str | None, Query(pattern=r"^[0-9]{16}-[0-9A-Za-z_-]{1,64}$", description="`next` of the page before.")
    ] = None,
) -> Window:
    if cursor is None:
        return Window(limit)
    micros, _, id = cursor.partition("-")
    return Window(limit, KeysetPlace(_BEGINNING + timedelta(microseconds=int(micros)), id))


Asked = Annotated[Window, Depends(_window)]


def page(found: Sequence[Listed], asked: Window) -> dict[str, Any]:
    """Return the page as it is answered. A full one may be followed by an empty one."""
    last = found[-1].place if len(found) == asked.most else None
    return {"items": [listed.row for listed in found], "next": None if last is None else cursor(last)}


async def page_of(
    api: SellerApi, asked: Window, shape: type[P], query: Callable[..., Sequence[Listed]], **filters: object
) -> P:
    """Return a page of what `query` finds."""
    found = await api.store.read(lambda c: query(c, asked, **filters))
    return shape.model_validate(page(found, asked), context=_context(api))


async def one_of(
    api: SellerApi, shape: type[P], query: Callable[[sa.Connection, str], Any], id: str, missing: str
) -> P:
    """Return what `query` finds under that id; 404 with `missing` if it is nothing."""
    found = await api.store.read(lambda c: query(c, id))
    if found is None:
        raise HTTPException(404, missing)
    return shape.model_validate(found, context=_context(api))


def _context(api: SellerApi) -> Shown:
    """Return which answers the shapes let through."""
    return Shown(answers=frozenset(one.id for one in api.seller.own_questions if one.shown_to("api")))


def not_found(missing: str) -> Responses:
    """Return the description of a 404."""
    return {404: {"model": ApiError, "description": missing}}


def cursor(place: KeysetPlace) -> str:
    """Return a place as it is written in `next`."""
    return f"{(place.at - _BEGINNING) // timedelta(microseconds=1):016d}-{place.id}"


class ApiAnswer(Struct, frozen=True):
    """A request's answer, also a refusal that has stored something."""

    status: int
    body: Any

    @classmethod
    def show_model(cls, status: int, told: BaseModel) -> Self:
        return cls(status, told.model_dump(mode="json"))


async def answer_once(
    api: SellerApi,
    request: Request,
    wanted: BaseModel,
    key: str | None,
    work: Callable[[UnitOfWork], ApiAnswer],
    *,
    secret: bool = False,
) -> JSONResponse:
    """Run `work` in one transaction, or answer as before if the key is known.

    `secret`: the answer holds a token, which isn't stored; `work` itself must give the same one again. An exception
    rolls everything back and leaves the key unused.
    """
    asked = _asked(request, wanted)

    def unless_known(tx: UnitOfWork) -> ApiAnswer:
        if key is None:
            return work(tx)
        known = _kept_answer(tx, key, asked)
        if known is not None and not secret:
            return ApiAnswer(known.status, known.body)
        done = work(tx)
        if known is None:
            body = None if secret else done.body
            idempotency.keep(tx.connection, key=key, request=asked, status=done.status, body=body, now=tx.now)
        return done

    done = await api.desk.happen(unless_known)
    return JSONResponse(done.body, done.status)


async def known_answer(api: SellerApi, request: Request, wanted: BaseModel, key: str | None) -> JSONResponse | None:
    """Return the answer that the key has got before; None: the work is to be done, in several transactions."""
    if key is None:
        return None
    asked = _asked(request, wanted)
    known = await api.desk.happen(lambda tx: _kept_answer(tx, key, asked))
    return None if known is None else JSONResponse(known.body, known.status)


def _asked(request: Request, wanted: BaseModel) -> str:
    return f"{request.method} {request.url.path}\n{wanted.model_dump_json()}"


def _kept_answer(tx: UnitOfWork, key: str, asked: str) -> KeptAnswer | None:
    known = idempotency.find(tx.connection, key=key, request=asked)
    if isinstance(known, idempotency.AnotherRequest):
        raise HTTPException(409, "this idempotency key was used for another request")
    return known
