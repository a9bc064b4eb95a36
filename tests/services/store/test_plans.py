"""The hot queries use their indexes. SQLite uses a partial one only where the query says literally what it says."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from services.store import conversations, events, inbox, jobs_table, journal, timer_rows
from services.store.database import Store, open_store
from services.store.prepared import Prepared
from tests.services.databases import NOW

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
