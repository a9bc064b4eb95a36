"""The open streams of news to agents' pages, counted and ended together."""

import asyncio
from collections import Counter

from msgspec import Struct, field

_MOST_OF_ONE = 12
_MOST = 500


class DeskStreams(Struct):
    """The open streams of this process, all ended when the desk goes down."""

    open: Counter[str] = field(default_factory=Counter[str])
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def close(self) -> None:
        """End every stream within a moment; the pages connect again by themselves."""
        self.closing.set()

    def full(self, who: str) -> bool:
        """Return whether this session has as many as it may have, or the desk has."""
        return self.open[who] >= _MOST_OF_ONE or self.open.total() >= _MOST or self.closing.is_set()
