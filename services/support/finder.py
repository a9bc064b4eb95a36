"""Search for the console: brings the lines up first, then looks."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.store.database import Store
from services.store.keyset import KeysetPlace
from services.support import conversations_of, search
from services.support.conversations_of import Theirs
from services.support.search import SearchPage

MOST_BATCHES = 20
"""So many are made before a search: 10,000 lines, less than a second. Housekeeping makes the rest of a big backlog."""


@dataclass(frozen=True)
class Finder:
    """Over one desk's store."""

    store: Store

    async def words(
        self, text: str, *, before: int | None = None, most: int = 30, within: str | None = None
    ) -> SearchPage:
        """Lines with these words or this number, the newest first (`search.find`). Raises StoreUnavailable."""
        for _ in range(MOST_BATCHES):
            if await self.store.write(search.catch_up) < search.MOST:
                break
        return await self.store.read(lambda c: search.find(c, text, before=before, most=most, within=within))

    async def people(self, text: str, *, before: KeysetPlace | None = None, most: int = 30) -> Sequence[Theirs]:
        """Conversations of whom this e-mail, phone, tax, order or customer number means. Raises StoreUnavailable."""
        return await self.store.read(lambda c: conversations_of.find(c, text, before=before, most=most))
