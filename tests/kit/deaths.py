"""A desk that breaks off at a point of its work, once."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from services.crash import watch_crash_points
from tests.desk.mortal import Died

#: Where it dies around a letter, and how many letters may have been sent in the end.
around_a_letter = pytest.mark.parametrize(
    ("point", "most"), [("before sending a letter", 1), ("after sending a letter", 2)]
)


@contextmanager
def dying_once() -> Generator[list[str]]:
    """Give the list of points at which the desk dies when it comes there; each is struck out then."""
    deadly: list[str] = []

    def reach(point: str) -> None:
        if point in deadly:
            deadly.remove(point)
            raise Died(point)

    with watch_crash_points(reach):
        yield deadly
