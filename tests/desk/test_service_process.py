"""The desk as whoever runs it sees it: a process that starts, tells how it is, keeps its logs clean, and stops.

Two desks at one `okienko sandbox` in a process of its own: each goes its way, neither meets the other."""

import asyncio
import json
import os
import re
import resource
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
import structlog
from pydantic import ValidationError
from typer.testing import CliRunner

from bot.app.doctor.settings_checks import tell_mistakes
from bot.app.installation import Installation
from bot.app.ready import NotReady
from bot.cli import build
from bot.web.only_here import CLOSED
from sandbox.testing.pages import code_in
from services.clock import SystemClock
from services.store.errors import StoreInUse
from tests.desk.running import A_MOMENT_S, PATIENCE_S, Running, http_client, running_desk
from tests.desk.scripted import Person, Scripted, only, until

ROOT = Path(__file__).parents[2]
CARD = "4242 4242 4242 4242"
TYPED_PASSWORD = "Kanarek-w-klatce-31"


@dataclass
class Process:
    """`okienko run` as one would start it."""

    process: asyncio.subprocess.Process
    url: str
    log: Path

    async def stop(self) -> int:
        """SIGTERM; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_S):
            return await self.process.wait()


@asynccontextmanager
async def okienko(folder: Path, *arguments: str, **settings: str) -> AsyncGenerator[Process]:
    """The command in a process of its own, on a free port."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
    env |= {"OKIENKO_DATA_DIR": str(folder / "data"), "OKIENKO_LOG_LEVEL": "debug", **settings}
    log = folder / "desk.log"
    with log.open("wb") as errors:
        command = (sys.executable, "-m", "bot.cli", "run", "--port", "0", *arguments)
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE, stderr=errors
        )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(120):
            said = (await process.stdout.readline()).decode()
        found = re.search(r"http://\S+[^/\s]", said)
        assert found is not None, (said, log.read_text()[-2000:])
        yield Process(process, found[0], log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_journey_leaves_no_personal_data_in_logs_and_no_secret_on_the_disk(tmp_path: Path) -> None:
    async with okienko(tmp_path, OKIENKO_RATE_LIMITS="off") as run, http_client(run.url) as http:
        desk = Running(_nobody(), http)
        person = Person(
            email="kanarek.zolty@example.com", phone="+48512777333", nip="7003004002", password="Kanarek-spiewa-o-2",
            name="Kanarkowa Hodowla sp. z o.o.", street="ul. Klatkowa 77",
        )  # fmt: skip
        scripted = Scripted(desk, person)
        tokens, figures = await _eventful(scripted), (await http.get("/metrics")).text
        assert 'okienko_turns_total{kind="customer"}' in figures
        assert 'okienko_calls_total{end="done",kind="SendCode"}' in figures
        assert "okienko_breaker" in figures
        assert "\nprocess_resident_memory_bytes " in figures
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        assert (await http.get("/readyz")).status_code == 200
        code = code_in((await desk.outbox(person.phone))[-1]["text"])
        assert await run.stop() == 0
    logged = run.log.read_text()
    assert "desk_ready" in logged
    told = [person.email, "kanarek", person.phone, "512777333", "512 777 333", person.nip, "700-300-40-02"]
    told += [person.password, TYPED_PASSWORD, person.name, "Kanarkowa", "Klatkowa", CARD, CARD.replace(" ", "")]
    told += [code, scripted.customer.sender, "/s/", "/p/", *tokens]
    for canary in told:
        assert canary.lower() not in logged.lower(), canary
        assert canary not in figures, canary
    stored = b"".join(file.read_bytes() for file in (tmp_path / "data").glob("okienko.sqlite*"))
    assert person.email.encode() in stored, "the right files were read"
    for secret in (person.password, TYPED_PASSWORD, CARD, CARD.replace(" ", ""), *tokens):
        assert secret.encode() not in stored, secret
    assert f'"{code}"'.encode() not in stored
    assert code.encode() not in re.sub(rb"\d{7,}|[0-9a-f]{16,}", b"", stored), "the code stands nowhere in clear"


def _nobody() -> Installation:
    """A desk in another process has no installation here."""
    return None  # type: ignore[return-value]


async def _eventful(scripted: Scripted) -> list[str]:
    """A whole journey with failures and secrets typed into the chat; the tokens that were seen on the way."""
    desk, customer, tokens = scripted.desk, scripted.customer, list[str]()
    made = await desk.http.post(
        "/api/v1/start-links", json={"entry": "buy"}, headers={"authorization": "Bearer sandbox"}
    )
    tokens.append(made.json()["token"])
    await customer.say(f"/start {tokens[0]}")
    await scripted.run("secure_page")
    tokens.append(customer.link("secure_page")["href"].rpartition("/")[2])
    await customer.say(f"moje hasło: {TYPED_PASSWORD}")
    await customer.say(f"karta {CARD} 12/29 cvc 123")
    assert customer.expects == "secure_page"
    await scripted.submit(customer.link("secure_page")["href"], password="short")
    await desk.fault("smtp", "error", 1)
    await desk.fault("smsapi", "garbage", 1)
    await scripted.run("contact_code")
    await customer.say("000000")
    await scripted.run("email_link")
    tokens.append((await desk.outbox(scripted.person.email))[-1]["links"][0].rpartition("/")[2])
    await scripted.run("payment")
    tokens.append(customer.link("payment")["href"].rpartition("/")[2])
    await desk.pay(customer.link("payment")["id"], "paid", "forged")
    await customer.say("/agent")
    await scripted.run()
    return tokens


async def test_sigterm_ends_it_cleanly_in_the_middle(tmp_path: Path) -> None:
    async with okienko(tmp_path) as run, http_client(run.url) as http:
        await Running(_nobody(), http).customer().say("/start")
        await Running(_nobody(), http).fault("mf", "slow", 1)
        assert await run.stop() == 0
    assert "Traceback" not in run.log.read_text()


async def test_it_is_ready_only_once_it_takes_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, int] = {}
    start = Installation.start

    async def watched(installation: Installation) -> None:
        async with http_client(installation.base_url) as http:
            for path in ("/readyz", "/healthz"):
                seen[path] = (await http.get(path)).status_code
        await start(installation)

    monkeypatch.setattr(Installation, "start", watched)
    async with running_desk(tmp_path) as desk:
        assert seen == {"/readyz": 503, "/healthz": 200}
        assert (await desk.http.get("/readyz")).status_code == 200


async def test_a_second_engine_on_the_same_file_is_refused(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        with pytest.raises(StoreInUse, match="PostgreSQL"):
            async with running_desk(tmp_path):
                raise AssertionError("it started")
        assert (await desk.http.get("/readyz")).status_code == 200
    async with running_desk(tmp_path) as again:
        assert (await again.http.get("/readyz")).status_code == 200


def refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *arguments: str, **settings: str) -> str:
    """What `okienko run` says when it refuses to start."""
    monkeypatch.setattr("bot.app.logs.configure", lambda _level: None)  # it would keep the runner's own stderr for good
    monkeypatch.setenv("OKIENKO_DATA_DIR", str(tmp_path))
    for name, value in settings.items():
        monkeypatch.setenv(f"OKIENKO_{name}", value)
    monkeypatch.chdir(tmp_path)
    outcome = CliRunner().invoke(build("run", "sandbox"), ["run", *arguments])
    assert outcome.exit_code == 1, outcome.output
    assert "Traceback" not in outcome.output
    # What settings can't be read `okienko` tells for all its commands.
    wrong = tell_mistakes(outcome.exception) if isinstance(outcome.exception, ValidationError) else ()
    return "\n".join((outcome.output, *wrong))


def test_going_live_with_keys_missing_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, tmp_path, SANDBOX="off", SECRET_KEY="k" * 40, SMSAPI_TOKEN="x")
    for missing in ("PUBLIC_URL", "API_TOKEN", "SMTP_HOST", "PRZELEWY24_CRC", "PAYPAL_CLIENT_ID"):
        assert f"OKIENKO_{missing}" in said
    assert "OKIENKO_SMSAPI_TOKEN" not in said
    assert "kkkk" not in said


def test_several_workers_need_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PostgreSQL" in refused(monkeypatch, tmp_path, "--workers", "2")


def test_a_port_in_use_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in refused(monkeypatch, tmp_path, "--port", port)


def test_a_profile_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nowhere" in refused(monkeypatch, tmp_path, "--profile", str(tmp_path / "nowhere"))


@pytest.mark.parametrize("proxies", ["127.0.0.1", "192.0.2.1"], ids=["by the proxy", "by a stranger"])
async def test_idle_connections_take_the_desk_from_nobody(tmp_path: Path, proxies: str) -> None:
    """The process may open 128 files; one client keeps as many connections open as it gets, and says nothing more."""
    async with okienko(tmp_path, FORWARDED_ALLOW_IPS=proxies) as run, AsyncExitStack() as stack:
        resource.prlimit(run.process.pid, resource.RLIMIT_NOFILE, (128, 128))
        host, port = run.url.removeprefix("http://").split(":")
        for _ in range(128):
            reader, writer = await asyncio.open_connection(host, int(port))
            stack.callback(writer.close)
            writer.write(f"GET /healthz HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            assert (await asyncio.wait_for(reader.readline(), PATIENCE_S)).startswith(b"HTTP/1.1 200")
        async with http_client(run.url) as http:
            assert (await http.get("/healthz")).status_code == 200
            body = {"sender": "s7-0a91-kq-2260-zebra-0317", "message": "/start"}
            assert (await http.post("/webhooks/rest/webhook", json=body)).status_code == 200
        told = [json.loads(line) for line in run.log.read_text().splitlines() if "descriptors_short" in line]
        assert all(line["alarm"] is True and line["limit"] == 128 for line in told)
        assert bool(told) == (proxies == "127.0.0.1"), "a stranger's are few"
        assert await run.stop() == 0


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
