"""The revision of an account's books moves with whatever is written of it, whoever writes.

The hot queries use their indexes. SQLite uses a partial one only where the query says literally what it says.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from services.store import (
    conversations,
    events,
    inbox,
    jobs_table,
    journal,
    journal_ranges,
    migrate,
    statements,
    timer_rows,
)
from services.store.account_revisions import BOOKS, read_revision
from services.store.database import Store, open_store, parse_url
from services.store.prepared import Prepared
from services.store.tables.accounts import account, company, contact
from services.store.tables.base import canonical
from services.store.tables.orders import payment, payment_notice, sales_order
from services.store.tables.schema import metadata
from services.store.tables.seller import customer_on_file, outgoing_event
from services.store.tables.subscriptions import subscription
from services.support import blocklist, funnel, handoffs, misread_lines, overview, search, second_line, talks
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
    before, key = revision(engine), next(iter(table.primary_key))
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


CONVERSATION = {"wanted": "c1"}
HOT: dict[str, tuple[Any, dict[str, Any], str]] = {
    "claim": (jobs_table._claim, {"now": NOW, "until": NOW, "most": 9}, "ix_call_due"),
    "next call": (jobs_table._next_free, {}, "ix_call_due"),
    "next claimable": (jobs_table._next, {}, "ix_call_due"),
    "of root": (jobs_table._of_root, {"caused_by": "m1"}, "ix_call_open_root"),
    "finish": (jobs_table._finish, {"named": "k", "end": "done", "result": {}}, "uq_call_key"),
    "open here": (journal._open_here, CONVERSATION, "ix_journal_open"),
    "left anywhere": (journal._left, {"most": 9}, "ix_journal_open"),
    "after a number": (journal._after[False], CONVERSATION | {"after": 3}, "ix_journal_conversation_id_id"),
    "caused": (journal._caused[False], CONVERSATION | {"caused_by": "m1"}, "ix_journal_conversation_id"),
    "transcript": (journal._all[True], CONVERSATION, "ix_journal_conversation_id"),
    "by address": (conversations._at_address, {"on": "rest", "at_address": "x"}, "uq_conversation_channel_address"),
    "known": (inbox._known, {"on": "rest", "named": "k"}, "pk_inbound"),
    "due timers": (timer_rows._due, {"now": NOW, "most": 9}, "ix_timer_due_at"),
    "open events": (events._due, {"most": 9}, "ix_event_open"),
}


async def explained(store: Store, query: Any, values: dict[str, Any]) -> str:
    def work(connection: sa.Connection) -> str:
        statement: Any = query.statement if isinstance(query, Prepared) else query
        compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
        parameters = compiled.construct_params(values)
        bound = [
            processor(parameters[name]) if (processor := compiled._bind_processors.get(name)) else parameters[name]
            for name in compiled.positiontup
        ]
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", tuple(bound)).all()
        return "\n".join(row[3] for row in rows)

    return await store.write(work)


@pytest.mark.parametrize("name", HOT)
async def test_sqlite_uses_the_index(sqlite_url: str, name: str) -> None:
    query, values, index = HOT[name]
    store = open_store(sqlite_url)
    plan = await explained(store, query, values)
    await store.close()
    # SQLite has no names for the indexes that it makes for keys.
    unnamed = index.startswith(("uq_", "pk_"))
    assert ("sqlite_autoindex" if unnamed else index) in plan, plan
    assert "SCAN" not in plan or f"INDEX {index}" in plan, plan


async def test_calls_put_off_are_not_looked_through(sqlite_url: str) -> None:
    """An idle desk asks each second when the next call is due, with any number of calls put off till later."""
    store = open_store(sqlite_url)
    plan = await explained(store, jobs_table._next, {})
    await store.close()
    assert "SEARCH call USING INDEX ix_call_due (due_at<?)" in plan, plan


async def test_the_plan_would_tell(sqlite_url: str) -> None:
    """The same condition, but not literally the same, misses the partial index: that is the trap."""
    store = open_store(sqlite_url)
    flag = sa.literal_column("status = 'open'", sa.Boolean)  # written as: status = 'open' = 1
    plan = await explained(store, sa.select(jobs_table.table.c.id).where(flag, jobs_table.table.c.due_at <= NOW), {})
    await store.close()
    assert "ix_call_due" not in plan


def test_partial_indexes_say_literally_what_the_queries_say() -> None:
    text = str(sa.select(jobs_table.table.c.id).where(jobs_table.OPEN_CALL).compile(dialect=sqlite.dialect()))
    assert "status = 'open'" in text


OF, SPAN = {"of": "c1"}, {"begin": NOW, "end": NOW}
PAGE = statements.Window(9, statements.KeysetPlace(NOW, "o1"))


def _of_status(table: sa.Table, at: str) -> Any:
    return statements.page_after(sa.select(table).where(table.c.status == "grace"), table.c[at], table.c.id, PAGE)


def _of_number(column: sa.Column[Any]) -> Any:
    return sa.select(column.table.c.id).where(column.in_(["1234563218"]))


FOR_PEOPLE: dict[str, tuple[Any, dict[str, Any], str]] = {
    "ends of the journal": (journal_ranges._ENDS, {}, "SEARCH journal"),
    "customers' last messages": (talks._SAID, {"before": 9, "slice": 9}, "journal USING INTEGER PRIMARY KEY (rowid<?)"),
    "lines searched": (
        search._LINES.where(search.table.c.line_id < 9, search.table.c.line_id >= 1).order_by(
            search.table.c.line_id.desc()
        ),
        {},
        "transcript_line USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
    ),
    "misread in a stretch": (
        misread_lines._MARKED,
        {"wanted": "c1", "after": 1, "until": 9},
        "ix_journal_conversation_id_id (conversation_id=? AND id>? AND id<?)",
    ),
    "misread by step": (
        misread_lines._BY_STEP,
        SPAN | {"low": 1, "high": 9},
        "journal USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
    ),
    "begun": (funnel._BEGUN, SPAN, "COVERING INDEX ix_conversation_started_at_channel (started_at>? AND started_at<?)"),
    "queue": (handoffs._QUEUE, {}, "uq_handoff_open"),
    "open requests": (handoffs._ALL_OPEN, {}, "uq_handoff_open"),
    "held": (handoffs._HELD, {"by": "anna"}, "uq_handoff_open"),
    "who moved up": (second_line._COUNTED, {"since": NOW, "before": NOW, **second_line._NOWHERE}, "uq_handoff_open"),
    "put right": (handoffs._PUT_RIGHT, {"since": NOW}, "ix_handoff_corrected_at (corrected_at>?)"),
    "blocked": (blocklist._LATEST.limit(9), {"now": NOW}, "ix_blocked_address_at"),
    "closed": (funnel._SHUT, SPAN, "ix_conversation_closed_at (closed_at>? AND closed_at<?)"),
    "taken": (overview._TAKEN, SPAN, "ix_handoff_first_taken_at (first_taken_at>? AND first_taken_at<?)"),
    "gone": (overview._GONE, SPAN, "ix_handoff_asked_at (asked_at>? AND asked_at<?)"),
    "waited lately": (handoffs._WAITED, {"since": NOW}, "ix_handoff_first_taken_at (first_taken_at>?)"),
    "last request": (handoffs._LAST, OF, "ix_handoff_conversation_id (conversation_id=?)"),
    "orders by status": (
        _of_status(sales_order, "placed_at"),
        {},
        "ix_sales_order_status_placed_at_id (status=? AND placed_at>?)",
    ),
    "subscriptions by status": (
        _of_status(subscription, "created_at"),
        {},
        "ix_subscription_status_created_at_id (status=? AND created_at>?)",
    ),
    "by tax number": (_of_number(company.c.tax_number), {}, "ix_company_tax_number (tax_number=?)"),
    "by tax number on file": (
        _of_number(customer_on_file.c.tax_number),
        {},
        "ix_customer_on_file_tax_number (tax_number=?)",
    ),
    "told of an account": (
        sa.select(outgoing_event.c.id).where(outgoing_event.c.account_id == "a1"),
        {},
        "ix_outgoing_event_account_id (account_id=?)",
    ),
    "notices of a payment": (
        sa.select(payment_notice.c.at).where(payment_notice.c.payment_ref == "p1-1"),
        {},
        "ix_payment_notice_payment_ref (payment_ref=?)",
    ),
}
"""What agents, supervisors and the seller's own system ask for: its time must not grow with the conversations."""


@pytest.mark.parametrize("name", FOR_PEOPLE)
async def test_nobody_waits_for_a_look_through_a_table(sqlite_url: str, name: str) -> None:
    query, values, found = FOR_PEOPLE[name]
    store = open_store(sqlite_url)
    plan = await explained(store, query, values)
    await store.close()
    assert found in plan, plan
    scans = [step for step in plan.splitlines() if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"]
    assert all(found in step for step in scans), plan  # a partial index in full: what is open is little


SELDOM_DELETED = {"renewal.order_id"}
"""Orders go years after their customers."""


def test_a_row_that_goes_is_looked_for_by_index_where_it_is_referred_to() -> None:
    """SQLite looks through a table without one for each row deleted, in the writer."""
    without = {f"{table.name}.{name}" for table in metadata.sorted_tables for name in _without_index(table)}
    assert without == SELDOM_DELETED


def _without_index(table: sa.Table) -> set[str]:
    keys = (one for one in table.constraints if isinstance(one, sa.PrimaryKeyConstraint | sa.UniqueConstraint))
    led = {next(iter(one.columns)).name for one in (*keys, *table.indexes) if len(one.columns)}
    return {key.parent.name for key in table.foreign_keys} - led
