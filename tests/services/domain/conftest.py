"""Most tests of the domain run on both databases and are rolled back; races get a database of their own."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from services.store.tables.base import canonical
from services.store.tables.schema import metadata


@pytest.fixture
def racing(postgres: str) -> Iterator[sa.Engine]:
    """A PostgreSQL for transactions that really run at once; a lock that is never given ends the test."""
    engine = sa.create_engine(
        postgres, json_serializer=canonical, connect_args={"options": "-c lock_timeout=10s"}, pool_size=16
    )
    metadata.create_all(engine)
    yield engine
    engine.dispose()
