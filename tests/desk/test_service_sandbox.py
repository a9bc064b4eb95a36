"""Two desks at one `okienko sandbox` in a process of its own: each goes its way, neither meets the other."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
import structlog

from bot.app.ready import NotReady
from bot.web.only_here import CLOSED
from services.clock import SystemClock
from tests.desk.running import A_MOMENT_S, Running, http_client, running_desk
from tests.desk.scripted import Person, Scripted, only, until

ROOT = Path(__file__).parents[2]


@dataclass
class SandboxProcess:
    """The stand-ins alone, on one folder, in as many lives as it takes."""

    folder: Path
    url: str = ""
    lives: list[asyncio.subprocess.Process] = field(default_factory=list[asyncio.subprocess.Process])

    async def start(self) -> str:
        """Returns its address when it answers there."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.cli", "sandbox", "--port", "0"),
            cwd=ROOT,
            env=env | {"OKIENKO_DATA_DIR": str(self.folder)},
            stdout=asyncio.subprocess.PIPE,
        )
        self.lives.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(60):
            said = (await process.stdout.readline()).decode()
        found = re.search(r"http://\S+(?=/sandbox)", said)
        assert found is not None, said
        self.url = found[0]
        await self._as_late_as_here()
        return self.url

    async def _as_late_as_here(self) -> None:
        """Tests' desks begin in the morning; this process knows the machine's time."""
        async with http_client(self.url) as http:
            now = datetime.fromisoformat((await http.get("/sandbox/api/clock")).json()["now"])
            behind = (SystemClock().now() - now).total_seconds()
            (await http.post("/sandbox/api/clock", json={"advance_s": max(0, behind)})).raise_for_status()

    async def kill(self) -> None:
        """As the system does when memory runs out."""
        if self.lives[-1].returncode is None:
            self.lives[-1].kill()
        await self.lives[-1].wait()


@asynccontextmanager
async def sandbox_process(folder: Path) -> AsyncGenerator[SandboxProcess]:
    """A sandbox that answers."""
    found = SandboxProcess(folder)
    try:
        await found.start()
        yield found
    finally:
        if found.lives:
            await found.kill()


@asynccontextmanager
async def okienko_sandbox(folder: Path) -> AsyncGenerator[str]:
    """The stand-ins alone; their address. They end when they are told to."""
    async with sandbox_process(folder) as found:
        yield found.url
        found.lives[-1].terminate()
        async with asyncio.timeout(20):
            assert await found.lives[-1].wait() == 0


async def test_two_desks_at_one_sandbox(tmp_path: Path) -> None:
    async with (
        okienko_sandbox(tmp_path / "sandbox") as url,
        running_desk(tmp_path / "first", sandbox_url=url) as first,
        running_desk(tmp_path / "second", sandbox_url=url) as second,
    ):
        at_first, at_second = Scripted(first, Person(method="blik")), Scripted(second, Person(method="paypal"))
        await asyncio.gather(at_first.run("payment"), at_second.run("payment"))
        await first.pay(at_first.customer.link("payment")["id"], "paid", "late")
        await first.advance(3600)
        await at_first.customer.look()
        await asyncio.gather(at_first.run(), at_second.run())
        for scripted in (at_first, at_second):
            card = await scripted.desk.card(scripted.person.email)
            assert (only(card["orders"])["status"], card["einvoice"]["status"]) == ("paid", "active")
            assert len(await scripted.desk.outbox(scripted.person.phone)) == 1
        assert await first.card(at_second.person.email) is None
        async with http_client(url) as sandbox:
            payments = (await sandbox.get("/sandbox/api/payments")).json()
            assert sorted(payment["method"] for payment in payments) == ["blik", "paypal"]
            unknown = await sandbox.post("/sandbox/api/payments/nobodys", json={"outcome": "paid"})
            assert (unknown.status_code, set(unknown.json())) == (404, {"error"})
        assert (await first.http.get("/sandbox")).status_code == 200
        assert (await first.http.post("/sandbox/api/reset")).status_code == 200
        assert (await second.http.get("/sandbox/api/messages")).json() == []


async def test_a_desk_whose_sandbox_is_gone_goes_on_as_well_as_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with structlog.testing.capture_logs():
        async with AsyncExitStack() as stack, AsyncExitStack() as behind:
            url = await behind.enter_async_context(okienko_sandbox(tmp_path / "sandbox"))
            desk = await stack.enter_async_context(running_desk(tmp_path / "desk", sandbox_url=url))
            scripted = await Scripted(desk).run("tax_number")
            await behind.aclose()
            assert (await desk.http.get("/readyz")).status_code == 200
            for path in ("messages", "payments"):
                assert (await desk.http.get(f"/sandbox/api/{path}")).status_code == 502
            assert (await desk.http.post("/sandbox/api/reset")).status_code == 502
            before = (await desk.advance(0))["now"]
            assert (await desk.advance(60))["now"] > before, "the clock is the desk's"
            await scripted.run("company.confirm")
            assert scripted.trail[-1] == "company.city", "typed in, as when the registers are away"
        monkeypatch.setattr("bot.app.sandboxed.START_PATIENCE_S", 0.3)
        with pytest.raises(NotReady, match="doesn't answer"):
            async with running_desk(tmp_path / "desk", sandbox_url=url):
                raise AssertionError("it started")


async def test_a_sandbox_that_was_killed_is_found_again_by_the_desks_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.sandboxed.TELL_PAUSE_S", 0.05)
    with structlog.testing.capture_logs():
        async with (
            sandbox_process(tmp_path / "sandbox") as beside,
            running_desk(tmp_path / "desk", sandbox_url=beside.url) as desk,
        ):
            scripted = await Scripted(desk, Person(method="blik")).run("contact_code")
            await beside.kill()
            moved = datetime.fromisoformat((await desk.advance(120))["now"])
            before = beside.url
            assert await beside.start() == before
            await _has_moved(beside.url, moved)
            await scripted.run("payment")
            await desk.pay(scripted.customer.link("payment")["id"], "paid", "late")
            await beside.kill()
            await beside.start()
            await desk.advance(3600)
            await scripted.customer.look()
            await scripted.run()
            assert only((await desk.card(scripted.person.email))["orders"])["status"] == "paid"
            assert len(await desk.outbox(scripted.person.phone)) == 1
            moved = datetime.fromisoformat((await desk.advance(0))["now"])
        async with (
            sandbox_process(tmp_path / "another") as beside,
            running_desk(tmp_path / "desk", sandbox_url=beside.url),
        ):
            await _has_moved(beside.url, moved)


async def _has_moved(url: str, moved: datetime) -> None:
    async with http_client(url) as http:

        async def has_moved() -> bool:
            return datetime.fromisoformat((await http.get("/sandbox/api/clock")).json()["now"]) >= moved

        await until(has_moved, seconds=20)


async def test_it_answers_to_this_machine_alone_and_to_desks_that_are_meant_for_others(tmp_path: Path) -> None:
    passed_on = {"host": "desk.example", "x-forwarded-for": "198.51.100.7"}
    async with okienko_sandbox(tmp_path / "sandbox") as url:
        async with running_desk(tmp_path / "desk", sandbox="public", sandbox_url=url) as desk:
            for _ in range(2):
                assert (await desk.http.get("/sandbox/api/messages", headers=passed_on)).status_code == 200
        async with (
            running_desk(tmp_path / "first", sandbox_url=url) as first,
            running_desk(tmp_path / "second", sandbox_url=url) as second,
            http_client(url) as alone,
        ):
            assert (await first.http.get("/", headers=passed_on)).status_code == 403
            assert (await first.http.get("/sandbox/api/messages")).status_code == 403

            async def is_closed() -> bool:
                return (await alone.get("/sandbox/api/messages")).status_code != 200

            await until(is_closed, seconds=20)
            for path in ("/sandbox", "/sandbox/panel", "/sandbox/api/clock"):
                for http in (first.http, second.http, alone):
                    answer = await http.get(path)
                    assert (answer.status_code, answer.text) == (403, CLOSED), "closed for all of its desks"
            assert (await second.http.get("/chat")).status_code == 200


NO_MONEY = ({"outcome": "paid", "notify": "forged"}, *({"outcome": one} for one in ("abandoned", "nonsense", "failed")))


@pytest.mark.stage("ordered")
async def test_a_failed_payment_is_opened_anew_by_nothing_but_money(desk: Running, buyer: Scripted) -> None:
    payment = buyer.customer.link("payment")["id"]
    await desk.pay(payment, "failed")

    for asked in NO_MONEY:
        await desk.http.post(f"/sandbox/api/payments/{payment}", json=asked)
        await desk.advance(A_MOMENT_S)
        assert only((await desk.card(buyer.person.email))["payments"])["status"] == "failed", asked
    await desk.pay(payment)
    assert only((await desk.card(buyer.person.email))["payments"])["status"] == "paid"


async def test_the_reset_tells_the_clock_it_leads_back_to(desk: Running) -> None:
    before, ahead = (await desk.advance(0))["now"], (await desk.advance(86400))["now"]
    assert before <= (await desk.http.post("/sandbox/api/reset")).json()["now"] < ahead
