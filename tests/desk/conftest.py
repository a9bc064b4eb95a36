"""Hundreds of desks begin here: what comes out the same each time is made once."""

from collections.abc import Iterator

import pytest

from tests.desk.quick_starts import Quick, in_place, made_once


@pytest.fixture(scope="session")
def _quick(tmp_path_factory: pytest.TempPathFactory) -> Quick:
    return made_once(tmp_path_factory.mktemp("schema") / "desk.sqlite")


@pytest.fixture(autouse=True)
def _made_once(_quick: Quick) -> Iterator[None]:
    """For this room's tests alone: others look at the very things that are made once here."""
    with in_place(_quick):
        yield
