"""Invoices that the seller has issued to its customers: told by the seller's API, shown in the customer zone.

The desk keeps what is needed to list one and to lead to the document: a PDF told with it, or an address at the seller.
"""

import hashlib
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict, replace

from services.directory import directory
from services.keyed_hash import derived_id, is_keyed_hex, keyed_hex
from services.store import statements
from services.store.statements import PerDialect, Window
from services.store.tables.seller import customer_on_file
from services.store.tables.seller import issued_invoice as table
from values.account_view import InvoiceKind
from values.private import Private, PrivateStruct

_LINK = "invoice link"


class IssuedInvoice(PrivateStruct):
    """An invoice as the seller tells of it. `gross` in minor units; `url` is where the seller shows the document.

    `pdf_sha256`: of the document that was told with it.
    """

    number: Private[str]
    issued_on: date
    gross: int
    currency: str
    due_on: date | None = None
    url: Private[str | None] = None
    order_number: str | None = None
    kind: InvoiceKind = "invoice"
    ksef_number: Private[str | None] = None
    pdf_sha256: str | None = None


class Invoice(Struct, frozen=True):
    """An invoice of a customer; `account_id` is whose account it shows up in, if they have one."""

    id: str
    account_id: str | None
    issued: IssuedInvoice
    told_at: datetime

    @property
    def has_pdf(self) -> bool:
        """Return whether the desk holds its document."""
        return self.issued.pdf_sha256 is not None


class AnothersNumber(Struct, frozen=True):
    """An invoice of this number was told of before, for another customer."""


class InvoiceDiffers(Struct, frozen=True):
    """An invoice of this number was told of before, with other contents."""


class InvoiceTold(Struct, frozen=True):
    """The desk knows of the invoice; `news` is False if it knew before."""

    invoice: Invoice
    news: bool


_PLAIN = ("number", "gross", "currency", "url", "order_number", "kind", "ksef_number", "pdf_sha256")
_owned_by = sa.func.coalesce(table.c.account_id, customer_on_file.c.account_id)
_OWNER = _owned_by.label("owner")
_TOLD = (column for column in table.c if column.name != "pdf")  # two megabytes are read where they are handed out
_ALL = sa.select(*_TOLD, _OWNER).outerjoin(customer_on_file, customer_on_file.c.id == table.c.customer_id)
_BY_NUMBER = _ALL.where(table.c.number == sa.bindparam("wanted"))
_BY_ID = _ALL.where(table.c.id == sa.bindparam("wanted"))
_OF_ACCOUNT = (
    _ALL.where(sa.or_(table.c.account_id == sa.bindparam("of"), customer_on_file.c.account_id == sa.bindparam("of")))
    .order_by(table.c.issued_on.desc(), table.c.number.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_PDF = sa.select(table.c.pdf, table.c.number).where(table.c.id == sa.bindparam("wanted"), table.c.pdf.is_not(None))
_ADD = PerDialect(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["number"]).returning(table.c.id))


def note_invoice(
    connection: sa.Connection,
    issued: IssuedInvoice,
    *,
    now: datetime,
    account_id: str | None = None,
    customer_id: str | None = None,
    pdf: bytes | None = None,
) -> InvoiceTold | AnothersNumber | InvoiceDiffers:
    """Note an invoice of an account or of a customer on file (one of them); telling it again changes nothing.

    Errors: ValueError if neither is named.
    """
    if account_id is None and customer_id is None:
        raise ValueError("an invoice is somebody's")
    if customer_id is None and account_id is not None and (known := directory.of_account(connection, account_id)):
        customer_id = known.id
    issued = replace(issued, pdf_sha256=hashlib.sha256(pdf).hexdigest() if pdf is not None else None)
    row = {
        **asdict(issued),
        "pdf": pdf,
        "id": derived_id("issued invoice", issued.number),
        "customer_id": customer_id,
        "account_id": account_id,
        "issued_on": issued.issued_on.isoformat(),
        "due_on": issued.due_on.isoformat() if issued.due_on else None,
        "told_at": now,
    }
    news = connection.execute(_ADD.of(connection), row).first() is not None
    stored = connection.execute(_BY_NUMBER, {"wanted": issued.number}).mappings().one()
    mine = (customer_id and stored["customer_id"] == customer_id) or (account_id and stored["owner"] == account_id)
    if not mine:
        return AnothersNumber()
    known = _invoice(stored)
    return InvoiceTold(known, news) if known.issued == issued else InvoiceDiffers()


def get(connection: sa.Connection, invoice_id: str) -> Invoice | None:
    row = connection.execute(_BY_ID, {"wanted": invoice_id}).mappings().first()
    return None if row is None else _invoice(row)


def of_account(connection: sa.Connection, account_id: str, most: int = 100) -> list[Invoice]:
    """Return the account's invoices, also those issued before it was made; the newest first."""
    return [_invoice(row) for row in connection.execute(_OF_ACCOUNT, {"of": account_id, "most": most}).mappings()]


def path_of(server_key: bytes, invoice_id: str) -> str:
    """Return the secret path of its PDF, the same for as long as the desk holds it."""
    return f"i/{invoice_id}/{keyed_hex(server_key, _LINK, invoice_id)}"


def document(connection: sa.Connection, server_key: bytes, invoice_id: str, proof: str) -> tuple[bytes, str] | None:
    """Return the PDF behind its secret path, with the invoice's number; None for anybody else and once it is erased."""
    if not is_keyed_hex(server_key, proof, _LINK, invoice_id):
        return None
    found = connection.execute(_PDF, {"wanted": invoice_id}).first()
    return None if found is None else (found.pdf, found.number)


def list_invoices(
    connection: sa.Connection, asked: Window, *, account_id: str | None = None, order_number: str | None = None
) -> list[Invoice]:
    """Return the invoices in the order in which they were told; those of one account or order, if it is named."""
    query = _ALL if account_id is None else _ALL.where(_owned_by == account_id)
    query = query if order_number is None else query.where(table.c.order_number == order_number)
    rows = connection.execute(statements.page_after(query, table.c.told_at, table.c.id, asked)).mappings()
    return [_invoice(row) for row in rows]


def _invoice(row: sa.RowMapping) -> Invoice:
    values: dict[str, Any] = {name: row[name] for name in _PLAIN}
    due = row["due_on"]
    issued = IssuedInvoice(
        issued_on=date.fromisoformat(row["issued_on"]), due_on=date.fromisoformat(due) if due else None, **values
    )
    return Invoice(row["id"], row["owner"], issued, row["told_at"])
