"""The agents' pages on SQLite: what differs by database is tested below, in services."""

from collections.abc import AsyncIterator

import pytest

from services.store.database import open_store
from tests.bot.handlers.console.house import House


@pytest.fixture
async def house(sqlite_url: str) -> AsyncIterator[House]:
    opened = open_store(sqlite_url)
    yield House(opened)
    await opened.close()


@pytest.fixture
async def strict(sqlite_url: str) -> AsyncIterator[House]:
    """As with the sandbox off: https, and a second factor is obligatory."""
    opened = open_store(sqlite_url)
    yield House(opened, url="https://desk.example", obligatory=True)
    await opened.close()
