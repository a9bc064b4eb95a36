"""News of conversations, told to whoever watches them in this process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class _Watch:
    def __init__(self) -> None:
        self._news = asyncio.Event()

    def tell(self) -> None:
        self._news.set()

    async def changed(self) -> None:
        """Returns at the first news since the watch began or since the last call."""
        await self._news.wait()
        self._news.clear()


class Watchers:
    """Who watches which conversation."""

    def __init__(self) -> None:
        self._watches: defaultdict[str, set[_Watch]] = defaultdict(set)

    def __len__(self) -> int:
        """How many are watched."""
        return len(self._watches)

    def tell(self, conversation_id: str) -> None:
        """Something was committed."""
        for watch in self._watches.get(conversation_id, ()):
            watch.tell()

    def tell_all(self) -> None:
        """Something may have been committed anywhere."""
        for conversation_id in list(self._watches):
            self.tell(conversation_id)

    @asynccontextmanager
    async def watch(self, conversation_id: str) -> AsyncGenerator[_Watch]:
        """A watch that misses nothing told while it is open."""
        watch = _Watch()
        self._watches[conversation_id].add(watch)
        try:
            yield watch
        finally:
            self._watches[conversation_id].discard(watch)
            if not self._watches[conversation_id]:
                del self._watches[conversation_id]
