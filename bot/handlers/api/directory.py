"""`/directory`: customers whom the seller has on file: numbers, contacts and programs, told as often as needed."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError

from bot.conversation.port import UnitOfWork
from bot.handlers.api.shapes import ApiError
from bot.handlers.api.shapes_directory import DirectoryPage, Imported, ImportedCustomer, NewDirectory
from bot.handlers.api.work import Api, ApiAnswer, Asked, Key, once, page_of
from bot.usecases.accounts import on_file
from services.directory import directory, directory_accounts
from services.directory.directory import CustomerOnFile, DirectoryRecord, ProgramRecord
from services.seller import seller_lists
from values.seller import Seller

router = APIRouter(tags=["directory"])


@router.get("/directory", operation_id="list_customers_on_file")
async def customers_on_file(api: Api, asked: Asked) -> DirectoryPage:
    """List customers on file, page by page, in no order that means anything.

    `customer_id` is null until they register, or until an account proves the e-mail on file to be its own.
    """
    return await page_of(api, asked, DirectoryPage, seller_lists.on_file)


@router.post(
    "/directory",
    operation_id="import_directory",
    response_model=Imported,
    responses={409: {"model": ApiError, "description": "A customer number that is another's."}},
)
async def import_directory(api: Api, request: Request, told: NewDirectory, key: Key = None) -> JSONResponse:
    """Put customers on file, or bring those known by their `ref` up to date: all of them, or none.

    Each row is all about its customer: omitted fields and programs are taken off the file. Customers without a row stay
    as they are; a program named for another customer is that one's from then on. Contacts and numbers are read as the
    chat reads them; unreadable rows are refused with their reasons.

    A customer who signs up and proves the e-mail that is on file is this customer: the account is tied to them and has
    their programs. It doesn't matter which comes first, the proof or the import; an address that nobody has proven, or
    that stands with several customers on file, ties nobody.
    """
    return await once(api, request, told, key, lambda tx: _imported(api.seller, tx, told))


def _imported(seller: Seller, tx: UnitOfWork, told: NewDirectory) -> ApiAnswer:
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
    return ApiAnswer(200, {"imported": len(records)})


def _record(seller: Seller, row: ImportedCustomer) -> tuple[DirectoryRecord, tuple[str, ...]]:
    """Return the row as it is stored, and the reasons why parts of it can't be read."""
    read = on_file.read(seller, customer_number=row.customer_number, email=row.email, phone=row.phone)
    contacts: dict[str, Any] = {"customer_number": read.customer_number, "email": read.email, "phone": read.phone}
    programs = tuple(ProgramRecord(**program.model_dump()) for program in row.programs)
    return DirectoryRecord(
        **row.model_dump(exclude={"programs", *contacts}), **contacts, programs=programs
    ), read.unread
