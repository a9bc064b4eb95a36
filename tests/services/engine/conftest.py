"""Every test here runs on SQLite and on PostgreSQL."""

from tests.services.databases import empty_url, sqlite_url, store, url

__all__ = ["empty_url", "sqlite_url", "store", "url"]
