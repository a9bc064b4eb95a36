"""Conversations' queues within this process: turns of one conversation run one at a time, in the order they came."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from msgspec import Struct, field


class _Line(Struct):
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    standing: int = 0  # all that wait or run
    words: deque[str] = field(default_factory=deque[str])  # keys of the customer's messages that wait, in their order


class QueuePlace:
    """A turn's place in its conversation's queue."""

    def __init__(self, line: _Line) -> None:
        self._line = line

    @property
    def behind(self) -> tuple[str, ...]:
        """Keys of the customer's messages that wait already, in their order."""
        return tuple(self._line.words)


class ConversationQueue:
    """asyncio.Lock is fair: whoever waits first goes first. A line exists only while somebody stands in it."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    def __len__(self) -> int:
        """Count the conversations with turns that wait or run."""
        return len(self._lines)

    def is_waited_in(self, conversation_id: str) -> bool:
        """Return whether somebody stands in this conversation's line."""
        return conversation_id in self._lines

    @asynccontextmanager
    async def turn(self, conversation_id: str, *, word: str | None = None) -> AsyncGenerator[QueuePlace]:
        """Wait for this conversation's turn and hold it. `word`: the key, if it is a message of the customer."""
        line = self._lines.setdefault(conversation_id, _Line())
        line.standing += 1
        waiting = word is not None
        if word is not None:
            line.words.append(word)
        try:
            async with line.lock:
                if word is not None:
                    line.words.remove(word)
                    waiting = False
                yield QueuePlace(line)
        finally:
            if waiting and word is not None:  # gave up before its turn came
                line.words.remove(word)
            line.standing -= 1
            if not line.standing:
                self._lines.pop(conversation_id, None)
