"""The revision of an account's books moves with whatever is written of it, whoever writes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from services.store import migrate
from services.store.account_revisions import BOOKS, read_revision
from services.store.database import parse_url
from services.store.tables.accounts import account, contact
from services.store.tables.base import canonical
from services.store.tables.orders import payment, sales_order
from services.store.tables.schema import metadata
from services.store.tables.subscriptions import subscription
from tests.kit.filled_tables import a_value
from tests.services.databases import NOW

OWNER = "id 1 ąść"


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    opened = sa.create_engine(parse_url(url), json_serializer=canonical, poolclass=sa.pool.NullPool)
    yield opened
    opened.dispose()


def a_row(table: sa.Table) -> dict[str, Any]:
    """A row of the account `OWNER`, with what the columns that lead there need."""
    row = {column.name: a_value(column, 1) for column in table.columns}
    keys = {c.name: key.column for c in table.columns for key in c.foreign_keys}
    row |= {name: a_value(key, 1) for name, key in keys.items()}
    return row | ({"kind": "account", "subject": OWNER} if table.name == "reminder_stop" else {})


def revision(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return read_revision(connection, OWNER)


def write(engine: sa.Engine, *statements: sa.Executable) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def needed_by(*tables: sa.Table) -> list[sa.Table]:
    """The tables that rows of these need, and these, in the order of writing."""
    found = {*tables}
    while more := {key.column.table for one in found for key in one.foreign_keys} - found:
        found |= more
    return [one for one in metadata.sorted_tables if one in found]


@pytest.mark.parametrize("table", BOOKS, ids=str)
def test_each_write_of_a_row_moves_the_revision(engine: sa.Engine, table: sa.Table) -> None:
    parents = dict.fromkeys((*needed_by(account), *needed_by(table)))
    write(engine, *(sa.insert(one).values(**a_row(one)) for one in parents if one is not table))
    before = revision(engine)
    key = next(iter(table.primary_key))
    for change in (sa.insert(table).values(**a_row(table)), sa.update(table).values({key: key}), sa.delete(table)):
        write(engine, change)
        assert revision(engine) != before
        before = revision(engine)


def test_a_change_that_is_undone_moves_nothing(engine: sa.Engine) -> None:
    write(engine, *(sa.insert(one).values(**a_row(one)) for one in needed_by(contact)))
    before = revision(engine)
    with engine.connect() as connection:
        connection.execute(sa.delete(contact))
    assert revision(engine) == before


def test_when_a_provider_was_asked_last_is_no_news(engine: sa.Engine) -> None:
    write(engine, *(sa.insert(one).values(**a_row(one)) for one in needed_by(payment)))
    before = revision(engine)
    write(engine, sa.update(payment).values(asked_at=NOW))
    assert revision(engine) == before


def test_two_who_write_the_same_accounts_rows_in_opposite_orders_of_tables_both_come_through(engine: sa.Engine) -> None:
    """The revision is written last, with the commit, so it adds no lock that the other one waits for."""
    tables = (account, contact, sales_order, payment, subscription)
    write(engine, *(sa.insert(one).values(**a_row(one)) for one in needed_by(*tables)))
    before, both = revision(engine), Barrier(2)

    def touch(own: tuple[sa.Table, ...]) -> None:
        keys = {table: next(iter(table.primary_key)) for table in own}
        for _ in range(20):
            both.wait(30)
            write(engine, *(sa.update(table).values({key: key}) for table, key in keys.items()))

    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(touch, (contact, account)), pool.submit(touch, (payment, subscription))):
            done.result(60)
    assert revision(engine) == before + 80


def test_a_migrated_database_has_the_triggers_of_a_new_one(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    new = triggers(empty_url)
    migrate.downgrade(empty_url, "0039")
    assert triggers(empty_url) == []
    migrate.upgrade(empty_url)
    assert triggers(empty_url) == new != []


def triggers(url: str) -> list[str]:
    named = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1",
        "postgresql": "SELECT pg_get_triggerdef(t.oid) || p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid"
        " WHERE p.proname LIKE 'account_revision_of_%' ORDER BY 1",
    }
    with sa.create_engine(parse_url(url), poolclass=sa.pool.NullPool).connect() as connection:
        return [str(row[0]) for row in connection.execute(sa.text(named[connection.dialect.name]))]
