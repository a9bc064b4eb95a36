"""`/readyz` and the figures say that nothing can be stored, from a failed commit on until one holds again."""

import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from services.store import sqlite_files
from tests.desk.databases import desk_on
from tests.desk.full_disk import Disk
from tests.desk.running import Running

Trouble = Callable[[Running], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def full_sqlite(desk: Running) -> AsyncGenerator[None]:
    disk = Disk(desk)
    await disk.fill()
    yield
    await disk.clear()


@asynccontextmanager
async def locked_sqlite(desk: Running) -> AsyncGenerator[None]:
    path = desk.installation.deps.settings.database.removeprefix("sqlite:///")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@asynccontextmanager
async def full_postgresql(desk: Running) -> AsyncGenerator[None]:
    """The server's answer on a full disk, to whoever writes; who reads notices nothing."""
    raises = "raise exception 'could not extend file' using errcode = '53100';"
    url = make_url(desk.installation.deps.settings.database).set(drivername="postgresql").render_as_string(False)
    # Not by the desk's own connections: the driver forgets what is prepared where something is dropped.
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as own:
        await own.execute(f"create function full_disk() returns trigger language plpgsql as $$ begin {raises} end $$")
        for table in ("inbound", "installation"):
            await own.execute(f"create trigger full_disk before insert on {table} execute function full_disk()")
        yield
        await own.execute("drop function full_disk cascade")


async def said(desk: Running) -> int:
    body = {"sender": "s7-0a91-kq-2260-zebra-0317", "message": "/start"}
    return (await desk.http.post("/webhooks/rest/webhook", json=body)).status_code


async def down(desk: Running) -> list[str]:
    return (await desk.http.get("/readyz")).json()["down"]


async def figure(desk: Running) -> str:
    shown = (await desk.http.get("/metrics")).text
    return next(line for line in shown.splitlines() if line.startswith("okienko_database_up"))


@pytest.mark.parametrize(
    ("database", "trouble"),
    [("sqlite", full_sqlite), ("sqlite", locked_sqlite), ("postgresql", full_postgresql)],
    ids=["a full disk", "a locked file", "a full disk under PostgreSQL"],
)
async def test_storage_is_down_from_a_failed_commit_until_one_holds(
    database: str, trouble: Trouble, request: pytest.FixtureRequest, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(sqlite_files, "BUSY_MS", 100)
    async with desk_on(database, request, tmp_path) as desk:
        assert await said(desk) == 200
        assert await down(desk) == []
        async with trouble(desk):
            answers = [await said(desk) for _ in range(9)]
            assert answers[-1] == 503, answers
            for _ in range(3):
                assert await down(desk) == ["storage"]
                assert (await desk.http.get("/readyz")).status_code == 200, "it answers, and says when to come again"
                assert await figure(desk) == "okienko_database_up 0.0"
        assert await down(desk) == [], "nobody wrote anything meanwhile"
        assert await figure(desk) == "okienko_database_up 1.0"
        assert await said(desk) == 200
