"""`/invoices`: invoices that the seller has issued, for its customers to find in the zone and to be told of.

`/export`: what was sold and paid, as a table for its bookkeeper.
"""

import re
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel

from bot.conversation.port import UnitOfWork
from bot.handlers.api.shapes import ApiError, EInvoiceState
from bot.handlers.api.shapes_directory import InvoicePage, InvoiceRow, NewInvoice
from bot.handlers.api.work import ID, Api, ApiAnswer, Asked, CustomerId, Key, SellerApi, answer_once, not_found, page_of
from bot.usecases.einvoices.commands import tell_invoice
from dialogs.messages.einvoice import EInvoiceSwitched
from services.accounts import accounts
from services.directory import directory
from services.einvoicing import einvoices, issued_invoices
from services.einvoicing.issued_invoices import AnothersNumber, InvoiceDiffers, IssuedInvoice
from services.orders import order_record
from services.seller import rows, seller_events, seller_lists
from services.store import conversations
from services.store.statements import KeysetPlace, Window
from values.account_view import InvoiceKind
from values.csv_table import write_rows


class ActivationChange(BaseModel):
    """The seller's system has switched the service. `seen`: the status that it has read; another one now is 409."""

    status: Literal["off", "requested", "active"]
    seen: Literal["off", "requested", "active"] | None = None


router = APIRouter(tags=["invoices"])
OrderNumber = Annotated[str | None, Query(max_length=200, description="Only those of this order.")]


@router.get("/invoices", operation_id="list_invoices")
async def invoices(
    api: Api, asked: Asked, customer_id: CustomerId = None, order_number: OrderNumber = None
) -> InvoicePage:
    """List all recorded invoices, page by page."""
    of: dict[str, object] = {"customer_id": customer_id, "order_number": order_number}
    return await page_of(api, asked, InvoicePage, seller_lists.invoice_list, **of)


@router.post(
    "/invoices",
    operation_id="record_invoices",
    status_code=201,
    response_model=InvoiceRow,
    responses={
        **not_found("No such customer, or the customer has no such order."),
        409: {
            "model": ApiError,
            "description": "An invoice of this number was told for another, or with other contents.",
        },
    },
)
async def tell(api: Api, request: Request, told: NewInvoice, key: Key = None) -> JSONResponse:
    """Record an invoice. Its customer finds it in the chat and, where e-invoices are on, gets a notice by e-mail.

    Known by its number: recorded again it changes nothing, and no second notice goes out. A known number with other
    contents is refused: a correction has a number of its own.
    """
    return await answer_once(api, request, told, key, lambda tx: _told(tx, told))


def _told(tx: UnitOfWork, told: NewInvoice) -> ApiAnswer:
    account_id, on_file_id = _whose(tx, told)
    _check_order(tx, told)
    kind: InvoiceKind = told.kind or ("correction" if told.gross < 0 else "invoice")
    invoice = IssuedInvoice(**told.model_dump(include={*IssuedInvoice.__struct_fields__} - {"kind"}), kind=kind)
    pdf = b64decode(told.pdf) if told.pdf is not None else None
    outcome = tell_invoice(tx, invoice, account_id=account_id, customer_id=on_file_id, pdf=pdf)
    if isinstance(outcome, AnothersNumber):
        raise HTTPException(409, "an invoice of this number was told for another customer")
    if isinstance(outcome, InvoiceDiffers):
        raise HTTPException(409, "differs: an invoice of this number was told with other contents")
    stored = issued_invoices.get(tx.connection, outcome.invoice.id)
    assert stored is not None, "it was told just now"
    row = InvoiceRow.model_validate(rows.INVOICE.row(stored))
    return ApiAnswer.show_model(201, row)


def _check_order(tx: UnitOfWork, told: NewInvoice) -> None:
    """Refuse an order that isn't the customer's."""
    if told.order_number is None:
        return
    order = order_record.by_number(tx.connection, told.order_number)
    known = directory.by_ref(tx.connection, told.ref or "")
    owner = told.customer_id or (known.account_id if known is not None else None)
    if order is None or order.account_id != owner:
        raise HTTPException(404, "the customer has no such order")


def _whose(tx: UnitOfWork, told: NewInvoice) -> tuple[str | None, str | None]:
    if told.customer_id is not None:
        mine = accounts.get(tx.connection, told.customer_id)
        if mine is None or mine.taken:
            raise HTTPException(404, "no such customer")
        return mine.id, None
    known = directory.by_ref(tx.connection, told.ref or "")
    if known is None:
        raise HTTPException(404, "no such customer on file")
    return None, known.id


einvoices_router = APIRouter(tags=["e-invoices"])


@einvoices_router.patch(
    "/einvoice-activations/{activation_id}",
    operation_id="switch_einvoices",
    responses={
        **not_found("No such activation."),
        409: {
            "model": ApiError,
            "description": "Not yet: the order isn't paid, or the company isn't confirmed. `changed_meanwhile`: the "
            "status isn't the one that was `seen`: the customer has switched it.",
        },
    },
)
async def switch(api: Api, activation_id: str, change: ActivationChange) -> EInvoiceState:
    """Switch a customer's e-invoices and tell the customer's conversations. The id is `einvoice.id` of the card.

    With `einvoice_confirm = "seller"` in the profile an activation stays `requested` until this call.
    """
    return await api.desk.happen(lambda tx: _switch(tx, activation_id, change))


def _switch(tx: UnitOfWork, activation_id: str, change: ActivationChange) -> EInvoiceState:
    if not re.fullmatch(ID, activation_id):
        raise HTTPException(404, "no such activation")
    switched = einvoices.set_status(
        tx.connection, einvoice_id=activation_id, status=change.status, seen=change.seen, now=tx.now
    )
    if switched is None:
        raise HTTPException(404, "no such activation")
    if isinstance(switched, einvoices.EInvoiceRecord):
        raise HTTPException(409, "changed_meanwhile")
    if isinstance(switched, einvoices.ActivationNotYet):
        raise HTTPException(409, f"it can't be switched on yet: {switched.reason}")
    known = switched.einvoice
    if switched.changed:
        event = EInvoiceSwitched(known.status, known.email)
        for conversation in conversations.of_account(tx.connection, known.account_id):
            tx.tell(conversation.id, event)
        tx.publish(seller_events.einvoice_switched(known, tx.now))
    return EInvoiceState(**rows.EINVOICE.row(known))


export_router = APIRouter(tags=["orders"])
Export = Annotated[
    Literal["orders", "payments", "refunds"],
    Path(description="Orders by the day they were placed, payments by that of the money, refunds by that of asking."),
]
Since = Annotated[date, Query(alias="from", description="First day, by your time zone.")]
Until = Annotated[date, Query(alias="to", description="Last day, itself included.")]
_FIRST, _LAST = date(2000, 1, 1), date(2999, 12, 31)
_A_PAGE = 1000
"""Rows of a table that are in memory at once."""
_COLUMNS = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in seller_lists.EXPORTED.items())


@export_router.get(
    "/export/{kind}",
    operation_id="get_export",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": f"Columns of {_COLUMNS}."}
    },
)
async def export_table(api: Api, kind: Export, since: Since, until: Until) -> StreamingResponse:
    """Hand out orders, payments or refunds of some days as CSV, the oldest first.

    Amounts and times are as in JSON. A cell in which a spreadsheet might see a formula begins with an apostrophe.
    """
    if not _FIRST <= since <= until <= _LAST:
        raise HTTPException(422, "from and to are days, the first before the last")
    first, last = (datetime.combine(day, time.min, api.seller.zone) for day in (since, until + timedelta(days=1)))
    named = {"content-disposition": f'attachment; filename="{kind}-{since}-{until}.csv"'}
    return StreamingResponse(_lines(api, kind, first, last), media_type="text/csv", headers=named)


async def _lines(api: SellerApi, kind: str, since: datetime, until: datetime) -> AsyncIterator[str]:
    """Yield the table piece by piece, each read by itself: no transaction stays open while a client takes its time."""
    found, after = [list(seller_lists.EXPORTED[kind])], KeysetPlace(since, "")
    while True:
        written = StringIO(newline="")
        write_rows(written, found)
        yield written.getvalue()
        if after is None:
            return
        asked = Window(_A_PAGE, after)
        page = seller_lists.export_page
        found, after = await api.store.read(lambda c: page(c, kind, since, until, asked))  # noqa: B023
