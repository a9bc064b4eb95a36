"""Each database has its engine, and a desk on SQLite needs nothing of PostgreSQL's."""

import subprocess
import sys
from pathlib import Path

from services.clock import SystemClock
from services.jobs.port import Done, GaveUp, Outcome, StoredJob
from services.jobs.queue_engine import QueueEngine
from services.jobs.queue_jobs import QueueOutbox
from services.jobs.timers import SweptTimers, TimerLoop
from services.jobs.worker import SqliteOutbox, Worker, open_engine, open_outbox
from services.store.database import Store
from services.store.timer_rows import Timer

WITHOUT = """
import asyncio, sys

for name in ("procrastinate", "psycopg", "psycopg_pool"):
    sys.modules[name] = None

from bot.app import installation
from services.clock import SystemClock
from services.jobs.worker import open_engine, open_outbox
from services.store import migrate
from services.store.database import open_store

async def nothing(*_):
    pass

async def main(url):
    migrate.upgrade(url)
    store, clock = open_store(url), SystemClock()
    open_outbox(store, clock)
    worker, timers = open_engine(
        store, clock, url, execute=nothing, finish=nothing, fire=nothing, tries=lambda _: 1
    )
    await worker.start()
    await timers.start()
    await worker.idle()
    await timers.stop()
    await worker.stop()
    await store.close()

asyncio.run(main(sys.argv[1]))
"""


async def test_the_database_decides(store: Store, url: str) -> None:
    async def execute(_call: StoredJob) -> Outcome:
        return Done({})

    async def finish(_call: StoredJob, _outcome: Done | GaveUp) -> None: ...

    async def fire(_timer: Timer) -> None: ...

    clock = SystemClock()
    engine, timers = open_engine(store, clock, url, execute=execute, finish=finish, fire=fire, tries=lambda _: 1)
    made = type(engine), type(timers), type(open_outbox(store, clock))
    on_sqlite = Worker, TimerLoop, SqliteOutbox
    assert made == (on_sqlite if store.dialect == "sqlite" else (QueueEngine, SweptTimers, QueueOutbox))


def test_a_desk_on_sqlite_does_without_the_queue_s_packages(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    given = [sys.executable, "-c", WITHOUT, f"sqlite:///{tmp_path}/desk.db"]
    done = subprocess.run(given, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
