"""What waits in the database and what was sold is in `/metrics`."""

from pathlib import Path

from tests.desk.running import running_desk
from tests.desk.scripted import Scripted


async def test_orders_and_those_who_wait_are_counted(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        scripted = Scripted(desk)
        await scripted.run("payment")
        before = figures((await desk.http.get("/metrics")).text)
        assert before['okienko_waiting{what="people"}'] == 0
        assert before['okienko_orders{state="placed"}'] == before['okienko_payments{state="pending"}'] == 1
        await scripted.customer.say("/agent")
        await scripted.run()
        await desk.advance(600)
        after = figures((await desk.http.get("/metrics")).text)
        assert after['okienko_waiting{what="people"}'] == 1
        assert 600 <= after['okienko_waiting_oldest_seconds{what="people"}'] < 700
        assert after['okienko_orders{state="paid"}'] == after['okienko_payments{state="paid"}'] == 1
        assert after["okienko_database_up"] == 1


def figures(text: str) -> dict[str, float]:
    """Each series and its value."""
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {series: float(value) for series, _, value in lines}
