"""Every call over a border fails in every manner, each once, in the course of some journeys: the same end, no doubles.

A call is what is done (a write, a read, a request, a letter) and what its customer was about. Each fails once a
journey, in the next manner; so journeys follow each other until one is undisturbed.
"""

from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.desk.faulty import Trouble, failing_borders
from tests.desk.mortal import free_port
from tests.desk.quick_starts import quick_starts
from tests.desk.running import running_desk
from tests.desk.stubborn import Insistent, Json, Stubborn, judged

pytestmark = pytest.mark.anyio

MOST_JOURNEYS = 60
#: What loops and the clock do from time to time.
BACKGROUND = (
    *("read due", "read next_due", "read next_planned", "TimerLoop.", "TheDesk.fire", "Clockwork.", "Delivery._left"),
    *("Worker._take_due", "Worker._renew_loop", "QueueEngine._bring", "Holder._keep", "Housekeeping."),
)


class Hurried(Insistent):
    """Knocks again at once."""

    PAUSE_S = 0.002


class Patient(Stubborn):
    """Waits when something takes longer, and lets time pass on the desk's clock meanwhile."""

    waited: int = 0

    async def look(self) -> None:
        await super().look()
        self.waited += 1
        if self.waited % 5 == 0:
            await self.time_passes(3 if self.waited % 10 else 60)

    async def say(self, message: str) -> None:
        self.waited = 0
        await super().say(message)

    async def pay(self) -> None:
        if (link := self._link("payment")) is not None and self.waited % 10 == 0:
            self.acting(f"{self.at} pays")
            body = {"outcome": "paid", "notify": "once"}
            await self.do("POST", f"/sandbox/api/payments/{link['id']}", good=(200, 404, 409), json=body)
        await self.look()

    async def time_passes(self, seconds: float) -> None:
        await self.do("POST", "/sandbox/api/clock", json={"advance_s": seconds})


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """The desk's database, as a setting."""
    if request.param == "sqlite":
        return {}
    return {"database_url": request.getfixturevalue("postgres")}


async def test_every_call_fails_in_every_manner(tmp_path: Path, database: dict[str, Any]) -> None:
    trouble = Trouble(BACKGROUND)
    with quick_starts(), failing_borders(trouble), structlog.testing.capture_logs():
        async with running_desk(tmp_path, port=free_port(), **database) as desk, Hurried(desk.url) as http:
            journeys = await until_undisturbed(trouble, http)
    print(f"{len(trouble.met)} faults at {len(trouble.passed)} calls in {journeys} journeys")
    assert not trouble.missing()
    assert len(trouble.met) > 300, "the calls weren't found"


async def until_undisturbed(trouble: Trouble, http: Insistent) -> int:
    """Journeys, each judged, until one meets no fault; how many."""
    for number in range(MOST_JOURNEYS):
        trouble.begin()
        customer = Patient(http, acting=trouble.acting)
        await customer.run()
        trouble.on = False
        await customer.time_passes(60)
        await judged(customer)
        letters_judged(await customer.messages(customer.email), trouble)
        if not trouble.struck:
            return number + 1
    raise AssertionError(f"new faults on and on: {list(trouble.met)[-5:]}")


def letters_judged(letters: list[Json], trouble: Trouble) -> None:
    """One letter, and once more for each time that it was sent and nobody knew."""
    unknown = [site for site, manner in trouble.struck.items() if "a letter" in site and manner in ("slow", "lost")]
    unstored = [site for site in trouble.struck if "TheDesk.finish" in site]
    assert len({letter["key"] for letter in letters}) == 1
    assert 1 <= len(letters) <= 1 + len(unknown) + len(unstored)
