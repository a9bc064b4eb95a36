"""`/orders`: what was ordered and paid, and money that the back office has found in the bank."""

from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse

from bot.conversation import codec
from bot.conversation.identity import marked_id
from bot.conversation.port import UnitOfWork
from bot.handlers.api.shapes import (
    ApiError,
    NewCancellation,
    NewRefund,
    NewReturn,
    NewTransfer,
    OrderInFull,
    OrderNotCancelled,
    OrderPage,
    RefundList,
    RefundNotTaken,
    RefundRow,
    TransferListed,
    TransferPage,
    TransferRefused,
)
from bot.handlers.api.work import (
    ID,
    Api,
    ApiAnswer,
    Asked,
    CustomerId,
    Key,
    MoneyScope,
    SellerApi,
    not_found,
    once,
    one_of,
    page_of,
)
from bot.usecases.billing import refunds
from bot.usecases.orders import cancelling
from bot.usecases.seller.events import of_money
from dialogs.messages.letters import SendNote
from dialogs.messages.payment import PaymentBooked, TransferNotBooked
from services.accounts import accounts
from services.orders import order_record
from services.payments import questions, record, transfers
from services.payments.refunds import RefundNotPossible
from services.payments.transfers import TransferBooked, TransferKept
from services.seller import rows, seller_events, seller_lists
from values.money import Money
from values.rules import NOTE_ACTIVATED

_log = structlog.get_logger(__name__)
router = APIRouter(tags=["orders"])
Number = Annotated[
    str,
    Path(
        pattern=r"^[0-9A-Za-z_./-]{1,64}$",
        description="As people write it, such as FS/2026/000001; slashes as they are or as %2F.",
    ),
]
Status = Annotated[Literal["placed", "paid", "failed", "cancelled"] | None, Query(description="Only these.")]
TransferStatus = Annotated[Literal["booked", "kept", "refunded"] | None, Query(description="Only these.")]
_UNKNOWN = not_found("No such order.")


@router.get("/orders", operation_id="list_orders")
async def orders(api: Api, asked: Asked, customer_id: CustomerId = None, status: Status = None) -> OrderPage:
    """List all orders, page by page."""
    return await page_of(api, asked, OrderPage, seller_lists.order_list, customer_id=customer_id, status=status)


@router.get("/orders/{number:path}/refunds", operation_id="list_refunds", responses=_UNKNOWN)
async def order_refunds(api: Api, number: Number) -> RefundList:
    """List the refunds that the desk was asked for."""
    return await one_of(api, RefundList, seller_lists.refund_list, number, "no such order")


@router.post(
    "/orders/{number:path}/refunds",
    operation_id="create_refund",
    status_code=201,
    response_model=RefundRow,
    dependencies=[MoneyScope],
    responses={
        **_UNKNOWN,
        403: {"model": ApiError, "description": "The token reads and books; giving money back needs that for money."},
        409: {"model": RefundNotTaken, "description": "Not possible, for the `reason` told."},
    },
)
async def refund(api: Api, request: Request, number: Number, wanted: NewRefund, key: Key = None) -> JSONResponse:
    """Give money of an order back, at its provider, by the way it came; the customer is told as it arrives.

    The answer says `requested`; how it ends is told by `refund.done` or `refund.failed`. A transfer can't be sent back
    from here.
    """
    return await once(api, request, wanted, key, lambda tx: _refund(api, tx, number, wanted))


def _refund(api: SellerApi, tx: UnitOfWork, number: str, wanted: NewRefund) -> ApiAnswer:
    order = order_record.by_number(tx.connection, number)
    if order is None:
        raise HTTPException(404, "no such order")
    held = refunds.request(api.outbox, tx, order, seller=api.seller, **wanted.model_dump())
    if isinstance(held, RefundNotPossible):
        refusal = RefundNotTaken(error=refunds.NOT_REFUNDED[held.reason], reason=held.reason, left=held.left)
        return ApiAnswer(409, refusal.model_dump(mode="json"))
    return ApiAnswer(201, RefundRow.model_validate(rows.REFUND.row(held)).model_dump(mode="json"))


@router.post(
    "/orders/{number:path}/cancel",
    operation_id="cancel_order",
    response_model=OrderInFull,
    dependencies=[MoneyScope],
    responses={
        **_UNKNOWN,
        403: {"model": ApiError, "description": "The token reads and books; cancelling needs that for money."},
        409: {"model": OrderNotCancelled, "description": "Not possible, for the `reason` told."},
    },
)
async def cancel(api: Api, request: Request, number: Number, wanted: NewCancellation, key: Key = None) -> JSONResponse:
    """Cancel an unpaid order. Its payment link closes, and the customer is told in the chat.

    Money that comes all the same is booked for it, or given back where another order has taken its place.
    """
    return await once(api, request, wanted, key, lambda tx: _cancel(tx, number, wanted))


def _cancel(tx: UnitOfWork, number: str, wanted: NewCancellation) -> ApiAnswer:
    order = order_record.by_number(tx.connection, number)
    if order is None:
        raise HTTPException(404, "no such order")
    refused = cancelling.cancel(tx, order, wanted.reason)
    if refused is not None:
        refusal = OrderNotCancelled(error=cancelling.NOT_CANCELLED[refused], reason=refused)
        return ApiAnswer(409, refusal.model_dump(mode="json"))
    full = seller_lists.order_in_full(tx.connection, order_record.lock(tx.connection, order.id))
    return ApiAnswer(200, OrderInFull.model_validate(full).model_dump(mode="json"))


@router.get("/orders/{number:path}", operation_id="get_order", responses=_UNKNOWN)
async def order(api: Api, number: Number) -> OrderInFull:
    """Return an order with its invoice address, its payments, and its transfers, booked or kept.

    A line that has `once`, true, is paid once, whatever its term.
    """
    return await one_of(api, OrderInFull, seller_lists.one_order, number, "no such order")


@router.get("/transfers", operation_id="list_transfers")
async def told(api: Api, asked: Asked, status: TransferStatus = None) -> TransferPage:
    """List the transfers and postal slips that were told, booked or kept, page by page."""
    return await page_of(api, asked, TransferPage, seller_lists.transfer_list, status=status)


@router.post(
    "/transfers/{id}/return",
    operation_id="return_transfer",
    response_model=TransferListed,
    dependencies=[MoneyScope],
    responses={
        **not_found("No such transfer."),
        403: {"model": ApiError, "description": "The token reads and books; this needs that for money."},
        409: {"model": ApiError, "description": "It is booked: it paid its order."},
    },
)
async def give_back(
    api: Api,
    request: Request,
    id: Annotated[str, Path(pattern=ID, description="As `GET /transfers` tells it.")],
    wanted: NewReturn,
    key: Key = None,
) -> JSONResponse:
    """Say that a kept transfer was sent back, from your bank, to the account it came from; its payer is told.

    Said again it changes nothing.
    """
    return await once(api, request, wanted, key, lambda tx: _return(api, tx, id, wanted.reason))


def _return(api: SellerApi, tx: UnitOfWork, id: str, reason: str) -> ApiAnswer:
    noted = refunds.note_returned(api.outbox, tx, id, reason)
    if noted is None:
        raise HTTPException(404, "no such transfer")
    if noted == "booked":
        raise HTTPException(409, "it is booked: give the order's money back")
    return ApiAnswer(
        200, TransferListed.model_validate(seller_lists.transfer_row(noted.transfer)).model_dump(mode="json")
    )


@router.post(
    "/orders/{number:path}/payments",
    operation_id="book_payment",
    status_code=201,
    response_model=OrderInFull,
    responses={
        **_UNKNOWN,
        409: {
            "model": TransferRefused,
            "description": "Not booked: another sum, another currency, or for the second time. Kept with the order.",
        },
    },
)
async def book(api: Api, request: Request, number: Number, told: NewTransfer, key: Key = None) -> JSONResponse:
    """Book a transfer or a postal slip. The right sum pays the order, and the customer is told in the chat.

    Any other sum or currency, and money for an order that is paid, is refused and kept with the order (`transfers`) for
    a person to look at. A transfer is known by its `reference`: booked again it changes nothing; a wrong one is
    corrected by booking it again with the right sum.
    """
    return await once(api, request, told, key, lambda tx: _book(api, tx, number, told))


def _book(api: SellerApi, tx: UnitOfWork, number: str, told: NewTransfer) -> ApiAnswer:
    outcome = transfers.book_transfer(
        tx.connection,
        order_number=number,
        amount=told.amount,
        currency=told.currency,
        reference=told.reference,
        payment_id=marked_id(api.server_key, f"transfer:{number}:{told.reference}"),
        server_key=api.server_key,
        expires_at=tx.now + api.seller.manners.payment_ttl,
        now=tx.now,
    )
    if outcome is None:
        raise HTTPException(404, "no such order")
    if isinstance(outcome, TransferKept):
        return _refused(tx, outcome, told)
    _tell(api, tx, outcome)
    full = seller_lists.order_in_full(tx.connection, outcome.order)
    return ApiAnswer(201, OrderInFull.model_validate(full).model_dump(mode="json"))


def _tell(api: SellerApi, tx: UnitOfWork, booked: TransferBooked) -> None:
    """Notify the conversation that ordered, else the account's current one, and the seller's other systems.

    Whoever is told there is also told of the next charge of a short term, by the receipt; who has none gets a letter.
    """
    order, payment = booked.order, booked.payment
    gross = Money(payment.amount, payment.currency)
    event = PaymentBooked(payment.id, order.id, order.number, payment.status, gross, news=True)
    mine = accounts.get(tx.connection, order.account_id)
    whose = order.conversation_id or (mine.conversation_id if mine is not None else None)
    if whose is not None:
        tx.tell(whose, event)
        api.quotes.note_receipt(tx.connection, order.id, tx.now)
    elif mine is not None and mine.status != "closed":
        note, owner = SendNote(NOTE_ACTIVATED, order.id), questions.owner_of(payment.id)
        api.outbox.leave(tx.connection, codec.stored_job(f"{NOTE_ACTIVATED}:{payment.id}", owner, note, tx.now))
    for told in of_money(tx.connection, order, payment, tx.now):
        tx.publish(told)


def _news(tx: UnitOfWork, kept: TransferKept, told: NewTransfer) -> None:
    """Wake the seller, and tell the seller's other systems and the customer."""
    order = kept.order
    _log.error("transfer_kept", alarm=True, order=order.number, reason=kept.reason)
    tx.publish(
        seller_events.transfer_kept(
            order, reference=told.reference, amount=told.amount, currency=told.currency, reason=kept.reason, now=tx.now
        )
    )
    for payment in record.of_order(tx.connection, order.id)[-1:]:
        event = TransferNotBooked(
            order.id, order.number, Money(told.amount, told.currency), order.price.gross, kept.reason
        )
        tx.tell(questions.owner_of(payment.id), event)


def _refused(tx: UnitOfWork, kept: TransferKept, told: NewTransfer) -> ApiAnswer:
    if kept.first_time:
        _news(tx, kept, told)
    owed = kept.order.price.gross
    said = {
        "wrong_amount": f"another sum than the {owed.minor} {owed.currency} owed: kept with the order, not booked",
        "wrong_currency": f"another currency than {owed.currency}: kept with the order, not booked",
        "already_paid": "the order is paid already: kept with the order, to be given back",
        "booked_before": "this transfer is known: nothing was changed",
        "cancelled": "the order was cancelled before it could be paid: kept with the order, to be given back",
    }
    refusal = TransferRefused(error=said[kept.reason], reason=kept.reason)
    return ApiAnswer(409, refusal.model_dump(mode="json"))
