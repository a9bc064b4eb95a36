"""The embedded store: a SQLite file, one writer, readers on connections of their own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from services.store.commit_watch import WatchedCommits
from services.store.errors import StoreUnavailable
from services.store.group_commit import GroupCommit
from services.store.sqlite_files import EngineLock, is_away, prepare, reader, writer

T = TypeVar("T")

READERS = 4


class SqliteStore(WatchedCommits):
    """One file. As an engine it has the file to itself; administrative commands open it without (`engine=False`)."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, engine: bool) -> None:
        prepare(path)
        self.exclusive = engine
        self._lock = EngineLock(path) if engine else None
        self._write_engine = writer(path)
        self._make_wal()
        self._readers = reader(path, READERS + 1)
        self._reader: sa.Connection | None = None  # the event loop's
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._writer = GroupCommit(self._write_engine)

    def _make_wal(self) -> None:
        """Put the file into WAL mode before there are readers: with one looking it can't be done."""
        try:
            self._write_engine.connect().close()
        except exc.DBAPIError as error:
            if self._lock is not None:
                self._lock.free()
            raise StoreUnavailable("the database file can't be opened") from error

    async def write(
        self, work: Callable[[sa.Connection], T], *, durable: bool = True, brief: bool = False, along: bool = False
    ) -> T:
        """Run the work in the writer's next transaction; return once that is on the disk, or with the system."""
        return await self._watched(self._writer.submit(work, durable=durable, brief=brief, along=along))

    async def read(self, work: Callable[[sa.Connection], T], *, brief: bool = False) -> T:
        """Run the work on a read-only connection, against the state last committed."""
        try:
            if brief:
                # In the event loop's thread: handing a look at one row to another costs more than the look.
                self._reader = self._reader or self._readers.connect()
                with self._reader.begin():
                    return work(self._reader)
            return await asyncio.wrap_future(self._threads.submit(self._read, work))
        except exc.DBAPIError as error:
            # A write in a reader is a mistake in the program and is shown as such.
            if is_away(error) and "readonly" not in str(error.orig):
                raise StoreUnavailable("the database file can't be read") from error
            raise

    def _read(self, work: Callable[[sa.Connection], T]) -> T:
        with self._readers.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        """Commit what is queued, then lets go of the file."""
        await self._writer.drain()
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.close()
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._reader is not None:
            self._reader.close()
        self._readers.dispose()
        self._write_engine.dispose()
        if self._lock is not None:
            self._lock.free()
