"""Every test here runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from services.store.database import Store, open_store
from services.store.schema import metadata
from tests.services.databases import empty_url, sqlite_url, store, url

__all__ = ["empty_url", "sqlite_url", "store", "url"]


@pytest.fixture
async def postgres_pair(postgres: str) -> AsyncIterator[tuple[Store, Store]]:
    """Two processes' stores on one PostgreSQL database with the schema."""
    engine = sa.create_engine(postgres)
    metadata.create_all(engine)
    engine.dispose()
    pair = open_store(postgres), open_store(postgres)
    yield pair
    for one in pair:
        await one.close()
