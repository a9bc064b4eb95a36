"""The databases, for what behaves differently where several processes share one, and a seller's folder."""

from pathlib import Path

import pytest

from tests.kit.starter import sold_by_year
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the template that may be spoilt."""
    return sold_by_year(tmp_path / "mine")
