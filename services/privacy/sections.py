"""The export's sections, read from the tables' privacy declarations (`services/store/tables/privacy.py`).

Also which rows are an account's and what erasure writes over them. Field names are promised
(docs/how-to/personal-data.md): they outlive a column's name.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from services.store.tables import privacy
from services.store.tables.accounts import account, company, consent, consent_text, contact, start_link
from services.store.tables.base import Json
from services.store.tables.orders import (
    einvoice,
    orderer,
    payment,
    payment_attempt,
    payment_method,
    refund,
    sales_order,
    withdrawal,
)
from services.store.tables.schema import metadata
from services.store.tables.seller import customer_on_file, issued_invoice, outgoing_event, owned_program
from services.store.tables.subscriptions import (
    file_reminder,
    reminder_stop,
    renewal,
    subscription,
    subscription_extension,
)
from services.store.tables.support import ticket

OF = sa.bindparam("of")
"""The account of an export."""

Accounts = Callable[[sa.ColumnElement[str]], sa.ColumnElement[bool]]
"""A condition on a column that holds an account's id."""


def find_declaration(column: sa.Column[Any]) -> privacy.ColumnPrivacy:
    """Return the column's declaration. Raises LookupError for a column without."""
    if privacy.KEY not in column.info:
        raise LookupError(f"{column} declares no privacy (services/store/tables/privacy.py)")
    return column.info[privacy.KEY]


def fields(table: sa.Table) -> dict[str, str]:
    """Return the table's exported fields by name, each with its column: those with the column's own name first."""
    shown = [
        (find_declaration(column), column.name) for column in table.columns if not find_declaration(column).withheld
    ]
    names = [name for told, name in shown if not told.field and not told.after]
    for told, name in shown:
        if told.after:
            names.insert(names.index(told.after) + 1, name)
    return {**{name: name for name in names}, **{told.field: name for told, name in shown if told.field}}


def exported_columns(table: sa.Table) -> tuple[sa.ColumnElement[Any], ...]:
    """Return the table's exported columns under their promised names."""
    return tuple(table.c[column].label(name) for name, column in fields(table).items())


def select_owned_rows(table: sa.Table, of: Accounts, *, on_file: bool = False) -> sa.ColumnElement[bool] | None:
    """Return the condition for the accounts' rows of a table; None for a table that doesn't lead to an account.

    `on_file` adds rows that only the seller's own record of the customer leads to.
    """
    if table is account:
        return of(account.c.id)
    conditions: list[sa.ColumnElement[bool]] = []
    for column in table.columns:
        if not find_declaration(column).owner:
            continue
        target = _target(column)
        if target.table is account:
            conditions.append(of(column))
        elif on_file or not is_sellers_record(target.table):
            reached = select_owned_rows(target.table, of, on_file=on_file)
            if reached is not None:
                conditions.append(column.in_(sa.select(target).where(reached)))
    return sa.or_(*conditions) if conditions else None


def is_sellers_record(table: sa.Table) -> bool:
    """Return whether the table is part of the seller's own record of a customer."""
    return any(find_declaration(column).erased is privacy.ON_FILE for column in table.columns)


def is_deleted(table: sa.Table) -> bool:
    """Return whether erasure deletes the person's rows; a declaration of some columns only is a mistake."""
    return all(find_declaration(column).erased is privacy.DELETED for column in table.columns)


def list_blanks(table: sa.Table, now: datetime | None = None) -> dict[str, Any]:
    """Return what erasure writes over the columns of a row that stays."""
    values: dict[str, Any] = {}
    for column in table.columns:
        match find_declaration(column).erased:
            case fate if fate is privacy.EMPTIED:
                values[column.name] = None if column.nullable else _empty(column)
            case fate if fate is privacy.REPLACED:
                values[column.name] = table.c.id
            case fate if fate is privacy.STAMPED:
                values[column.name] = now
            case _:
                pass
    return values


def _empty(column: sa.Column[Any]) -> object:
    if isinstance(column.type, Json):
        return {}
    return False if isinstance(column.type, sa.Boolean) else ""


def _target(column: sa.Column[Any]) -> sa.Column[Any]:
    if refers_to := find_declaration(column).refers_to:
        table, _, name = refers_to.partition(".")
        return metadata.tables[table].c[name]
    return next(iter(column.foreign_keys)).column


class Section(Struct, frozen=True):
    """One list of the export: the account's rows of a table."""

    name: str
    table: sa.Table
    single: bool
    query: sa.Select[Any]


_files = sa.select(customer_on_file.c.id).where(customer_on_file.c.account_id == OF)
_SUBJECTS = sa.or_(
    sa.and_(reminder_stop.c.kind.in_(("account", "unfinished")), reminder_stop.c.subject == OF),
    sa.and_(reminder_stop.c.kind == "customer", reminder_stop.c.subject.in_(_files)),
)
_WORDS = (
    sa.select(consent_text.c.words)
    .where(consent_text.c.text_sha256 == consent.c.text_sha256)
    .correlate(consent)
    .scalar_subquery()
    .label("words")
)
_ADDED: Mapping[sa.Table, sa.ColumnElement[Any]] = {consent: _WORDS}


def _section(table: sa.Table) -> Section:
    told: privacy.ExportedTable = table.info[privacy.KEY]
    mine = _SUBJECTS if table is reminder_stop else select_owned_rows(table, lambda column: column == OF, on_file=True)
    if mine is None:
        raise ValueError(f"no column of {table.name} leads to the account")
    columns = exported_columns(table) + ((_ADDED[table],) if table in _ADDED else ())
    query = sa.select(*columns).where(mine).order_by(*(table.c[name] for name in told.order))
    return Section(told.section, table, told.single, query)


SECTIONS = tuple(
    _section(table)
    for table in (
        *(account, contact, company, consent, sales_order, withdrawal, orderer, payment, payment_attempt, refund),
        *(subscription, subscription_extension, renewal, payment_method, einvoice, issued_invoice, ticket),
        *(customer_on_file, owned_program, reminder_stop, file_reminder, start_link, outgoing_event),
    )
)
"""All lists of the export but the conversations, whose lines are told apart by whose they were (`export.py`)."""
