"""Desks behind one public address, on each database: one on SQLite, two on one PostgreSQL."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from sandbox import server
from services.clock import SystemClock
from tests.crash.process import free_port
from tests.desk.post_office import PostOffice
from tests.desk.replicas import Replicas, Rotating, Together, replicas
from tests.desk.running import Running, http_client, running_desk

on_each_database = pytest.mark.parametrize("database", ["sqlite", "postgresql"])


def on(database: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The settings of a desk on this database."""
    if database == "sqlite":
        return {}
    url: str = request.getfixturevalue("postgres")
    return {"database_url": url.replace("+psycopg", ""), "secret_key": "k" * 32}


@asynccontextmanager
async def desks_on(
    database: str, request: pytest.FixtureRequest, folder: Path, office: PostOffice, count: int = 2, **settings: Any
) -> AsyncGenerator[Replicas]:
    """The desks, each at its own address, and all of them as one: there each request goes to the next.

    `count` is for PostgreSQL.
    """
    given: dict[str, Any] = {"public_url": office.url, **settings}
    async with AsyncExitStack() as stack:
        if database == "postgresql":
            given |= on(database, request)
            given["sandbox_url"] = await stack.enter_async_context(sandbox_here(folder / "sandbox"))
        numbers = range(count if database == "postgresql" else 1)
        each = [await stack.enter_async_context(_at_its_own(folder / f"desk{n}", given)) for n in numbers]
        http = await stack.enter_async_context(Rotating([desk.url for desk in each]))
        http.base_url = office.url  # what links begin with; the client goes to the desks all the same
        office.desks = each
        yield Replicas(each, Together(each, http))


@asynccontextmanager
async def desk_on(
    database: str, request: pytest.FixtureRequest, folder: Path, **settings: Any
) -> AsyncGenerator[Running]:
    """One desk on SQLite; on PostgreSQL two that take requests in turn. Providers reach them as ever."""
    if database == "postgresql":
        async with replicas(folder, request.getfixturevalue("postgres"), **settings) as desks:
            yield desks.all
    else:
        async with running_desk(folder, **settings) as desk:
            yield desk


@asynccontextmanager
async def _at_its_own(folder: Path, settings: dict[str, Any]) -> AsyncGenerator[Running]:
    port = free_port()
    async with running_desk(folder, port=port, **settings) as desk, http_client(f"http://127.0.0.1:{port}") as http:
        yield Running(desk.installation, http)


@asynccontextmanager
async def sandbox_here(folder: Path) -> AsyncGenerator[str]:
    """The stand-ins alone, on a port of their own in this process; their address."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        server.run(0, folder, real_time=SystemClock().now, on_ready=ready.set_result), name="sandbox"
    )
    await asyncio.wait([ready, serving], return_when=asyncio.FIRST_COMPLETED)
    try:
        yield ready.result()
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(name)
