"""Watch over a store's commits: they don't hold from a write that failed until one is tried that does."""

import asyncio
import secrets
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar

from services import tasks
from services.store import installation_rows
from services.store.errors import StoreReadOnly, StoreUnavailable

T = TypeVar("T")

TRIED = "commit tried"
TRIED_BYTES = 64 * 1024
"""As much as a large turn writes: on a full disk a few bytes find room for longer."""
PATIENCE_S = 1.0


class WatchedCommits:
    """A store that knows whether its commits hold."""

    read_only = False
    """Whether the last write that failed was refused by a server that answers."""
    _hold = True
    _trying: asyncio.Task[None] | None = None

    async def commits_hold(self) -> bool:
        """Return whether the last write was committed; after one that wasn't another is tried, for a second at most."""
        if not self._hold:
            if self._trying is None or self._trying.done():
                self._trying = tasks.spawn("commit-tried", self._try())
            await asyncio.wait([self._trying], timeout=PATIENCE_S)
        return self._hold

    async def _watched(self, writing: Awaitable[T]) -> T:
        try:
            return await writing
        except StoreUnavailable as error:
            self._hold, self.read_only = False, isinstance(error, StoreReadOnly)
            raise

    async def _try(self) -> None:
        store: Any = self
        filler = secrets.token_hex(TRIED_BYTES // 2)
        with suppress(StoreUnavailable):
            await store.write(lambda c: installation_rows.replace_value(c, TRIED, filler))
            await store.write(lambda c: installation_rows.drop(c, TRIED))
            self._hold, self.read_only = True, False
