"""Crash points: named, told to the hook of their own context only, and passed by every commit of every store."""

import ast
import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.crash import Hook, crash_point, watch_crash_points
from services.store.database import Store, open_store

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "dialogs", "nlu", "sandbox", "services", "values")
_count = sa.text("SELECT count(*) FROM lease")


class Ended(BaseException):
    """The process is gone."""


def written(connection: sa.Connection) -> None:
    values = "('a', 'b', '2026-11-20T12:00:00+00:00')"
    connection.exec_driver_sql(f"INSERT INTO lease (name, holder, until) VALUES {values}")


def counted(connection: sa.Connection) -> int:
    return connection.execute(_count).scalar_one()


def ending(at: str) -> Hook:
    def reach(point: str) -> None:
        if point == at:
            raise Ended

    return reach


async def rows(url: str) -> int:
    store = open_store(url)
    try:
        return await store.read(counted)
    finally:
        await store.close()


async def attempted(store: Store) -> BaseException | None:
    try:
        await store.write(written)
    except BaseException as error:
        return error
    finally:
        await store.close()
    return None


async def test_without_a_hook_nothing_happens() -> None:
    crash_point("before anything")


async def test_a_hook_is_of_its_own_context() -> None:
    heard: dict[str, list[str]] = {"one": [], "two": []}
    met = asyncio.Barrier(2)

    async def desk(name: str) -> None:
        with watch_crash_points(heard[name].append):
            await met.wait()
            crash_point(f"of {name}")
            await asyncio.create_task(begun(name))
            await met.wait()

    async def begun(name: str) -> None:
        crash_point(f"of what {name} began")

    await asyncio.gather(desk("one"), desk("two"))
    crash_point("of nobody")
    assert heard == {name: [f"of {name}", f"of what {name} began"] for name in heard}


async def test_every_commit_is_between_two_points(url: str) -> None:
    points: list[str] = []
    with watch_crash_points(points.append):
        store = open_store(url)
    await store.read(counted)
    with watch_crash_points(points.append):
        await store.write(written)
    assert await store.read(counted) == 1
    await store.close()
    assert points == ["before commit of written", "after commit of written"], "a read is none"


async def test_works_that_are_committed_together_are_points_each(sqlite_url: str) -> None:
    points: list[str] = []
    with watch_crash_points(points.append):
        store = open_store(sqlite_url)
    await asyncio.gather(store.write(written), store.write(counted))
    await store.close()
    found = sorted(points)
    assert found == [f"{when} commit of {work}" for when in ("after", "before") for work in ("counted", "written")]


async def test_a_work_without_a_name_of_its_own_is_committed_all_the_same(url: str) -> None:
    points: list[str] = []
    with watch_crash_points(points.append):
        store = open_store(url)
        await store.write(partial(written))
    assert await store.read(counted) == 1
    await store.close()
    assert points == ["before commit of partial", "after commit of partial"]


@pytest.mark.parametrize(("at", "kept"), [("before", 0), ("after", 1)])
async def test_who_ends_at_a_commit_has_or_has_not_committed(url: str, at: str, kept: int) -> None:
    with watch_crash_points(ending(f"{at} commit of written")):
        error = await attempted(open_store(url))
    assert error is not None, "nobody hears that it was committed"
    assert await rows(url) == kept


def commits() -> Iterator[tuple[str, str]]:
    """The functions of the program that commit by hand, with their files."""
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
                if any(isinstance(call, ast.Attribute) and call.attr == "commit" for call in calls):
                    yield str(path.relative_to(ROOT)), function.name


def test_there_are_no_other_commits() -> None:
    found = set(commits())
    assert found == {("services/store/group_commit.py", "_commit"), ("services/store/postgres_store.py", "_transact")}


def test_nobody_but_tests_installs_a_hook() -> None:
    texts = {path: path.read_text() for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    assert not [path for path, text in texts.items() if "CRASH_AT" in text]
    assert not [path for path, text in texts.items() if "import reaching" in text]
