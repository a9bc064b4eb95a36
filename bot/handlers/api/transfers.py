"""`/transfers`, `/statements`: money that the back office has found in the bank, booked, kept, sent back."""

import asyncio
import hashlib
from collections.abc import Callable
from email.message import Message
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse
from msgspec.structs import asdict
from pydantic import BaseModel

from bot.conversation.port import UnitOfWork
from bot.handlers.api import shapes_money as shapes
from bot.handlers.api import work
from bot.handlers.api.orders import NO_ORDER, Number
from bot.handlers.api.shapes import ApiError
from bot.usecases.billing import refunds
from services.orders import order_record
from services.payments import bank_files
from services.payments.bank_files import Entry, StatementRefused
from services.payments.matching import KeptBooked
from services.payments.slips import BookingTakenBack, NotSplit, PartNotPaid, TransferSplit
from services.payments.transfers import ListedTransfer, ReferenceTaken, TransferBooked, TransferKept
from services.seller import seller_lists
from values.money import Money

router = APIRouter(tags=["orders"])
_Handler = TypeVar("_Handler", bound=Callable[..., Any])
Transfer = Annotated[str, Path(pattern=work.ID, description="As `GET /transfers` tells it.")]
_MONEY: work.Responses = {
    403: {"model": ApiError, "description": "The token reads and books; this needs that for money."}
}
_NOT_MOVED = {
    "wrong_amount": "the order owes another sum: nothing was changed",
    "wrong_currency": "the order is in another currency: nothing was changed",
    "already_paid": "the order is paid already: nothing was changed",
    "cancelled": "the order was cancelled before it could be paid: nothing was changed",
    "booked": "it is booked: it paid another order",
    "returned": "it was sent back",
    "split": "it was split: its parts are transfers of their own",
}
_NOT_SPLIT = {**_NOT_MOVED, "too_little": "the orders owe more than that: nothing was changed"}
_NOT_UNBOOKED = {
    "not_booked": "it isn't booked",
    "refunded": "money of it went back, or is asked for",
    "ended": "the contract that it paid for has ended",
    "invoiced": "an invoice of the order stands: tell its correction first",
}
_FILES = {"application/xml": "CAMT.053", "text/plain": "MT940", "text/csv": "CSV"}
_FILE = {name: {"schema": {"type": "string", "description": said}} for name, said in _FILES.items()}
TransferStatus = Annotated[Literal["booked", "kept", "refunded", "split"] | None, Query(description="Only these.")]
_OR_ORDER = "No such transfer, or no such order."


def _puts_right(
    act: str, name: str, answer: type[BaseModel], refusal: type[BaseModel], why: str, missing: str = "No such transfer."
) -> Callable[[_Handler], _Handler]:
    """Return the decorator of an act that puts a transfer right: it needs the scope of money, and refuses with 409."""
    refused: work.Responses = {409: {"model": refusal, "description": why}}
    return router.post(
        f"/transfers/{{id}}/{act}",
        operation_id=name,
        response_model=answer,
        dependencies=[work.MoneyScope],
        responses={**work.not_found(missing), **_MONEY, **refused},
    )


@router.get("/transfers", operation_id="list_transfers")
async def list_transfers(api: work.Api, asked: work.Asked, status: TransferStatus = None) -> shapes.TransferPage:
    """List the transfers and postal slips that were told, booked or kept, page by page."""
    return await work.page_of(api, asked, shapes.TransferPage, seller_lists.transfer_list, status=status)


@router.post(
    "/transfers/{id}/return",
    operation_id="return_transfer",
    response_model=shapes.TransferListed,
    dependencies=[work.MoneyScope],
    responses={
        **work.not_found("No such transfer."),
        **_MONEY,
        409: {"model": ApiError, "description": "It paid its order, and no refund of that was asked for."},
    },
)
async def give_back(
    api: work.Api, request: Request, id: Transfer, wanted: shapes.NewReturn, key: work.Key = None
) -> JSONResponse:
    """Say that a kept transfer was sent back, from your bank, to the account it came from; its payer is told.

    Of a booked one: that its requested refunds were sent; they are done. Said again it changes nothing.
    """
    return await work.answer_once(api, request, wanted, key, lambda tx: _return(api, tx, id, wanted.reason))


def _return(api: work.SellerApi, tx: UnitOfWork, id: str, reason: str) -> work.ApiAnswer:
    noted = refunds.note_returned(api.outbox, tx, id, reason)
    if noted is None:
        raise HTTPException(404, "no such transfer")
    if noted == "booked":
        raise HTTPException(409, "it is booked: ask for a refund of its order first")
    return _listed(noted.transfer)


@_puts_right(
    "book",
    "book_kept_transfer",
    shapes.TransferListed,
    shapes.TransferNotMoved,
    "Not booked, for the `reason` told.",
    _OR_ORDER,
)
async def book_kept(
    api: work.Api, request: Request, id: Transfer, wanted: shapes.NewBooking, key: work.Key = None
) -> JSONResponse:
    """Book a kept transfer for the order that it was meant for, where it pays that to the cent.

    Both customers are told: whose order is paid, and whose order the money was told for. Said again it changes nothing.
    """
    return await work.answer_once(api, request, wanted, key, lambda tx: _book_kept(api, tx, id, wanted))


def _book_kept(api: work.SellerApi, tx: UnitOfWork, id: str, wanted: shapes.NewBooking) -> work.ApiAnswer:
    order = order_record.by_number(tx.connection, wanted.order_number)
    if order is None:
        raise HTTPException(404, "no such order")
    moved = api.bookings.book_kept(tx, id, order, wanted.reason)
    if moved is None:
        raise HTTPException(404, "no such transfer")
    if not isinstance(moved, KeptBooked):
        return work.ApiAnswer.show_model(409, shapes.TransferNotMoved(error=_NOT_MOVED[moved], reason=moved))
    return _listed(moved.now)


@_puts_right(
    "split",
    "split_kept_transfer",
    shapes.TransferParts,
    shapes.TransferNotSplit,
    "Nothing is booked, for the `reason` told.",
    _OR_ORDER,
)
async def split(
    api: work.Api, request: Request, id: Transfer, wanted: shapes.NewSplit, key: work.Key = None
) -> JSONResponse:
    """Pay several orders out of a kept transfer, or one that owes less; what is left stays kept, to be sent back.

    Each part has a `reference` of its own: that of the whole, with a number behind.
    """
    try:
        return await work.answer_once(api, request, wanted, key, lambda tx: _split(api, tx, id, wanted))
    except PartNotPaid:
        return JSONResponse(_not_split("already_paid").body, 409)


def _split(api: work.SellerApi, tx: UnitOfWork, id: str, wanted: shapes.NewSplit) -> work.ApiAnswer:
    found = (order_record.by_number(tx.connection, number) for number in wanted.order_numbers)
    orders = [order for order in found if order is not None]
    made = api.bookings.split(tx, id, orders, wanted.reason) if len(orders) == len(wanted.order_numbers) else None
    if made is None:
        raise HTTPException(404, "no such transfer, or no such order")
    if not isinstance(made, TransferSplit):
        return _not_split(made)
    told = [*(part.now for part in made.parts), *([made.rest] if made.rest is not None else [])]
    items = [shapes.TransferListed.model_validate(seller_lists.transfer_row(one)) for one in told]
    return work.ApiAnswer.show_model(200, shapes.TransferParts(items=items))


def _not_split(why: NotSplit) -> work.ApiAnswer:
    return work.ApiAnswer.show_model(409, shapes.TransferNotSplit(error=_NOT_SPLIT[why], reason=why))


@_puts_right(
    "unbook",
    "unbook_transfer",
    shapes.TransferListed,
    shapes.TransferNotUnbooked,
    "It stays as it is, for the `reason` told.",
)
async def unbook(
    api: work.Api, request: Request, id: Transfer, wanted: shapes.NewSlip, key: work.Key = None
) -> JSONResponse:
    """Take back a booking that was a slip: the transfer is kept again, for the order that it was told for.

    What the order gave goes as with a refund in full (`[refund] full`); its customer reads that it was a slip,
    and how to pay: the order is owed again.
    """
    return await work.answer_once(api, request, wanted, key, lambda tx: _unbook(api, tx, id, wanted.reason))


def _unbook(api: work.SellerApi, tx: UnitOfWork, id: str, reason: str) -> work.ApiAnswer:
    taken = api.bookings.take_back(tx, id, reason)
    if taken is None:
        raise HTTPException(404, "no such transfer")
    if not isinstance(taken, BookingTakenBack):
        return work.ApiAnswer.show_model(409, shapes.TransferNotUnbooked(error=_NOT_UNBOOKED[taken], reason=taken))
    return _listed(taken.now)


def _listed(told: ListedTransfer) -> work.ApiAnswer:
    return work.ApiAnswer.show_model(200, shapes.TransferListed.model_validate(seller_lists.transfer_row(told)))


@router.post(
    "/statements",
    operation_id="import_statement",
    response_model=shapes.StatementImported,
    dependencies=[work.MoneyScope],
    responses=_MONEY,
    openapi_extra={"requestBody": {"required": True, "content": _FILE}},
)
async def import_statement(api: work.Api, request: Request, key: work.Key = None) -> JSONResponse:
    """Read a bank statement, CAMT.053, MT940 or CSV, and book its credits, each known by its reference and words.

    Another entry of a known reference is kept, or unmatched, as `reference_taken`; those of one file are all booked.
    An order is found by its number in the title, else by sum and payer's name together. The same file, or the same
    entry in another one, changes nothing; one that was cut off is sent again. A file that isn't understood is refused
    whole. CSV has a line of names: date, amount, currency, title, and reference and name where you have them.
    """
    body = await request.body()
    asked = shapes.StatementFile(sha256=hashlib.sha256(body).hexdigest())
    if (known := await work.known_answer(api, request, asked, key)) is not None:
        return known
    sent = Message()
    sent["content-type"] = request.headers.get("content-type", "")
    try:
        read = await asyncio.to_thread(bank_files.read_statement, body, sent.get_content_charset())
    except StatementRefused as error:
        raise HTTPException(422, str(error)) from error
    items = [await api.desk.happen(lambda tx, entry=entry: _enter(api, tx, entry)) for entry in read.entries]
    answer = shapes.StatementImported(format=read.form, items=items, ignored=read.ignored)
    return await work.answer_once(api, request, asked, key, lambda _tx: work.ApiAnswer.show_model(200, answer))


def _enter(api: work.SellerApi, tx: UnitOfWork, entry: Entry) -> shapes.StatementRow:
    """Book an entry, in a transaction of its own."""
    said = asdict(api.bookings.enter(tx, entry))
    return shapes.StatementRow(reference=said.pop("name"), amount=entry.amount, currency=entry.currency, **said)


@router.post(
    "/orders/{number:path}/payments",
    operation_id="book_payment",
    status_code=201,
    response_model=shapes.OrderInFull,
    responses={
        **NO_ORDER,
        409: {
            "model": shapes.TransferRefused | shapes.TransferReferenceTaken,
            "description": "Not booked; kept with the order, but for `reference_taken`.",
        },
    },
)
async def book(
    api: work.Api, request: Request, number: Number, told: shapes.NewTransfer, key: work.Key = None
) -> JSONResponse:
    """Book a transfer or a postal slip. The right sum pays the order, and the customer is told in the chat.

    Any other sum or currency, and money for an order that is paid, is refused and kept with the order (`transfers`) for
    a person to look at. A transfer is known by its `reference`: booked again it changes nothing; a wrong one is
    corrected by booking it again with the right sum. A reference that stands for another payment is
    refused, and nothing is kept: `reference_taken`.
    """
    return await work.answer_once(api, request, told, key, lambda tx: _book(api, tx, number, told))


def _book(api: work.SellerApi, tx: UnitOfWork, number: str, told: shapes.NewTransfer) -> work.ApiAnswer:
    outcome = api.bookings.book(tx, number, Money(told.amount, told.currency), told.reference)
    if outcome is None:
        raise HTTPException(404, "no such order")
    if not isinstance(outcome, TransferBooked):
        return _refused(outcome)
    full = seller_lists.order_in_full(tx.connection, outcome.order)
    return work.ApiAnswer.show_model(201, shapes.OrderInFull.model_validate(full))


def _refused(kept: TransferKept | ReferenceTaken) -> work.ApiAnswer:
    if isinstance(kept, ReferenceTaken):
        return work.ApiAnswer.show_model(409, shapes.TransferReferenceTaken(order_number=kept.order_number))
    owed = kept.order.price.gross
    said = {
        "wrong_amount": f"another sum than the {owed.minor} {owed.currency} owed: kept with the order, not booked",
        "wrong_currency": f"another currency than {owed.currency}: kept with the order, not booked",
        "already_paid": "the order is paid already: kept with the order, to be given back",
        "booked_before": "this transfer is known: nothing was changed",
        "cancelled": "the order was cancelled before it could be paid: kept with the order, to be given back",
    }
    return work.ApiAnswer.show_model(409, shapes.TransferRefused(error=said[kept.reason], reason=kept.reason))
