"""`okienko run --workers 2` and two desks on one database: real processes, killed and ended as they are in life."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from bot.app.ready import NotReady, listen, prepare
from bot.app.serve import run_worker
from bot.app.settings import Settings
from bot.app.supervisor_pipe import SupervisorPipe
from services.store import presence
from tests.bot.handlers.telegram.bot_api import until
from tests.desk.running import Running, http_client, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.test_rest_journeys import assert_finished
from tests.desk.test_service_process import ROOT, Process, okienko, okienko_sandbox


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "ROUNDS", 2)


@asynccontextmanager
async def workers(folder: Path, database_url: str, *arguments: str) -> AsyncGenerator[Process]:
    given = {"OKIENKO_DATABASE_URL": database_url, "OKIENKO_RATE_LIMITS": "off"}
    async with okienko(folder, "--workers", "2", *arguments, **given) as run:
        yield run


def family(run: Process) -> dict[str, list[psutil.Process]]:
    """The supervisor's children by command."""
    found: dict[str, list[psutil.Process]] = {"run": [], "sandbox": []}
    for child in psutil.Process(run.process.pid).children():
        if child.status() != psutil.STATUS_ZOMBIE:
            found[child.cmdline()[3]].append(child)
    return found


async def replaced(run: Process, dead: psutil.Process) -> None:
    """Returns when another worker is at work in the place of the dead one."""
    await until(lambda: "process_replaced" in run.log.read_text(), seconds=120)
    pids = [worker.pid for worker in family(run)["run"]]
    assert len(pids) == 2
    assert dead.pid not in pids


async def test_workers_serve_are_replaced_and_leave_nobody_behind(tmp_path: Path, postgres: str) -> None:
    async with workers(tmp_path, postgres) as run, http_client(run.url) as http:
        desk = Running(None, http)  # type: ignore[arg-type]
        scripted = Scripted(desk, Person(method="blik"))
        with pytest.raises(NotReady, match="OKIENKO_SANDBOX_URL"):
            async with running_desk(tmp_path / "another", database_url=postgres):
                raise AssertionError("it started")
        await scripted.run("email_link")
        before = family(run)
        assert (len(before["run"]), len(before["sandbox"])) == (2, 1)
        before["run"][0].kill()
        assert (await _new_connection(run.url)) == 200, "the other one serves"
        await replaced(run, before["run"][0])
        before["sandbox"][0].kill()
        await until(lambda: run.log.read_text().count("process_replaced") >= 2, seconds=120)
        await scripted.run()
        await assert_finished(desk, scripted)
        await _closed_for_all_by_one(run)
        everybody = [child for children in family(run).values() for child in children]
        assert len(everybody) == 3
        assert await run.stop() == 0
        _, alive = psutil.wait_procs(everybody, 0.1)
        assert alive == []
    assert "Traceback" not in run.log.read_text()
    with pytest.raises(httpx.ConnectError):
        await _new_connection(run.url)


async def test_a_worker_whose_supervisor_is_gone_ends_and_leaves_the_port(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, port=0, log_level="error")  # type: ignore[call-arg]
    await prepare(settings, "fakturasmart")
    listening = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    loop = asyncio.get_running_loop()
    worker = asyncio.create_task(run_worker(settings, listening, SupervisorPipe(theirs)))
    try:
        async with asyncio.timeout(60):
            assert await loop.sock_recv(ours, 100) == b"ready"
        assert await _new_connection(url) == 200
        ours.close()
        async with asyncio.timeout(30):
            await worker
        with pytest.raises(httpx.ConnectError):
            await _new_connection(url)
    finally:
        worker.cancel()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        theirs.close()


SUPERVISOR = """
import asyncio
from bot.app.supervisor import ChildCommand, ChildProcess

async def supervise():
    sandbox = ChildProcess("sandbox", lambda before: ChildCommand(["sandbox", "--port", "0"]))
    await sandbox.fill()
    print(sandbox.word, flush=True)
    await asyncio.Event().wait()

asyncio.run(supervise())
"""


async def test_whoever_a_killed_supervisor_had_started_ends(tmp_path: Path) -> None:
    supervisor = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SUPERVISOR),
        cwd=ROOT,
        env=os.environ | {"OKIENKO_DATA_DIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
    )
    assert supervisor.stdout is not None
    async with asyncio.timeout(60):
        url = (await supervisor.stdout.readline()).decode().strip()
    children = psutil.Process(supervisor.pid).children()
    async with http_client(url) as http:
        assert (await http.get("/sandbox/api/messages")).json() == []
    supervisor.kill()
    await supervisor.wait()
    gone, alive = await asyncio.to_thread(psutil.wait_procs, children, 30)
    assert (len(gone), alive) == (1, [])


async def test_two_desks_on_one_database_need_one_sandbox(tmp_path: Path, postgres: str) -> None:
    async with okienko_sandbox(tmp_path / "sandbox") as url:
        async with running_desk(tmp_path / "first", database_url=postgres):
            for more in ({}, {"sandbox_url": url}):
                with pytest.raises(NotReady, match="okienko sandbox"):
                    async with running_desk(tmp_path / "second", database_url=postgres, **more):
                        raise AssertionError("it started")
        async with (
            running_desk(tmp_path / "first", database_url=postgres, sandbox_url=url) as first,
            running_desk(tmp_path / "second", database_url=postgres, sandbox_url=url) as second,
        ):
            assert len(await second.outbox((await Scripted(first).run("email_link")).person.phone)) == 1
            with pytest.raises(NotReady, match="okienko sandbox"):
                async with running_desk(tmp_path / "third", database_url=postgres):
                    raise AssertionError("it started")


async def test_money_for_a_replica_that_is_gone_is_found_by_another(tmp_path: Path, postgres: str) -> None:
    """Each has an address of its own here, so the provider tells one that isn't there: again and again, as it does."""
    async with okienko_sandbox(tmp_path / "sandbox") as url:
        given = {"database_url": postgres, "sandbox_url": url}
        async with running_desk(tmp_path / "second", **given) as second:
            async with running_desk(tmp_path / "first", **given) as first:
                scripted = await Scripted(first, Person(method="przelewy24")).run("payment")
                link = scripted.customer.link("payment")
                assert (await first.http.get(httpx.URL(link["href"]).path)).status_code == 303
            await second.pay(link["id"])
            await second.advance(900)
            untaken = await _untaken(second)
            assert untaken >= 2
            await second.advance(9 * 3600)
            assert await _untaken(second) == untaken, "the other one asked after it, and verified it"
            assert [order["status"] for order in (await second.card(scripted.person.email))["orders"]] == ["paid"]


async def _untaken(desk: Running) -> int:
    told = (await desk.http.get("/sandbox/api/calls", params={"provider": "przelewy24"})).json()
    return sum(call["direction"] == "out" and call["outcome"] == "ConnectError" for call in told)


async def _closed_for_all_by_one(run: Process) -> None:
    """One worker sees a proxy's header: no worker shows the sandbox any more, and one process has told it."""
    async with http_client() as http:
        assert (await http.get(run.url, headers={"x-forwarded-for": "203.0.113.7"})).status_code == 403
    await until(lambda: "sandbox_closed" in run.log.read_text(), seconds=60)
    assert {await _new_connection(run.url, "/sandbox") for _ in range(8)} == {403}
    assert await _new_connection(run.url, "/chat") == 200
    assert run.log.read_text().count("sandbox_closed") == 1


async def _new_connection(url: str, path: str = "/readyz") -> int:
    async with http_client() as http:
        return (await http.get(f"{url}{path}")).status_code
