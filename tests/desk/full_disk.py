"""A disk that is full, by SQLite's own limit: a database of so many pages answers "database or disk is full"."""

from typing import Any

import sqlalchemy as sa

from tests.desk.running import Running

ENOUGH = 1_000_000


class Disk:
    """The disk under a desk's database; it fills up and is cleared for every connection of the writer."""

    def __init__(self, desk: Running) -> None:
        self._store = desk.installation.store
        self._most = ENOUGH
        sa.event.listen(self._store._write_engine, "connect", self._limit)  # type: ignore[attr-defined]

    async def fill(self) -> None:
        """Room for two more pages."""
        await self._set(await self._store.read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one()) + 2)

    async def clear(self) -> None:
        """Room again."""
        await self._set(ENOUGH)

    async def _set(self, most: int) -> None:
        self._most = most
        await self._store.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {most}").fetchall())

    def _limit(self, connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {self._most}").fetchall()
