"""Stages of a customer's life that many tests begin at: walked to once a run, then copied with the desk's folder.

    @pytest.mark.stage("paid", method="card")
    async def test_…(desk: Running, buyer: Scripted) -> None:

`desk` is one on which `buyer` stands there already. A stage is a name of `NAMED`, what is expected or stood at
("order.method"), or a function that walks there and returns who did; what else is given is the person's. A test that
opens its desk itself does so by `desk_at`. Whose walk meets a patch, a fault or another provider goes on foot, and so
does whoever comes second on one desk.
"""

import fcntl
import json
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO

import anyio.to_thread

from services.clock import SystemClock
from tests.crash.process import free_port
from tests.desk.running import A_MOMENT_S, Customer, Json, Running, running_desk
from tests.desk.scripted import Person, Scripted

Walk = Callable[..., Awaitable[Scripted]]
DATABASES = ("okienko.sqlite", "sandbox.sqlite3")
#: A desk's past; what else is in its folder is SQLite's own, or a process's.
PAST = (*DATABASES, "secret.key")
BUYER = "buyer.json"


async def walked(desk: Running, *, until: str, **person: Any) -> Scripted:
    """Walk straight on to a step."""
    return await Scripted(desk, Person(**person)).run(until)


NAMED: dict[str, Walk] = {
    "signed_up": partial(walked, until="tax_number"),
    "ordered": partial(walked, until="payment"),
    "paid": partial(walked, until="nothing"),
}


@dataclass(frozen=True)
class Stage:
    """Where a test begins: how one comes there, and whose data differ from the usual ones in what."""

    walk: Walk
    person: dict[str, Any]

    @classmethod
    def of(cls, where: str | Walk, **person: Any) -> "Stage":
        """The stage of this name, else at this step, else that this walk comes to."""
        if not isinstance(where, str):
            return cls(where, person)
        return cls(NAMED.get(where, partial(walked, until=where)), person)

    def named(self, settings: dict[str, Any]) -> str:
        """A name for what comes of the walk on a desk with these settings."""
        walk = self.walk if isinstance(self.walk, partial) else partial(self.walk)
        code = (walk.func.__module__, walk.func.__qualname__)
        told = repr((*code, walk.args, walk.keywords, self.person, sorted(settings.items())))
        return sha256(told.encode()).hexdigest()[:16]


@asynccontextmanager
async def desk_at(kept: Path, folder: Path, stage: Stage, **settings: Any) -> AsyncGenerator[tuple[Running, Scripted]]:
    """A desk on `folder` with a customer at the stage, which lies in `kept`: a folder that all processes share."""
    made = await _made(kept / stage.named(settings), stage, settings)
    for name in PAST:
        shutil.copy(made / name, folder / name)
    told = json.loads((made / BUYER).read_text())
    port = settings.get("port") or free_port()
    _moved(folder / DATABASES[1], told["url"], f"http://127.0.0.1:{port}")
    _set_back(folder / DATABASES[0], datetime.fromisoformat(told["now"]))
    async with running_desk(folder, **settings | {"port": port}) as desk:
        yield desk, await _taken_up(desk, told)


def _moved(sandbox: Path, old: str, new: str) -> None:
    """The stand-ins bring their news to where the desk is now."""
    with closing(sqlite3.connect(sandbox)) as database, database:
        for table in [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]:
            for _, column, kind, *_ in database.execute(f"PRAGMA table_info({table})").fetchall():
                if kind.upper() in ("TEXT", "JSON"):
                    database.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (old, new))


def _set_back(database_file: Path, moment: datetime) -> None:
    """The clock goes on from when the stage was left: a log-in doesn't end by how long the tests take."""
    offset = (moment - SystemClock().now()) // timedelta(microseconds=1)
    with closing(sqlite3.connect(database_file)) as database, database:
        database.execute("INSERT OR REPLACE INTO clock (id, offset_us) VALUES (1, ?)", (offset,))


async def _made(folder: Path, stage: Stage, settings: dict[str, Any]) -> Path:
    """The folder of the stage, made by whichever process comes first."""
    with _lock_of(folder) as lock:
        await anyio.to_thread.run_sync(fcntl.flock, lock, fcntl.LOCK_EX)
        if not (folder / BUYER).exists():
            await _make(folder, stage, settings)
    return folder


def _lock_of(folder: Path) -> TextIO:
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / "lock").open("w")


async def _make(folder: Path, stage: Stage, settings: dict[str, Any]) -> None:
    for name in PAST:  # of one who came only half-way
        (folder / name).unlink(missing_ok=True)
    async with running_desk(folder, **settings) as desk:
        buyer = await stage.walk(desk, **stage.person)
        await desk.advance(A_MOMENT_S)
        told = {**_told(buyer), "now": (await desk.now()).isoformat(), "url": desk.url}
    for name in DATABASES:
        with closing(sqlite3.connect(folder / name)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (folder / BUYER).write_text(json.dumps(told))


def _told(buyer: Scripted) -> Json:
    own = {name: value for name, value in vars(buyer.customer).items() if name != "http"}
    return {"person": asdict(buyer.person), "customer": own, "trail": buyer.trail, "followed": sorted(buyer.followed)}


async def _taken_up(desk: Running, told: Json) -> Scripted:
    """The customer at this desk, whose links are its own."""
    known: dict[str, Any] = {field.name: told["person"][field.name] for field in fields(Person)}
    known["ways"] = tuple(known["ways"])
    person = Person(**known)
    followed = {link.replace(told["url"], desk.url) for link in told["followed"]}
    buyer = Scripted(desk, person, trail=told["trail"], followed=followed)
    buyer.customer = Customer(desk.http, **told["customer"])
    await buyer.customer.look()
    return buyer
