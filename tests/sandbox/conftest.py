"""The room that the sandbox's tests work in."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from sandbox.app import assemble
from sandbox.clock import MovableClock
from sandbox.ledger import Ledger
from sandbox.people import load_people
from tests.sandbox.room import URL, Desk, Room, noon


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    ledger = Ledger(tmp_path / "sandbox.sqlite3", salt="test")
    clock, desk, slept = MovableClock(noon, ledger), Desk(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    outward = httpx.AsyncClient(transport=httpx.ASGITransport(app=desk))
    sandbox = assemble(ledger, load_people(), public_url=URL, clock=clock, sleep=sleep, http_client=outward)
    inward = httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox.app), base_url=URL)
    async with outward, inward:
        yield Room(sandbox, ledger, clock, desk, inward, slept)
    ledger.close()
