"""No number is given again after a restore: a copy leaves a gap in each series, once, and no other start does."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.orders import numbers
from services.store import installation_rows
from services.store.database import open_store
from services.store.restored import OBJECTS, skip_in_restored_database

SERIES = "FS/2026"


async def give(url: str, series: str = SERIES) -> str:
    """The next number of a desk that is started and stopped."""
    store = open_store(url)
    try:
        await store.write(skip_in_restored_database)
        return await store.write(lambda c: numbers.next_number(c, series))
    finally:
        await store.close()


def back_up(path: Path, copy: Path) -> None:
    """As docs/how-to/operate.md has it."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
        source.execute("VACUUM INTO ?", (str(copy),))


def put_back(place: Callable[[Path, Path], object], copy: Path, path: Path) -> None:
    place(copy, path)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


@pytest.mark.parametrize("place", [shutil.move, shutil.copy], ids=["moved there", "written over it"])
async def test_a_number_given_since_the_back_up_is_not_given_again(
    sqlite_url: str, tmp_path: Path, place: Callable[[Path, Path], object]
) -> None:
    path, copy = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "backup.sqlite"
    assert await give(sqlite_url) == "FS/2026/000001"
    back_up(path, copy)
    assert await give(sqlite_url) == "FS/2026/000002"
    put_back(place, copy, path)
    assert await give(sqlite_url) == "FS/2026/002001"
    assert await give(sqlite_url) == "FS/2026/002002", "a gap is left once"


@pytest.mark.parametrize(
    ("given", "follows"), [(1, 2001), (999, 3001), (1000, 3001), (40_000, 46_001), (999_999, 1_101_001)]
)
async def test_the_gap_grows_with_the_series(sqlite_url: str, tmp_path: Path, given: int, follows: int) -> None:
    path, copy = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "backup.sqlite"
    await give(sqlite_url)
    back_up(path, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as made:
        made.execute("UPDATE counter SET value = ?", (given,))
    put_back(shutil.move, copy, path)
    number = await give(sqlite_url)
    assert int(number.rpartition("/")[2]) == follows > given * 1.1 + 1000


async def test_the_year_that_began_since_has_its_gap_too(sqlite_url: str, tmp_path: Path) -> None:
    path, copy = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "backup.sqlite"
    with closing(sqlite3.connect(path)) as made:
        year = int(made.execute("SELECT strftime('%Y', 'now')").fetchone()[0])
    await give(sqlite_url, f"FS/{year - 1}")
    back_up(path, copy)
    await give(sqlite_url, f"FS/{year}")
    put_back(shutil.move, copy, path)
    assert await give(sqlite_url, f"FS/{year}") == f"FS/{year}/002001"


async def test_on_postgresql_another_database_is_a_restored_one(postgres_url: str) -> None:
    assert [await give(postgres_url) for _ in range(2)] == ["FS/2026/000001", "FS/2026/000002"]

    def elsewhere(connection: sa.Connection) -> None:
        installation_rows.replace_value(connection, OBJECTS, "1/2")  # as a dump of another database has it

    store = open_store(postgres_url)
    await store.write(elsewhere)
    await store.close()
    assert [await give(postgres_url) for _ in range(2)] == ["FS/2026/002001", "FS/2026/002002"]
