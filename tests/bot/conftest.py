"""The databases, for what behaves differently where several processes share one."""

from tests.services.databases import (
    postgres_pair,
    postgres_template,
    postgres_url,
    sqlite_template,
    sqlite_url,
    store,
    url,
)

__all__ = ["postgres_pair", "postgres_template", "postgres_url", "sqlite_template", "sqlite_url", "store", "url"]
