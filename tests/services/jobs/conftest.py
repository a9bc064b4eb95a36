"""Every test here runs on SQLite and on PostgreSQL."""

from tests.services.databases import (
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
