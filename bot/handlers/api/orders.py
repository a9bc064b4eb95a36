"""`/orders`: what was ordered and paid, cancelled and given back."""

from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse

from bot.conversation.port import UnitOfWork
from bot.handlers.api import work
from bot.handlers.api.shapes import ApiError, OrderPage
from bot.handlers.api.shapes_money import (
    NewCancellation,
    NewRefund,
    OrderInFull,
    OrderNotCancelled,
    RefundList,
    RefundNotTaken,
    RefundRow,
)
from bot.usecases.billing import refunds
from bot.usecases.orders import cancelling
from services.orders import order_record
from services.payments import order_pages
from services.payments.refunds import RefundNotPossible
from services.seller import rows, seller_lists
from services.seller.rows import Json

router = APIRouter(tags=["orders"])
Number = Annotated[
    str,
    Path(
        pattern=r"^[0-9A-Za-z_./-]{1,64}$",
        description="As people write it, such as FS/2026/000001; slashes as they are or as %2F.",
    ),
]
Status = Annotated[Literal["placed", "paid", "failed", "cancelled"] | None, Query(description="Only these.")]
NO_ORDER = work.not_found("No such order.")


@router.get("/orders", operation_id="list_orders")
async def orders(
    api: work.Api, asked: work.Asked, customer_id: work.CustomerId = None, status: Status = None
) -> OrderPage:
    """List all orders, page by page."""
    return await work.page_of(api, asked, OrderPage, seller_lists.order_list, customer_id=customer_id, status=status)


@router.get("/orders/{number:path}/refunds", operation_id="list_refunds", responses=NO_ORDER)
async def order_refunds(api: work.Api, number: Number) -> RefundList:
    """List the refunds that the desk was asked for."""
    return await work.one_of(api, RefundList, seller_lists.refund_list, number, "no such order")


@router.post(
    "/orders/{number:path}/refunds",
    operation_id="create_refund",
    status_code=201,
    response_model=RefundRow,
    dependencies=[work.MoneyScope],
    responses={
        **NO_ORDER,
        403: {"model": ApiError, "description": "The token reads and books; giving money back needs that for money."},
        409: {"model": RefundNotTaken, "description": "Not possible, for the `reason` told."},
    },
)
async def refund(
    api: work.Api, request: Request, number: Number, wanted: NewRefund, key: work.Key = None
) -> JSONResponse:
    """Give money of an order back, at its provider, by the way it came; the customer is told as it arrives.

    The answer says `requested`; how it ends is told by `refund.done` or `refund.failed`. What came by
    transfer you send from your bank, and say so by `POST /transfers/{id}/return`.
    """
    return await work.answer_once(api, request, wanted, key, lambda tx: _refund(api, tx, number, wanted))


def _refund(api: work.SellerApi, tx: UnitOfWork, number: str, wanted: NewRefund) -> work.ApiAnswer:
    order = order_record.by_number(tx.connection, number)
    if order is None:
        raise HTTPException(404, "no such order")
    held = refunds.request(api.outbox, tx, order, api.seller, **wanted.model_dump())
    if isinstance(held, RefundNotPossible):
        refusal = RefundNotTaken(error=refunds.NOT_REFUNDED[held.reason], reason=held.reason, left=held.left)
        return work.ApiAnswer.show_model(409, refusal)
    return work.ApiAnswer.show_model(201, RefundRow.model_validate(rows.REFUND.row(held)))


@router.post(
    "/orders/{number:path}/cancel",
    operation_id="cancel_order",
    response_model=OrderInFull,
    dependencies=[work.MoneyScope],
    responses={
        **NO_ORDER,
        403: {"model": ApiError, "description": "The token reads and books; cancelling needs that for money."},
        409: {"model": OrderNotCancelled, "description": "Not possible, for the `reason` told."},
    },
)
async def cancel(
    api: work.Api, request: Request, number: Number, wanted: NewCancellation, key: work.Key = None
) -> JSONResponse:
    """Cancel an unpaid order. Its payment link closes, and the customer is told in the chat.

    Money that comes all the same is booked for it, or given back where another order has taken its place.
    """
    return await work.answer_once(api, request, wanted, key, lambda tx: _cancel(tx, number, wanted))


def _cancel(tx: UnitOfWork, number: str, wanted: NewCancellation) -> work.ApiAnswer:
    order = order_record.by_number(tx.connection, number)
    if order is None:
        raise HTTPException(404, "no such order")
    refused = cancelling.cancel(tx, order, wanted.reason)
    if refused is not None:
        return work.ApiAnswer.show_model(
            409, OrderNotCancelled(error=cancelling.NOT_CANCELLED[refused], reason=refused)
        )
    full = seller_lists.order_in_full(tx.connection, order_record.lock(tx.connection, order.id))
    return work.ApiAnswer.show_model(200, OrderInFull.model_validate(full))


@router.get("/orders/{number:path}", operation_id="get_order", responses=NO_ORDER)
async def order(api: work.Api, number: Number) -> OrderInFull:
    """Return an order with its invoice address, its payments, and its transfers, booked or kept.

    A line that has `once`, true, is paid once, whatever its term.
    """
    return await work.one_of(api, OrderInFull, lambda c, wanted: _with_page(api, c, wanted), number, "no such order")


def _with_page(api: work.SellerApi, connection: sa.Connection, number: str) -> Json | None:
    order = order_record.by_number(connection, number)
    full = seller_lists.order_in_full(connection, order) if order is not None else None
    waiting = order_pages.of_order(connection, order)
    if full is None or waiting is None or waiting.state(api.clock.now()) != "waits":
        return full
    return full | {"pay_page": f"{api.reach.public_url}/{order_pages.path_of(api.server_key, waiting.order.id)}"}
