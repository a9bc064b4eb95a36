"""The directory: customers whom the seller has on file, with their contacts and the programs they own.

It is the seller's word, imported as often as the seller likes; the customer proves in the chat to be somebody on it.
`account_id` ties a customer to the account that was made for them (`services/directory/directory_accounts.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict

from services.keyed_hash import derived_id
from services.store.statements import Insert, PerDialect, columns
from services.store.tables.seller import customer_on_file as table
from services.store.tables.seller import owned_program
from services.subscriptions import renewal_timer
from values import email as emails
from values.private import Private, PrivateStruct
from values.rules import LegalForm


class ProgramRecord(PrivateStruct):
    """A program as the seller tells of it; `subscription_ends_at` is None where there is no subscription."""

    product: str
    serial: Private[str]
    subscription_ends_at: datetime | None = None


class CustomerDetails(PrivateStruct):
    """A customer's details as the seller tells them. `ref` is the seller's own name for the customer and never changes.

    `phone` is E.164.
    """

    ref: Private[str]
    customer_number: Private[str | None] = None
    user_name: Private[str | None] = None
    name: Private[str | None] = None
    email: Private[str | None] = None
    phone: Private[str | None] = None
    country: str | None = None
    tax_number: Private[str | None] = None
    legal_form: LegalForm | None = None


class DirectoryRecord(CustomerDetails):
    """A customer as the seller tells of one. The programs are all that the customer owns."""

    programs: tuple[ProgramRecord, ...] = ()


class CustomerOnFile(CustomerDetails, kw_only=True):
    """A customer on file. `email_key` is the address in the form that is compared."""

    id: str
    email_key: Private[str | None]
    account_id: str | None
    imported_at: datetime


_DETAILS = CustomerDetails.__struct_fields__
_ROW = tuple(table.c[name] for name in CustomerOnFile.__struct_fields__)
_OWNED = columns(owned_program, ProgramRecord)


def _upsert(insert: Insert) -> sa.Executable:
    changed = {name: insert.excluded[name] for name in (*_DETAILS, "email_key", "imported_at")}
    return insert.on_conflict_do_update(index_elements=["ref"], set_=changed).returning(*_ROW)


_PUT = PerDialect(table, _upsert)
_OWN = PerDialect(
    owned_program,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["product", "serial"],
        set_={name: insert.excluded[name] for name in ("customer_id", "subscription_ends_at")},
    ),
)
_GET = sa.select(*_ROW).where(table.c.id == sa.bindparam("wanted"))
_BY_NUMBER = sa.select(*_ROW).where(table.c.customer_number == sa.bindparam("wanted"))
_BY_REF = sa.select(*_ROW).where(table.c.ref == sa.bindparam("wanted"))
_BY_EMAIL = (
    sa.select(*_ROW).where(table.c.email_key == sa.bindparam("wanted")).order_by(table.c.imported_at, table.c.id)
)
_OF_ACCOUNT = sa.select(*_ROW).where(table.c.account_id == sa.bindparam("wanted"))
_PROGRAMS = (
    sa.select(*_OWNED)
    .where(owned_program.c.customer_id == sa.bindparam("wanted"))
    .order_by(owned_program.c.product, owned_program.c.serial)
)


def import_customer(connection: sa.Connection, record: DirectoryRecord, now: datetime) -> CustomerOnFile:
    """Import one customer: made if the `ref` is new, else brought up to what the record says; the account stays.

    Programs that the record doesn't name any more are dropped. Errors: sqlalchemy's IntegrityError for a customer
    number that stands under another `ref`.
    """
    told = {name: getattr(record, name) for name in _DETAILS}
    row: dict[str, Any] = {"id": derived_id("customer on file", record.ref), "account_id": None, "imported_at": now}
    row["email_key"] = emails.key(record.email) if record.email else None
    known = CustomerOnFile(**connection.execute(_PUT.of(connection), {**row, **told}).mappings().one())
    _own(connection, known.id, record.programs)
    if known.account_id is None and any(program.subscription_ends_at is not None for program in record.programs):
        renewal_timer.wake_on_file(connection, now)
    return known


def get(connection: sa.Connection, customer_id: str) -> CustomerOnFile | None:
    return _one(connection, _GET, customer_id)


def by_number(connection: sa.Connection, customer_number: str) -> CustomerOnFile | None:
    return _one(connection, _BY_NUMBER, customer_number)


def by_ref(connection: sa.Connection, ref: str) -> CustomerOnFile | None:
    """Return the customer whom the seller calls so."""
    return _one(connection, _BY_REF, ref)


def by_email(connection: sa.Connection, email_key: str) -> CustomerOnFile | None:
    """Return the customer who has this e-mail on file; the one on file longest where several have it."""
    return _one(connection, _BY_EMAIL, email_key)


def all_by_email(connection: sa.Connection, email_key: str) -> list[CustomerOnFile]:
    """Return all customers who have this e-mail on file, the one on file longest first."""
    return [CustomerOnFile(**row) for row in connection.execute(_BY_EMAIL, {"wanted": email_key}).mappings()]


def of_account(connection: sa.Connection, account_id: str) -> CustomerOnFile | None:
    return _one(connection, _OF_ACCOUNT, account_id)


def list_customers(connection: sa.Connection, *, after: str, most: int) -> list[CustomerOnFile]:
    """Up to `most` customers with ids behind `after`, in the order of their ids."""
    query = sa.select(*_ROW).where(table.c.id > after).order_by(table.c.id).limit(most)
    return [CustomerOnFile(**row) for row in connection.execute(query).mappings()]


def tie_account(connection: sa.Connection, *, customer_id: str, account_id: str) -> bool:
    """Make the account the customer's. False if the customer has another one: of several at once, one wins."""
    tied = (
        sa.update(table)
        .where(table.c.id == customer_id, sa.or_(table.c.account_id.is_(None), table.c.account_id == account_id))
        .values(account_id=account_id)
        .returning(table.c.id)
    )
    return connection.execute(tied).first() is not None


def programs_of(connection: sa.Connection, customer_id: str) -> list[ProgramRecord]:
    """Return what the customer owns, by product and serial number."""
    return [ProgramRecord(*row) for row in connection.execute(_PROGRAMS, {"wanted": customer_id})]


def program_id(product: str, serial: str) -> str:
    """Return the id of a program, which is the same whoever owns it."""
    return derived_id("program", product, serial)


def _own(connection: sa.Connection, customer_id: str, programs: Sequence[ProgramRecord]) -> None:
    ids = [program_id(program.product, program.serial) for program in programs]
    connection.execute(
        sa.delete(owned_program).where(owned_program.c.customer_id == customer_id, owned_program.c.id.not_in(ids))
    )
    for id_, program in zip(ids, programs, strict=True):
        connection.execute(_OWN.of(connection), {"id": id_, "customer_id": customer_id, **asdict(program)})


def _one(connection: sa.Connection, statement: sa.Select[Any], wanted: str) -> CustomerOnFile | None:
    row = connection.execute(statement, {"wanted": wanted}).mappings().first()
    return None if row is None else CustomerOnFile(**row)
