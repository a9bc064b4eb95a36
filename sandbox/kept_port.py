"""A port that stays the same over restarts: desks are told it when they start, and go on using it."""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sandbox.clock import Sleep
from sandbox.database import Database

T = TypeVar("T")
ROUNDS = 30
PAUSE_S = 0.1
"""Whoever had the port before us may just be ending: three seconds in all."""


class KeptPort:
    """The port last used for `what`, kept in the ledger; a reset doesn't clear it."""

    def __init__(self, database: Database, what: str, sleep: Sleep = asyncio.sleep) -> None:
        self._database = database
        self._name = f"port:{what}"
        self._sleep = sleep

    def keep(self, port: int) -> None:
        """Remember this port for the next start."""
        self._database.set_value(self._name, str(port))

    async def bound(self, bind: Callable[[int], Awaitable[T]]) -> T:
        """Return what `bind` makes of the port last used.

        Of a free one (0) if another program has taken it meanwhile.
        """
        kept = int(self._database.value(self._name) or 0)
        for _ in range(ROUNDS if kept else 0):
            try:
                return await bind(kept)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    break
            await self._sleep(PAUSE_S)
        return await bind(0)
