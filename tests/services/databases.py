"""The two databases that every query must run on: fixtures for tests of what is stored.

The schema is made once per test process and copied for each test, which takes a tenth of the time.
"""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from services.store import account_revisions, conversations, queue_schema
from services.store.database import Store, open_store
from services.store.tables.schema import metadata

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a schema."""
    return f"sqlite:///{tmp_path}/desk.db" if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a database with the schema and no rows."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "desk.db"
    _create(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite file with the schema, for what only SQLite does."""
    shutil.copy(sqlite_template, tmp_path / "desk.db")
    return f"sqlite:///{tmp_path}/desk.db"


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a PostgreSQL database with the schema, to be copied."""
    with _database(postgres_server, "template1") as name:
        _create(_url(postgres_server, name))
        yield name


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database with the schema, for what only PostgreSQL does."""
    with _database(postgres_server, postgres_template) as name:
        yield _url(postgres_server, name)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An open store."""
    opened = open_store(url)
    yield opened
    await opened.close()


@pytest.fixture
async def postgres_pair(postgres_url: str) -> AsyncIterator[tuple[Store, Store]]:
    """Two processes' stores on one PostgreSQL database with the schema."""
    pair = open_store(postgres_url), open_store(postgres_url)
    yield pair
    for one in pair:
        await one.close()


async def a_conversation(store: Store, id: str = "c1") -> conversations.StoredConversation:
    """A conversation for rows that need one."""
    return await store.write(lambda c: conversations.open_talk(c, "rest", f"address-of-{id}", "pl", NOW, id))


def _create(url: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    create_schema(engine)
    with engine.begin() as connection:
        queue_schema.install(connection)
    engine.dispose()


def create_schema(engine: sa.Engine) -> None:
    """Make the tables and their triggers."""
    with engine.begin() as connection:
        metadata.create_all(connection)
        account_revisions.create_triggers(connection)


def _url(server: str, database: str) -> str:
    return sa.make_url(server).set(drivername="postgresql+psycopg", database=database).render_as_string(False)


@contextmanager
def _database(server: str, template: str) -> Iterator[str]:
    name = f"t_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield name
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
