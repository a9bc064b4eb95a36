"""Transactions shared by brief work: what comes while one is under way goes in the next, all of it together.

For small marks that need no transaction of their own and no order among themselves, on a server where each transaction
is a round trip and a flush.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from services.store.errors import StoreUnavailable

Work = Callable[[sa.Connection], Any]
Run = Callable[[Sequence[Work]], Awaitable[list[Any]]]
"""Runs the works in one transaction and returns their values after its commit; if one raises, nothing of them stays."""


class _Waiting(Struct):
    work: Work
    outcome: asyncio.Future[Any]


class SharedTransactions:
    """One at a time. Of works that shared one that failed, each runs again by itself."""

    def __init__(self, run: Run, most: int) -> None:
        self._run, self._most = run, most
        self._lock = asyncio.Lock()
        self._waiting: list[_Waiting] = []

    async def do(self, work: Work) -> Any:
        """Run the work with all that waits; return its value after the commit. Raises what it raises alone."""
        mine = _Waiting(work, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        try:
            async with self._lock:
                while not mine.outcome.done():
                    await self._together(self._taken())
            return await mine.outcome
        except asyncio.CancelledError:
            mine.outcome.cancel()
            raise

    def _taken(self) -> list[_Waiting]:
        batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        return [one for one in batch if not one.outcome.cancelled()]

    async def _together(self, batch: list[_Waiting]) -> None:
        try:
            values = await self._run([one.work for one in batch])
        except asyncio.CancelledError:
            self._waiting[:0] = batch  # whoever of them gets the lock next runs what is left
            raise
        except Exception as error:
            if len(batch) == 1 or isinstance(error, StoreUnavailable):
                for one in batch:
                    _refuse(one, error)
                return
            for one in batch:
                await self._together([one])
        else:
            for one, value in zip(batch, values, strict=True):
                if not one.outcome.done():
                    one.outcome.set_result(value)


def _refuse(one: _Waiting, error: Exception) -> None:
    if not one.outcome.done():
        one.outcome.set_exception(error)
