"""Hundreds of desks begin here: what comes out the same each time is made once."""

from collections.abc import Iterator

import pytest

from tests.desk.quick_starts import made_once


@pytest.fixture(scope="session", autouse=True)
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with made_once(tmp_path_factory.mktemp("schema") / "desk.sqlite"):
        yield
