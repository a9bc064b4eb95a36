"""Connections to PostgreSQL that send statements together: a round trip costs more than most statements do.

A statement waits until an answer is needed, or for the commit; then all that wait are sent at once, in libpq's pipeline
mode. The server stops at the first that fails, and the error is raised where the answers are read.

While the server is at work the thread waits, or the event loop goes on: then the work is a greenlet, which is left at
each pause and entered again when the answers have come.
"""

import asyncio
import contextvars
import os
from collections.abc import Callable, Sequence
from select import POLLIN, POLLOUT, poll
from typing import Any, TypeVar

import psycopg
from greenlet import greenlet
from psycopg import errors, pq
from psycopg.abc import PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import tuple_row

T = TypeVar("T")
_READ, _WRITE = 1, 2  # the driver's own numbers
_DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.PIPELINE_SYNC)


class TripAnswer:
    """The answer to a statement; reading it sends the statement, with all that wait, unless that has been done."""

    __slots__ = ("_connection", "_count", "_rows", "sql", "values")

    def __init__(self, connection: "TripConnection", sql: str, values: Sequence[Any]) -> None:
        self._connection, self.sql, self.values = connection, sql, values
        self._rows: list[tuple[Any, ...]] | None = None
        self._count = 0

    @property
    def rowcount(self) -> int:
        """Return how many rows the statement changed."""
        self.fetchall()
        return self._count

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows."""
        if self._rows is None:
            self._connection.flush()
        if self._rows is None:
            raise psycopg.InterfaceError("the statement was dropped with its transaction")
        return self._rows

    def came(self, count: int, rows: list[tuple[Any, ...]]) -> None:
        """Take the server's answer."""
        self._count, self._rows = count, rows


class TripConnection(psycopg.Connection[Any]):
    """A connection for one piece of work at a time. Its cursors find everything done that was asked before.

    To the driver it is in autocommit: a transaction begins with the statement that says so.
    """

    def __init__(self, pgconn: PGconn, row_factory: Any = tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self._waiting: list[TripAnswer] = []
        self._names: dict[str, bytes] = {}
        self._adapted: Any = None
        self._runner: greenlet | None = None
        self._go_on: Callable[[], None] | None = None
        # A descriptor of our own to be watched: libpq closes its own when the server has gone.
        self._watched = os.dup(pgconn.socket)
        self._watching: asyncio.AbstractEventLoop | None = None

    def ask(self, sql: str, values: Sequence[Any] = ()) -> TripAnswer:
        """Queue a statement with `$1`, `$2` and so on for its values; it is prepared when it is first sent."""
        if self._adapted is None:
            self._adapted = Transformer(self)  # not before its adapters are known
        dumped = self._adapted.dump_sequence(values, [PyFormat.TEXT] * len(values)) if values else ()
        answer = TripAnswer(self, sql, dumped)
        self._waiting.append(answer)
        return answer

    def flush(self) -> None:
        """Send what waits and read the answers. Errors: the driver's, of the first statement that failed."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        self.pgconn.enter_pipeline_mode()
        sent = self._send(waiting)
        for (answer, name), result in zip(sent, self._results(len(sent)), strict=False):
            if result.status not in _DONE:
                raise errors.error_from_result(result, encoding=self.info.encoding)
            if name is not None:
                self._names[answer.sql] = name
            else:
                answer.came(result.command_tuples or 0, self._rows(result) if result.ntuples else [])

    def run_in_loop(self, work: Callable[[], T], ended: Callable[[], None]) -> asyncio.Future[T]:
        """Run work on this connection in the event loop's own thread; `ended` is called before its outcome is known.

        The loop is spoken to on its own stack only: what libuv keeps there is elsewhere while the work runs.
        """
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[T] = loop.create_future()

        def run() -> None:
            nonlocal value, error
            try:
                value = work()
            except BaseException as raised:
                error = raised

        def go_on() -> None:
            state = runner.switch()
            if not runner.dead:
                self._watch(loop, state)
                return
            self._runner = self._go_on = None
            ended()
            if outcome.cancelled():
                return
            if error is not None:
                outcome.set_exception(error)
            else:
                outcome.set_result(value)

        value: Any = None
        error: BaseException | None = None
        runner = self._runner = greenlet(run)
        runner.gr_context = contextvars.copy_context()
        self._go_on = go_on
        go_on()
        return outcome

    def wait(self, gen: PQGen[T], interval: float = 0.0, timeout: float | None = None) -> T:
        """Run the driver's own steps, pausing between them."""
        if self._runner is None:
            return super().wait(gen, timeout=timeout)
        try:
            state = next(gen)
            while True:
                self._pause(int(state))
                state = gen.send(state)  # a ready socket's number is that of the wait for it
        except StopIteration as end:
            return end.value

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """Return a cursor of the driver's own."""
        self.flush()
        return super().cursor(*args, **kwargs)

    def commit(self) -> None:
        """Commit, in one trip with what waits."""
        self._end("COMMIT")

    def rollback(self) -> None:
        """Roll back; what waits is never sent. The driver would forget all prepared statements, ours as well."""
        self._waiting.clear()
        self._end("ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        super().close()
        watched, self._watched = self._watched, -1
        loop, self._watching = self._watching, None
        if watched >= 0 and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(_forget, loop, watched)
        elif watched >= 0:
            os.close(watched)

    def _end(self, sql: str) -> None:
        if self._waiting or self.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            self.ask(sql)
            self.flush()

    def _send(self, waiting: Sequence[TripAnswer]) -> list[tuple[TripAnswer, bytes | None]]:
        """Send the statements; return for each result to come whose it is, with the name if one is prepared by it."""
        sent, names = list[tuple[TripAnswer, bytes | None]](), dict[str, bytes]()
        for answer in waiting:
            if (name := self._names.get(answer.sql) or names.get(answer.sql)) is None:
                name = names[answer.sql] = b"trip%d" % (len(self._names) + len(names))
                self.pgconn.send_prepare(name, answer.sql.encode())
                sent.append((answer, name))
            self.pgconn.send_query_prepared(name, answer.values)
            sent.append((answer, None))
        self.pgconn.pipeline_sync()
        return sent

    def _results(self, count: int) -> list[PGresult]:
        """Read so many results and leave the pipeline. If the connection breaks: those before, if one is an error."""
        results, pgconn = list[PGresult](), self.pgconn
        try:
            while pgconn.flush():
                self._pause(_READ | _WRITE)
                pgconn.consume_input()
            while len(results) <= count:  # that of the whole pipeline is the last
                while pgconn.is_busy():
                    self._pause(_READ)
                    pgconn.consume_input()
                if (result := pgconn.get_result()) is not None:
                    results.append(result)
                elif pgconn.status != pq.ConnStatus.OK:
                    break
            pgconn.exit_pipeline_mode()
        except psycopg.OperationalError:
            if all(result.status in _DONE for result in results):
                raise
        return results

    def _rows(self, result: PGresult) -> list[tuple[Any, ...]]:
        self._adapted.set_pgresult(result)
        return self._adapted.load_rows(0, result.ntuples, tuple)

    def _pause(self, state: int) -> None:
        """Wait until the socket can be read, or be written if `state` says so."""
        if self._runner is not None and (loop := self._runner.parent) is not None:
            loop.switch(state)
            return
        ready = poll()
        ready.register(self.pgconn.socket, (POLLIN if state & _READ else 0) | (POLLOUT if state & _WRITE else 0))
        ready.poll()

    def _watch(self, loop: asyncio.AbstractEventLoop, state: int) -> None:
        if self._watching is not loop:
            loop.add_reader(self._watched, self._readable)
            self._watching = loop
        if state & _WRITE:
            loop.add_writer(self._watched, self._writable)

    def _readable(self) -> None:
        if self._go_on is not None:
            self._go_on()
        elif self._watching is not None:  # a thread is reading, or the server has closed the connection
            self._watching.remove_reader(self._watched)
            self._watching = None

    def _writable(self) -> None:
        if self._watching is not None:
            self._watching.remove_writer(self._watched)
        self._readable()


def _forget(loop: asyncio.AbstractEventLoop, watched: int) -> None:
    loop.remove_reader(watched)
    os.close(watched)
