"""Presence of desks at one PostgreSQL database: one desk alone, or several that share the systems outside.

A lock of the server's, held by a connection of its own for as long as the process lives: the server frees it the moment
the process is gone, kill -9 included. A pooler in between must keep sessions (PgBouncer: `pool_mode = session`).
"""

import asyncio
from contextlib import suppress
from functools import partial
from typing import LiteralString

import psycopg
import sqlalchemy as sa
import structlog

from services import tasks
from services.errors import describe
from services.jobs.backoff import cancel
from services.store.errors import StoreError, StoreUnavailable

_log = structlog.get_logger(__name__)

DESKS = int.from_bytes(b"desks")
"""The lock's number; `migrate` and `alone` use others."""

_ALONE: LiteralString = "SELECT pg_try_advisory_lock(%s)"
_BESIDE: LiteralString = "SELECT pg_try_advisory_lock_shared(%s)"
ROUNDS = 15
PAUSE_S = 0.2
"""A desk that is just ending, or was killed a moment ago, is waited for: three seconds in all."""
LONGEST_PAUSE_S = 10.0


class Crowded(StoreError):
    """Another desk works on this database, and the two can't be there together."""


class DatabasePresence:
    """This process' place at the database: `alone`, or beside others that aren't alone either."""

    def __init__(self, url: sa.URL, *, alone: bool) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._alone = alone
        self._connection: psycopg.AsyncConnection | None = None
        self._task: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        """Take the place and keep it. Raises Crowded, StoreUnavailable."""
        try:
            self._connection = await self._connected()
            for _ in range(ROUNDS):
                if await self._taken(self._connection):
                    self._task = tasks.keep("presence", partial(self._keep, self._connection))
                    return
                await asyncio.sleep(PAUSE_S)
        except (psycopg.Error, OSError) as error:
            await self.leave()
            raise StoreUnavailable("the database can't be reached") from error
        await self.leave()
        raise Crowded("another desk works on this database")

    async def leave(self) -> None:
        """Give the place back."""
        await cancel(self._task)
        await self._drop()

    async def _keep(self, connection: psycopg.AsyncConnection) -> None:
        """Watches the connection; when it breaks, another is made and the place taken again."""
        while True:
            try:
                async for _ in connection.notifies():
                    pass  # nothing is listened to: this only ends with the connection
            except (psycopg.Error, OSError) as error:
                _log.warning("presence_lost", **describe(error))
            connection = await self._again()

    async def _again(self) -> psycopg.AsyncConnection:
        pause, told = PAUSE_S, False
        while True:
            await self._drop()
            try:
                self._connection = await self._connected()
                if await self._taken(self._connection):
                    return self._connection
                if not told:  # what it can't do together with the other it does until somebody ends one of them
                    told = True
                    _log.error("presence_taken", alarm=True)
            except (psycopg.Error, OSError) as error:
                _log.warning("presence_not_regained", **describe(error))
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    async def _connected(self) -> psycopg.AsyncConnection:
        # Keep-alives, on both sides: a far end that vanished without a word would else hold its place for hours.
        return await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=3,
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=3,
            application_name="okienko presence",
            options="-c idle_session_timeout=0 -c tcp_keepalives_idle=5"
            " -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3",
        )

    async def _taken(self, connection: psycopg.AsyncConnection) -> bool:
        cursor = await connection.execute(_ALONE if self._alone else _BESIDE, (DESKS,))
        row = await cursor.fetchone()
        return row is not None and bool(row[0])

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                await connection.close()
