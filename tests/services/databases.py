"""The two databases that every query must run on: fixtures for the tests of the store and of the engine."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.store import conversations
from services.store.conversations import Conversation
from services.store.database import Store, open_store
from services.store.migrate import parse_url
from services.store.schema import metadata

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/desk.db"
    return request.getfixturevalue("postgres")


@pytest.fixture
def url(empty_url: str) -> str:
    """The address of a database with the schema and no rows."""
    engine = sa.create_engine(parse_url(empty_url))
    metadata.create_all(engine)
    engine.dispose()
    return empty_url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file with the schema, for what only SQLite does."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/desk.db")
    metadata.create_all(engine)
    engine.dispose()
    return f"sqlite:///{tmp_path}/desk.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An open store."""
    opened = open_store(url)
    yield opened
    await opened.close()


async def a_conversation(store: Store, id: str = "c1") -> Conversation:
    """A conversation for rows that need one."""
    return await store.write(
        lambda connection: conversations.open(connection, "rest", f"address-of-{id}", "pl", NOW, id)
    )
