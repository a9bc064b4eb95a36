"""Both databases, each test in a transaction that is rolled back."""

from tests.services.domain.conftest import connection, postgres_engine, sqlite_engine

__all__ = ["connection", "postgres_engine", "sqlite_engine"]
