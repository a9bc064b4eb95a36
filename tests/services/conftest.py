"""What the tests of services share."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
import stamina
from psycopg import sql

from services.store.sqlite_files import prepare, writer
from services.store.tables.base import canonical
from tests.services.databases import (
    create_schema,
    empty_url,
    postgres_pair,
    postgres_template,
    postgres_url,
    sqlite_template,
    sqlite_url,
    store,
    url,
)

__all__ = [
    "empty_url",
    "postgres_pair",
    "postgres_template",
    "postgres_url",
    "sqlite_template",
    "sqlite_url",
    "store",
    "url",
]


@pytest.fixture(autouse=True)
def no_waiting_between_tries() -> Iterator[None]:
    """Quick retries are made, but without their pauses."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A file opened as the desk opens it."""
    path: Path = tmp_path_factory.mktemp("rolled-back") / "desk.db"
    prepare(path)
    engine = writer(path)
    create_schema(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_engine(postgres_server: str) -> Iterator[sa.Engine]:
    """One database for all tests of this process that roll back."""
    name = f"rolled_back_{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = sa.make_url(postgres_server).set(drivername="postgresql+psycopg", database=name)
    engine = sa.create_engine(url, json_serializer=canonical, poolclass=sa.NullPool)
    create_schema(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def connection(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    """An open transaction on an empty database, rolled back at the end."""
    engine: sa.Engine = request.getfixturevalue(f"{request.param}_engine")
    with engine.connect() as opened, opened.begin() as transaction:
        yield opened
        transaction.rollback()
