"""Conversations' queues within this process: turns of one conversation run one at a time, in the order they came."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class _Line:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0  # all that wait or run
    words: int = 0  # customers' messages that wait


class Place:
    """A turn's place in its conversation's queue."""

    def __init__(self, line: _Line) -> None:
        self._line = line

    @property
    def more_words(self) -> bool:
        """True if more of the customer's messages wait already: only the last one's question is asked."""
        return self._line.words > 0


class Lines:
    """asyncio.Lock is fair: whoever waits first goes first. A line exists only while somebody stands in it."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def turn(self, conversation_id: str, *, words: bool = False) -> AsyncGenerator[Place]:
        """Waits for this conversation's turn and holds it. `words`: it is a message of the customer."""
        line = self._lines.setdefault(conversation_id, _Line())
        line.waiting += 1
        line.words += words
        arrived = False
        try:
            async with line.lock:
                line.words -= words
                arrived = True
                yield Place(line)
        finally:
            line.words -= words and not arrived
            line.waiting -= 1
            if not line.waiting:
                self._lines.pop(conversation_id, None)
