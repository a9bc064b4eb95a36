"""Group commit: one thread writes; all that waits when it is free becomes one transaction, one flush to the disk.

Each piece of work has a savepoint of its own, so one that raises is undone alone. Callers are told after the commit.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy import exc

from services.store.errors import StoreUnavailable
from services.store.sqlite_files import is_away

Work = Callable[[sa.Connection], Any]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work
    told: Future[Any]


@dataclass(frozen=True, slots=True)
class _End:
    """How a piece of work ended, to be told once the transaction is committed."""

    value: Any = None
    error: BaseException | None = None

    def tell(self, told: Future[Any]) -> None:
        if self.error is not None:
            told.set_exception(self.error)
        else:
            told.set_result(self.value)


class _TransactionLost(Exception):
    """SQLite ended the whole transaction by itself (disk full, I/O error), or the work did."""


class GroupCommit:
    """The writer's thread; it alone uses connections of `engine`, which must be given to nobody else."""

    def __init__(self, engine: sa.Engine, *, batch: int = 256) -> None:
        self._engine = engine
        self._batch = batch
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._connection: sa.Connection | None = None
        self._entrance = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> Future[Any]:
        """Queues a piece of work; one whose future is cancelled before its turn comes is never run."""
        told: Future[Any] = Future()
        with self._entrance:
            if self._closed:
                raise StoreUnavailable("the store is closed")
            self._queue.put(_Job(work, told))
        return told

    def close(self) -> None:
        """Writes what was queued before, then ends the thread. Blocks."""
        with self._entrance:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        last = False
        while not last:
            jobs = [self._queue.get()]
            while len(jobs) < self._batch and not self._queue.empty():
                jobs.append(self._queue.get())
            last = jobs[-1] is None
            wanted = [job for job in jobs if job is not None and job.told.set_running_or_notify_cancel()]
            if not wanted:
                continue
            try:
                self._together(wanted)
            except BaseException as error:  # the thread must outlive whatever one batch brings
                _log.error("store_writer_failed", alarm=True, error=type(error).__name__)
                self._drop()
                _refuse([job for job in wanted if not job.told.done()], error)
        self._drop()

    def _together(self, jobs: list[_Job]) -> None:
        if (connection := self._begun(jobs)) is None:
            return
        try:
            ends = [_attempt(connection, job.work) for job in jobs]
            connection.commit()
        except (exc.SQLAlchemyError, _TransactionLost) as error:
            self._drop()
            if len(jobs) > 1:
                _log.warning("batch_commit_failed", size=len(jobs), error=type(error).__name__)
            for job in jobs:
                self._alone(job)
            return
        for job, end in zip(jobs, ends, strict=True):
            end.tell(job.told)

    def _alone(self, job: _Job) -> None:
        if (connection := self._begun([job])) is None:
            return
        try:
            end = _attempt(connection, job.work)
            connection.commit()
        except (exc.SQLAlchemyError, _TransactionLost) as error:
            self._drop()
            _log.error("commit_failed", alarm=True, error=type(error.__cause__ or error).__name__)
            _refuse([job], error)
            return
        end.tell(job.told)

    def _begun(self, jobs: list[_Job]) -> sa.Connection | None:
        """The connection with its transaction begun; if that can't be had, the jobs are refused: none was tried."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            self._connection.begin()
        except exc.SQLAlchemyError as error:
            self._drop()
            _log.error("store_locked_or_away", alarm=True, error=type(error).__name__)
            _refuse(jobs, error)
            return None
        return self._connection

    def _drop(self) -> None:
        """Throws the connection away, and with it whatever transaction it is in."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def _attempt(connection: sa.Connection, work: Work) -> _End:
    savepoint = connection.begin_nested()
    try:
        value = work(connection)
        if _in_transaction(connection):
            savepoint.commit()
            return _End(value)
    except BaseException as error:
        if not _in_transaction(connection):
            raise _TransactionLost from error
        savepoint.rollback()
        return _End(error=_as_told(error))
    raise _TransactionLost


def _in_transaction(connection: sa.Connection) -> bool:
    driver = connection.connection.dbapi_connection
    return driver is not None and bool(getattr(driver, "in_transaction", False))


def _as_told(error: BaseException) -> BaseException:
    if not is_away(error):
        return error
    unavailable = StoreUnavailable("the database file can't be written")
    unavailable.__cause__ = error
    return unavailable


def _refuse(jobs: list[_Job], error: BaseException) -> None:
    for job in jobs:
        unavailable = StoreUnavailable("nothing could be committed")
        unavailable.__cause__ = error
        job.told.set_exception(unavailable)
