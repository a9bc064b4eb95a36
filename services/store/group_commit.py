"""Group commit: all that waits when the writer is free becomes one transaction, one flush to the disk.

A piece of work that raises is undone alone: in a savepoint of its own, or, as a batch of brief work runs straight
through, by undoing the whole and running each again in one. Callers are told after the commit.

Work that needn't outlast a loss of power goes first, in a transaction without a flush; where nobody waits for it, it
goes along with the next brief work. Brief work, such as a turn, is done in the event loop's own thread: two threads
would wait for each other's lock longer than it takes. What may take long, or waits for the disk, is done by a thread of
its own.
"""

import asyncio
import contextvars
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
import structlog
from msgspec import Struct
from sqlalchemy import exc

from services.crash import commit_point
from services.store import sqlite_files
from services.store.errors import StoreUnavailable

Work = Callable[[sa.Connection], Any]

_log = structlog.get_logger(__name__)

_BATCH = 256
_BRIEF_BATCH = 16
"""So much brief work is done before the event loop may do something else."""
_QUICK_FLUSH_S = 0.0005
"""A flush that takes no longer is waited for in the event loop: giving it to a thread costs as much."""
ALONE_AFTER_S = 0.005
"""So long work that goes along waits for other work."""
_MOST_ALONG = 4
"""So much of it waits for none: as many replies as may be sent and not yet marked, and those behind them wait."""
EMPTIED_AGAIN_S = 0.2
"""After so long without work the log is tried again that somebody was reading."""


class _Job(Struct, frozen=True):
    work: Work
    caller: asyncio.Future[Any]
    durable: bool
    brief: bool


class _End(Struct, frozen=True):
    """The outcome of a job, for its caller once the transaction is committed."""

    job: _Job
    value: Any = None
    error: BaseException | None = None


class _TransactionLost(Exception):
    """SQLite ended the whole transaction by itself (disk full, I/O error), or the work did."""


_LOST = exc.SQLAlchemyError, sqlite3.Error, _TransactionLost


class GroupCommit:
    """The one writer of a file; it alone uses connections of `engine`, which must be given to nobody else.

    Driven by the event loop that work is submitted in. One batch is under way at a time, in the loop's thread or in the
    writer's.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._waiting: deque[_Job] = deque()
        self._hurried: deque[_Job] = deque()
        self._along: deque[_Job] = deque()
        self._resting: asyncio.AbstractEventLoop | None = None  # while what goes along may still wait
        self._rested = False  # it has waited long enough
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._context = contextvars.copy_context()
        self._connection: sa.Connection | None = None
        self._flushes = self._patient = True  # as a new connection is set
        self._flush_s = 1.0  # how long a flush takes: the shortest lately, for others may be waited for in it
        self._loop: asyncio.AbstractEventLoop | None = None  # while a batch is under way, or about to be
        self._closed = False
        self._drained: asyncio.Future[None] | None = None  # awaited by who closes the store
        self._log_left = False  # copies of what was deleted for good may be in the log

    def submit(
        self, work: Work, *, durable: bool = True, brief: bool = False, along: bool = False
    ) -> asyncio.Future[Any]:
        """Queue a piece of work; one whose future is cancelled before its turn comes is never run."""
        loop = asyncio.get_running_loop()
        if self._closed:
            raise StoreUnavailable("the store is closed")
        caller: asyncio.Future[Any] = loop.create_future()
        queue = self._along if along else self._waiting if durable else self._hurried
        queue.append(_Job(work, caller, durable and not along, brief or along))
        if self._loop is None or self._loop.is_closed():
            self._next(loop)
        return caller

    async def drain(self) -> None:
        """Take nothing more, and return when what was queued before is written."""
        self._closed, loop = True, asyncio.get_running_loop()
        if self._along and self._loop is None:
            self._next(loop)
        if self._loop is loop:
            self._drained = loop.create_future()
            await self._drained

    def close(self) -> None:
        """End the thread and let go of the file; what is still queued isn't written. Blocks."""
        self._closed = True
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._drop()

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the loop write what waits in its next pass: by then there may be more."""
        self._loop = loop
        loop.call_soon(self._pass, loop, context=self._context)

    def _pass(self, loop: asyncio.AbstractEventLoop) -> None:
        """Write what waits: in the loop's thread if it is brief, else in the writer's."""
        if not (jobs := self._taken()):
            self._loop = None
            if self._along:
                self._rest(loop)
            elif self._drained is not None:
                if not self._drained.done():
                    self._drained.set_result(None)
            elif self._log_left:
                loop.call_later(EMPTIED_AGAIN_S, self._empty_again, loop)
        elif jobs[0].brief:
            self._briefly(loop, jobs)
        else:
            self._hand_over(loop, lambda: self._together(jobs))

    def _taken(self) -> list[_Job]:
        """Take the next batch: one kind of work as it came, hurried first; with brief work goes what goes along."""
        jobs = list[_Job]()
        while queue := self._hurried or self._waiting:
            if jobs and (queue[0].brief, queue[0].durable) != (jobs[0].brief, jobs[0].durable):
                break
            if not (job := queue.popleft()).caller.cancelled():
                jobs.append(job)
            if len(jobs) == (_BRIEF_BATCH if job.brief else _BATCH):
                break
        if self._along and (jobs[0].brief if jobs else self._goes_alone()):
            jobs = [*(job for job in self._along if not job.caller.cancelled()), *jobs]
            self._along.clear()
            self._rested = False
        return jobs

    def _goes_alone(self) -> bool:
        return self._rested or self._closed or len(self._along) >= _MOST_ALONG

    def _rest(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have what goes along wait for other work."""
        if self._resting is not loop:
            self._resting = loop
            loop.call_later(ALONE_AFTER_S, self._end_rest, loop)

    def _end_rest(self, loop: asyncio.AbstractEventLoop) -> None:
        self._resting, self._rested = None, bool(self._along)
        if self._rested and self._loop is None:
            self._next(loop)

    def _briefly(self, loop: asyncio.AbstractEventLoop, jobs: list[_Job]) -> None:
        """Run the jobs here and now. The thread gets a slow flush, and all that went wrong or would have to wait."""
        try:
            self._begin(durable=jobs[-1].durable, patient=False)
        except _LOST:
            self._drop()
            self._hand_over(loop, lambda: self._together(jobs))
            return
        try:
            ends = self._straight(jobs)
            if jobs[-1].durable and self._flush_s > _QUICK_FLUSH_S:
                self._hand_over(loop, lambda: self._guarded(jobs, lambda: self._commit(ends)))
                return
            self._commit(ends)
        except _LOST:
            self._drop()
            self._hand_over(loop, lambda: self._each_alone(jobs))
        except BaseException as error:  # the loop must outlive whatever one batch brings
            self._tell(loop, self._failed(jobs, error))
        else:
            self._tell(loop, ends)

    def _straight(self, jobs: list[_Job]) -> list[_End]:
        """Run the jobs in the transaction itself; if one raises, undo all and run each in a savepoint of its own.

        SQLite copies each page that a savepoint changes, and most batches have nothing to undo.
        """
        connection, ends = self._begun, list[_End]()
        driver = _driver(connection)
        try:
            for job in jobs:
                ends.append(_End(job, job.work(connection)))
                if not driver.in_transaction:
                    raise _TransactionLost
        except BaseException as error:
            if not driver.in_transaction:
                raise _TransactionLost from error
            connection.rollback()
            connection.begin()
            alone = len(jobs) == 1
            return [_End(jobs[0], error=_as_told(error))] if alone else [_attempt(connection, job) for job in jobs]
        return ends

    def _hand_over(self, loop: asyncio.AbstractEventLoop, write: Callable[[], list[_End]]) -> None:
        """Let the thread write; the loop goes on with the next batch when that has ended."""

        def run() -> None:
            ends = self._context.copy().run(write)
            try:
                if self._log_left:
                    loop.call_soon_threadsafe(_end, ends)
                    self._empty_log()
                    ends = []
                loop.call_soon_threadsafe(self._tell, loop, ends)
            except RuntimeError:
                _log.warning("callers_gone", count=len(ends))  # their event loop is closed

        self._thread.submit(run)

    def _tell(self, loop: asyncio.AbstractEventLoop, ends: list[_End]) -> None:
        """Tell the callers, and go on behind what they do with it."""
        _end(ends)
        if self._log_left and ends:
            self._hand_over(loop, list[_End])
        else:
            self._next(loop)

    def _empty_again(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is None and self._log_left and not self._closed:
            self._loop = loop
            self._hand_over(loop, list[_End])

    def _empty_log(self) -> None:
        """Leave no copy of what was deleted; callers have been told before, so that they don't wait for it."""
        try:
            self._log_left = not sqlite_files.empty_log(_driver(self._connected()))
            self._patient = True
        except _LOST as error:
            _log.warning("log_not_emptied", error=type(error).__name__)

    def _together(self, jobs: list[_Job]) -> list[_End]:
        """Run the jobs in one transaction, or each in its own where that can't be committed."""
        try:
            self._begin(durable=jobs[-1].durable, patient=True)
        except _LOST as error:
            self._drop()
            _log.error("store_locked_or_away", alarm=True, error=sqlite_files.cause(error))
            return _refused(jobs, error)
        return self._guarded(jobs, lambda: self._commit([_attempt(self._begun, job) for job in jobs]))

    def _guarded(self, jobs: list[_Job], write: Callable[[], list[_End]]) -> list[_End]:
        try:
            return write()
        except _LOST as error:
            self._drop()
            if len(jobs) > 1:
                _log.warning("batch_commit_failed", size=len(jobs), error=type(error).__name__)
                return self._each_alone(jobs)
            _log.error("commit_failed", alarm=True, error=sqlite_files.cause(error.__cause__ or error))
            return _refused(jobs, error)
        except BaseException as error:  # the thread must outlive whatever one batch brings
            return self._failed(jobs, error)

    def _each_alone(self, jobs: list[_Job]) -> list[_End]:
        return [end for job in jobs for end in self._together([job])]

    def _failed(self, jobs: list[_Job], error: BaseException) -> list[_End]:
        _log.error("store_writer_failed", alarm=True, error=type(error).__name__)
        self._drop()
        return _refused(jobs, error)

    def _commit(self, ends: list[_End]) -> list[_End]:
        began = time.perf_counter()
        commit_point("before", (end.job.work for end in ends))
        self._begun.commit()
        self._log_left |= sqlite_files.marked_for_purge(self._begun)
        commit_point("after", (end.job.work for end in ends))
        if self._flushes:
            self._flush_s = min(time.perf_counter() - began, self._flush_s * 1.1)
        return ends

    @property
    def _begun(self) -> sa.Connection:
        if self._connection is None:
            raise _TransactionLost
        return self._connection

    def _connected(self) -> sa.Connection:
        self._connection = self._connection or self._engine.connect()
        return self._connection

    def _begin(self, *, durable: bool, patient: bool) -> None:
        """Begin a transaction that is flushed or not, waiting for another program's or not. Raises what `_LOST` has."""
        driver = _driver(connection := self._connected())
        if self._flushes != durable:
            sqlite_files.flush_commits(driver, flush=durable)
            self._flushes = durable
        if self._patient != patient:
            sqlite_files.wait_for_others(driver, wait=patient)
            self._patient = patient
        connection.begin()

    def _drop(self) -> None:
        """Throw the connection away, and with it whatever transaction it is in."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
            self._flushes = self._patient = True


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
    if not sqlite_files.is_away(error):
        return error
    return _unavailable("the database file can't be written", error)


def _unavailable(words: str, error: BaseException) -> StoreUnavailable:
    unavailable = StoreUnavailable(f"{words}: {sqlite_files.cause(error.__cause__ or error)}")
    unavailable.__cause__ = error
    return unavailable


def _refused(jobs: Iterable[_Job], error: BaseException) -> list[_End]:
    return [_End(job, error=_unavailable("nothing could be committed", error)) for job in jobs]


def _end(ends: Iterable[_End]) -> None:
    for end in ends:
        caller = end.job.caller
        if caller.done():  # cancelled meanwhile
            continue
        if end.error is not None:
            caller.set_exception(end.error)
        else:
            caller.set_result(end.value)
