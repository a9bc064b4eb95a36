"""Hears what other processes announce (`announce.py`): one connection of its own, made again when it breaks."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import psycopg
import sqlalchemy as sa
import structlog
from psycopg import sql

from services import tasks
from services.errors import describe
from services.jobs.backoff import cancel
from services.store.announce import CHANNELS, Announcement, parse_announcement

_log = structlog.get_logger(__name__)
PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0


class Listener:
    """`heard` is told of each announcement, `gap` when some may have been missed (at each new connection)."""

    def __init__(self, url: sa.URL, heard: Callable[[Announcement], None], gap: Callable[[], None]) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._heard = heard
        self._gap = gap
        self._listening = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins; returns once it listens, or has found that it can't yet (it goes on trying)."""
        self._task = tasks.keep("listener", self._run)
        await self._listening.wait()

    async def stop(self) -> None:
        await cancel(self._task)

    async def _run(self) -> None:
        pause = PAUSE_S
        while True:
            try:
                async with self._connected() as connection:
                    pause = PAUSE_S
                    self._gap()
                    self._listening.set()
                    await self._hear(connection)
            except (psycopg.Error, OSError) as error:
                _log.warning("listener_lost", **describe(error))
                self._listening.set()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[psycopg.AsyncConnection]:
        # Keep-alives: a server that vanished without a word would else be listened to for ever.
        async with await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, connect_timeout=3, keepalives_idle=5, keepalives_interval=2, keepalives_count=3
        ) as connection:
            for channel in CHANNELS:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            yield connection

    async def _hear(self, connection: psycopg.AsyncConnection) -> None:
        async for notice in connection.notifies():
            if (announced := parse_announcement(notice.channel, notice.payload)) is None:
                _log.warning("announcement_unreadable", channel=notice.channel)
                continue
            try:
                self._heard(announced)
            except ValueError as error:  # somebody else's words on our channel
                _log.warning("announcement_unreadable", channel=notice.channel, **describe(error))
