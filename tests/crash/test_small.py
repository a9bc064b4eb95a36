"""`make crash` in small, in every run of the tests: `kill -9` again and again under a few customers."""

from pathlib import Path

import pytest

from tests.crash.plan import Plan
from tests.crash.run import run
from tests.crash.table import faults, table

pytestmark = pytest.mark.anyio

KILLS = 7


async def tried(plan: Plan, folder: Path, url: str | None) -> None:
    """Runs; nothing promised may be broken."""
    result = await run(plan, folder, url)
    print(table(result, str(plan)))
    assert not result.broken, faults(result)
    assert sum(strike.kind == "kill" for strike in result.strikes) == plan.kills


async def test_one_process_on_sqlite(tmp_path: Path) -> None:
    await tried(Plan(kills=KILLS, journeys=6, telegram=2, freezes=0, lost=2), tmp_path, None)


async def test_two_processes_and_the_sandbox_on_postgresql(tmp_path: Path, postgres: str) -> None:
    plan = Plan("postgresql", kills=KILLS, journeys=6, telegram=2, replicas=2, freezes=0, sandbox_kills=1, lost=2)
    await tried(plan, tmp_path, postgres)
