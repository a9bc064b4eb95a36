"""Books in memory, for commands and the desk's own steps."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from services.store.tables.base import canonical
from services.store.tables.schema import metadata


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://", json_serializer=canonical)
    metadata.create_all(engine)
    with engine.begin() as one:
        yield one
    engine.dispose()
