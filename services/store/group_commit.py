"""Group commit: one thread writes; all that waits when it is free becomes one transaction, one flush to the disk.

Each piece of work has a savepoint of its own, so one that raises is undone alone. Callers are told after the commit.
Work that needn't outlast a loss of power goes first, in a transaction without a flush.
"""

import asyncio
import contextvars
import queue
import sqlite3
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy import exc

from services.crash import commit_point
from services.store import sqlite_files
from services.store.errors import StoreUnavailable
from services.store.sqlite_files import is_away

Work = Callable[[sa.Connection], Any]

_log = structlog.get_logger(__name__)

_BATCH = 256
_UNBROKEN = 4
"""So many jobs share a commit although hurried work waits: with a commit for each, a turn costs a third more CPU."""
EMPTIED_AGAIN_S = 0.2
"""After so long without work the log is tried again that somebody was reading."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work
    caller: asyncio.Future[Any]
    durable: bool


@dataclass(frozen=True, slots=True)
class _End:
    """The outcome of a job, for its caller once the transaction is committed."""

    job: _Job
    value: Any = None
    error: BaseException | None = None


class _TransactionLost(Exception):
    """SQLite ended the whole transaction by itself (disk full, I/O error), or the work did."""


class GroupCommit:
    """The writer's thread; it alone uses connections of `engine`, which must be given to nobody else."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._connection: sa.Connection | None = None
        self._durable: deque[_Job] = deque()  # taken from the queue, still to be done
        self._hurried: deque[_Job] = deque()
        self._hurried_put = self._hurried_taken = 0  # each counted by one side only
        self._entrance = threading.Lock()
        self._closed = False
        self._log_left = False  # copies of what was deleted for good may be in the log
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._run,), name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work, *, durable: bool = True) -> asyncio.Future[Any]:
        """Queue a piece of work; one whose future is cancelled before its turn comes is never run."""
        caller: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        with self._entrance:
            if self._closed:
                raise StoreUnavailable("the store is closed")
            self._hurried_put += not durable
            self._queue.put(_Job(work, caller, durable))
        return caller

    def close(self) -> None:
        """Write what was queued before, then ends the thread. Blocks."""
        with self._entrance:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        last = False
        while not last or self._durable or self._hurried:
            last |= self._gather()
            for waiting in (self._hurried, self._durable):
                taken = [waiting.popleft() for _ in range(min(_BATCH, len(waiting)))]
                if jobs := [job for job in taken if not job.caller.cancelled()]:
                    self._together(jobs)
            if self._log_left:
                self._empty_log()
        self._drop()

    def _gather(self) -> bool:
        """Sort what waits; wait for work where there is none. Return whether the end was met."""
        end = False
        while not (end or (self._queue.empty() and (self._durable or self._hurried))):
            job = self._next()
            if job is None:
                end = True
            elif job.durable:
                self._durable.append(job)
            else:
                self._hurried.append(job)
                self._hurried_taken += 1
        return end

    def _next(self) -> _Job | None:
        """Return the next job, None at the end. A log that couldn't be emptied is tried again meanwhile."""
        while self._log_left:
            try:
                return self._queue.get(timeout=EMPTIED_AGAIN_S)
            except queue.Empty:
                self._empty_log()
        return self._queue.get()

    def _empty_log(self) -> None:
        """Leaves no copy of what was deleted; callers have been told before, so that they don't wait for it."""
        try:
            self._connection = self._connection or self._engine.connect()
            self._log_left = not sqlite_files.empty_log(_driver(self._connection))
        except (exc.SQLAlchemyError, sqlite3.Error, _TransactionLost) as error:
            _log.warning("log_not_emptied", error=type(error).__name__)

    def _together(self, jobs: list[_Job]) -> None:
        """Run the jobs in one transaction; those that hurried work keeps from it go back to the queue."""
        begun = 0
        try:
            if (connection := self._begun(jobs)) is None:
                begun = len(jobs)
                return
            ends: list[_End] = []
            while begun < len(jobs) and not (begun >= _UNBROKEN and self._is_hurried(jobs[begun])):
                begun += 1
                ends.append(_attempt(connection, jobs[begun - 1]))
            self._commit(connection, jobs[:begun])
            _tell(ends)
        except (exc.SQLAlchemyError, sqlite3.Error, _TransactionLost) as error:
            self._drop()
            if begun > 1:
                _log.warning("batch_commit_failed", size=begun, error=type(error).__name__)
            for job in jobs[:begun]:
                self._alone(job)
        except BaseException as error:  # the thread must outlive whatever one batch brings
            _log.error("store_writer_failed", alarm=True, error=type(error).__name__)
            self._drop()
            _refuse(jobs[:begun], error)
        finally:
            self._durable.extendleft(reversed(jobs[begun:]))

    def _is_hurried(self, job: _Job) -> bool:
        """Tell whether hurried work waits in front of this job."""
        return job.durable and self._hurried_put != self._hurried_taken

    def _alone(self, job: _Job) -> None:
        if (connection := self._begun([job])) is None:
            return
        try:
            end = _attempt(connection, job)
            self._commit(connection, [job])
        except (exc.SQLAlchemyError, sqlite3.Error, _TransactionLost) as error:
            self._drop()
            _log.error("commit_failed", alarm=True, error=type(error.__cause__ or error).__name__)
            _refuse([job], error)
            return
        _tell([end])

    def _commit(self, connection: sa.Connection, jobs: list[_Job]) -> None:
        commit_point("before", (job.work for job in jobs))
        connection.commit()
        self._log_left |= sqlite_files.marked_for_purge(connection)
        commit_point("after", (job.work for job in jobs))

    def _begun(self, jobs: list[_Job]) -> sa.Connection | None:
        """Return the connection with its transaction begun; without one the jobs are refused, untried."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            sqlite_files.flush_commits(_driver(self._connection), flush=jobs[0].durable)
            self._connection.begin()
        except (exc.SQLAlchemyError, sqlite3.Error) as error:
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


def _attempt(connection: sa.Connection, job: _Job) -> _End:
    """Run the job in a savepoint; raises only if the whole transaction is in doubt."""
    driver = _driver(connection)
    # Straight to the driver: SQLAlchemy would give each savepoint a name of its own and compile it anew.
    driver.execute("SAVEPOINT job")
    try:
        value = job.work(connection)
    except BaseException as error:
        if not driver.in_transaction:
            raise _TransactionLost from error
        while (inner := connection.get_nested_transaction()) is not None:
            inner.rollback()
        driver.execute("ROLLBACK TO job")
        driver.execute("RELEASE job")
        return _End(job, error=_as_told(error))
    if not driver.in_transaction:
        raise _TransactionLost
    driver.execute("RELEASE job")
    return _End(job, value)


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    driver = connection.connection.dbapi_connection
    if not isinstance(driver, sqlite3.Connection):
        raise _TransactionLost
    return driver


def _as_told(error: BaseException) -> BaseException:
    if not is_away(error):
        return error
    return _unavailable("the database file can't be written", error)


def _unavailable(words: str, cause: BaseException) -> StoreUnavailable:
    unavailable = StoreUnavailable(words)
    unavailable.__cause__ = cause
    return unavailable


def _refuse(jobs: Iterable[_Job], error: BaseException) -> None:
    _tell([_End(job, error=_unavailable("nothing could be committed", error)) for job in jobs])


def _tell(ends: Iterable[_End]) -> None:
    """Tells the callers, all those of one event loop by one wake-up of it."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[_End]] = defaultdict(list)
    for end in ends:
        by_loop[end.job.caller.get_loop()].append(end)
    for loop, theirs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_told, theirs)
        except RuntimeError:
            _log.warning("callers_gone", count=len(theirs))  # their event loop is closed


def _told(ends: list[_End]) -> None:
    for end in ends:
        caller = end.job.caller
        if caller.done():  # cancelled meanwhile, or told before
            continue
        if end.error is not None:
            caller.set_exception(end.error)
        else:
            caller.set_result(end.value)
