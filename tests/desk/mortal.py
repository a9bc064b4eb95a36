"""A desk that can be dropped at any crash point, as by `kill -9`, and built anew on its database.

It runs on an event loop of its own, in a thread. At a deadly point the thread that reaches it gets `Died`, which
nothing catches for good; the loop stops, the desk's connections hang up, and whatever of it still comes by a point gets
`Died` too. What it had committed is there; what it was about to do isn't done, and nobody is told anything any more.
"""

import asyncio
import gc
import os
import socket
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import psycopg
from psycopg._connection_base import BaseConnection

from bot.app import sandboxed, serve
from bot.app.settings import Settings
from sandbox.ledger import Ledger
from services.crash import watch_crash_points
from services.store.database import Store, open_store
from tests.desk.running import telegram_as
from tests.desk.stubborn import PATIENCE_S

Connection = BaseConnection[Any]

# Loops that died keep their tasks: waking one to close it would run what a dead process can't run any more.
_graveyard: list[object] = []


class Died(BaseException):
    """The process ended at this point."""


class Points:
    """The points that a desk comes by. `deadly` says at which it dies, `last` what is done then."""

    def __init__(self, deadly: Callable[[str], bool], last: Callable[[], None]) -> None:
        self._deadly = deadly
        self._last = last
        self._one_at_a_time = threading.Lock()
        self.dead = False
        self.died_at = ""

    def reach(self, name: str) -> None:
        """A hook for `services.crash`."""
        with self._one_at_a_time:  # whoever comes by meanwhile ends after it: nobody hears of it
            if not self.dead and self._deadly(name):
                self.dead, self.died_at = True, name
                self._last()
        if self.dead:
            raise Died(name)


class MortalDesk:
    """One life of a desk on `folder` at `port`."""

    def __init__(
        self, folder: Path, port: int, deadly: Callable[[str], bool] = lambda _name: False, **settings: Any
    ) -> None:
        given: dict[str, Any] = {
            "data_dir": folder,
            "port": port,
            "rate_limits": "off",
            "log_level": "error",
            **telegram_as(settings),
            **settings,
        }
        self.settings = Settings(_env_file=None, **given)  # type: ignore[call-arg]
        self.points = Points(deadly, self._drop)
        self.stores: list[Store] = []
        self.ledgers: list[Ledger] = []
        self.connections: list[Connection] = []
        self.sockets: list[weakref.ref[socket.socket]] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._told)
        self._being = self._be()
        self._thread = threading.Thread(target=self._live, name="mortal-desk", daemon=True)
        self._outside = asyncio.get_running_loop()
        self._begun = asyncio.Event()
        self._ended = asyncio.Event()
        self._error: BaseException | None = None

    async def live(self) -> bool:
        """Begins; True once it works, False if it died of it."""
        self._thread.start()
        await self._begun.wait()
        if self._error is not None:
            raise self._error
        return not self.points.dead

    async def death(self) -> str:
        """Returns where it died, when it has."""
        await self._ended.wait()
        return self.points.died_at

    async def bury(self) -> None:
        """Frees what the system would free of a dead process; nothing of the desk runs."""
        self.points.dead = True
        with suppress(RuntimeError):  # it is closed already
            self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join, PATIENCE_S)
        assert not self._thread.is_alive()
        if self._error is not None:
            raise self._error

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        _life.set(self)
        try:
            with watch_crash_points(self.points.reach):
                self._loop.run_until_complete(self._being)
        except BaseException as error:
            if not self.points.dead:
                self._error, self.points.dead = error, True
        finally:
            self._free()
            self._tell(self._begun)
            self._tell(self._ended)

    async def _be(self) -> None:
        async with serve.run_desk(self.settings):
            self._tell(self._begun)
            await asyncio.Event().wait()

    def _tell(self, event: asyncio.Event) -> None:
        with suppress(RuntimeError):  # whoever waited is gone
            self._outside.call_soon_threadsafe(event.set)

    def _told(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not self.points.dead:
            loop.default_exception_handler(context)

    def _drop(self) -> None:
        """No answer leaves after this, and nothing begins. Called in the thread that came to the deadly point."""
        for found in self._sockets():
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _sockets(self) -> list[socket.socket]:
        """Those of the web, of the Bot API and of all providers, of the desk's own server too."""
        return [found for known in list(self.sockets) if (found := known()) is not None]

    def _free(self) -> None:
        for found in self._sockets():
            found.close()
        for database in self.connections:
            _hang_up(database)
        for store in self.stores:
            store._close()  # type: ignore[attr-defined]
        for database in self.connections:
            database.pgconn.finish()
        for ledger in self.ledgers:
            ledger.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            asyncio.tasks._unregister_task(task)  # type: ignore[attr-defined]  # or the next life looks through it, too
        self._loop.close()
        _graveyard.append((self._loop, tasks, self._being, self))
        gc.freeze()  # the dead are not looked through again and again for what may go


def _hang_up(connection: Connection) -> None:
    """The server sees the connection end without a word, and undoes what it had open."""
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.pgconn.socket)) as copy:
        copy.shutdown(socket.SHUT_RDWR)


# What a life makes is noted, so that it can be freed after it.

_life: ContextVar[MortalDesk | None] = ContextVar("life", default=None)
_connect = BaseConnection.__init__
_make_socket = socket.socket.__init__


def _opened_store(url: str) -> Store:
    store = open_store(url)
    if (life := _life.get()) is not None:
        life.stores.append(store)
    return store


class _NotedLedger(Ledger):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if (life := _life.get()) is not None:
            life.ledgers.append(self)


def _connected(self: Connection, *args: Any, **more: Any) -> None:
    _connect(self, *args, **more)
    if (life := _life.get()) is not None:
        life.connections.append(self)


def _opened(self: socket.socket, *args: Any, **more: Any) -> None:
    _make_socket(self, *args, **more)
    if (life := _life.get()) is not None:
        life.sockets.append(weakref.ref(self))


serve.open_store = _opened_store
sandboxed.Ledger = _NotedLedger  # type: ignore[misc]
BaseConnection.__init__ = _connected  # type: ignore[method-assign]
socket.socket.__init__ = _opened  # type: ignore[method-assign]
