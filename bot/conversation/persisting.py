"""Notes of what was done outside: made as soon as the store takes them, or it would be done again and again."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import sqlalchemy as sa

from services.store.database import Store
from services.store.errors import StoreUnavailable

T = TypeVar("T")
PAUSES_S = (0.1, 0.3, 1.0, 3.0)


async def keep(store: Store, mark: Callable[[sa.Connection], T], sleep: Callable[[float], Awaitable[None]]) -> T:
    """Writes it, however often it takes."""
    tried = 0
    while True:
        try:
            return await store.write(mark)
        except StoreUnavailable:
            await sleep(PAUSES_S[min(tried, len(PAUSES_S) - 1)])
            tried += 1
