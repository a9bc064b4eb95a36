"""The desk as whoever runs it sees it: a process that starts, tells how it is, keeps its logs clean, and stops."""

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
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from bot.app.doctor.settings_checks import tell_mistakes
from bot.app.installation import Installation
from bot.cli import build
from sandbox.testing.pages import code_in
from services.store.errors import StoreInUse
from tests.desk.running import PATIENCE_S, Running, http_client, running_desk
from tests.desk.scripted import Person, Scripted

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
