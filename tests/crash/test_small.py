"""`make crash` in small, in every run of the tests: `kill -9` again and again under customers, some with an agent."""

from pathlib import Path
from typing import Any

from tests.crash.plan import Plan
from tests.crash.run import run
from tests.crash.table import faults, table

FEW: dict[str, Any] = {
    "kills": 9,
    "late_kills": 2,
    "journeys": 6,
    "telegram": 2,
    "helped": 2,
    "money_back": 2,
    "withdrawn": 2,
    "freezes": 0,
    "lost": 2,
}


async def tried(plan: Plan, folder: Path, url: str | None) -> None:
    """Runs; nothing promised may be broken."""
    result = await run(plan, folder, url)
    print(table(result, str(plan)))
    assert not result.broken, faults(result)
    assert result.helped
    assert sum(strike.kind == "kill" for strike in result.strikes) == plan.kills


async def test_one_process_on_sqlite(tmp_path: Path) -> None:
    await tried(Plan(**FEW), tmp_path, None)


async def test_two_processes_and_the_sandbox_on_postgresql(tmp_path: Path, postgres: str) -> None:
    few: dict[str, Any] = {**FEW, "money_back": 0, "withdrawn": 0, "late_kills": 0}  # the other has a next year
    await tried(Plan("postgresql", replicas=2, sandbox_kills=1, **few), tmp_path, postgres)
