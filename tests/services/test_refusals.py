"""Attacks leave a trace: figures, one line a network and quarter of an hour, one alarm for all processes."""

from collections import Counter
from datetime import timedelta
from typing import Any

import structlog

from services.refusals import ALARM_AGAIN, FEWEST, FURTHER, MOST_NETWORKS, QUARTER, Note, RefusalLog
from services.store.database import Store, open_store
from tests.services.agents.conftest import KEY, Moved

NETWORK = "203.0.113.7"


async def tried(note: Note, wrong: int, right: int = 0, network: str | None = NETWORK) -> None:
    for end, n in (("right", right), ("wrong", wrong)):
        for _ in range(n):
            await note("customer", end, network)  # type: ignore[arg-type]


def alarms(lines: list[Any]) -> list[tuple[str, int, int]]:
    return [(line["what"], line["refused"], line["right"]) for line in lines if line.get("alarm")]


async def test_each_network_has_one_line_a_quarter_of_an_hour_with_counts_and_without_its_address() -> None:
    clock, figures = Moved(), Counter[tuple[str, str]]()
    refusals = RefusalLog(clock, KEY, None, lambda what, end: figures.update([(what, end)]))
    with structlog.testing.capture_logs() as lines:
        await tried(refusals.note, 3, 1)
        await refusals.note("api_token", "held", NETWORK)
        await refusals.note("role", "wrong", None)
        await refusals.note("customer", "right", "198.51.100.9")
        assert lines == []
        clock.move(QUARTER)
        await tried(refusals.note, 1)
        assert [(line["event"], line["network"] == "here") for line in lines] == [("refused", False), ("refused", True)]
        first, here = lines
        assert (first["customer_wrong"], first["customer_right"], first["api_token_held"]) == (3, 1, 1)
        assert here["role_wrong"] == 1
        assert NETWORK not in str(lines)
        assert "198.51.100.9" not in str(lines), "nobody was refused there"
        await refusals.stop()
    assert lines[2]["network"] == first["network"], "the same network, the same day"
    assert (lines[2]["customer_wrong"], len(lines)) == (1, 3)
    assert figures["customer", "wrong"] == 4


async def test_a_network_has_another_name_tomorrow_and_a_thousand_at_most_have_one() -> None:
    clock = Moved()
    refusals = RefusalLog(clock, KEY)
    with structlog.testing.capture_logs() as lines:
        await tried(refusals.note, 1)
        clock.move(timedelta(days=1))
        await tried(refusals.note, 1)
        for n in range(MOST_NETWORKS):
            await refusals.note("flood", "held", f"10.0.{n // 250}.{n % 250}")
        await refusals.stop()
    assert lines[0]["network"] != lines[1]["network"]
    assert len(lines) == 1 + MOST_NETWORKS + 1
    assert (lines[-1]["network"], lines[-1]["flood_held"]) == (FURTHER, 1)


async def test_three_processes_see_an_attack_together_and_alarm_once_an_hour(store: Store, url: str) -> None:
    clock = Moved()
    others = [open_store(url), open_store(url)] if store.dialect == "postgresql" else [store, store]
    processes = [RefusalLog(clock, KEY, one) for one in (store, *others)]
    try:
        with structlog.testing.capture_logs() as lines:
            for process in processes:
                await tried(process.note, FEWEST // 3 - 10, 3)
            assert alarms(lines) == []
            for process in processes:
                await tried(process.note, 30)
            assert alarms(lines) == [("customer", FEWEST, 0)]
            clock.move(ALARM_AGAIN - QUARTER)
            await tried(processes[2].note, 2 * FEWEST)
            assert len(alarms(lines)) == 1, "the same hour"
            clock.move(QUARTER)
            await tried(processes[2].note, 2 * FEWEST)
            assert len(alarms(lines)) == 2, "it goes on"
    finally:
        for other in others:
            if other is not store:
                await other.close()


async def test_wrong_log_ins_among_many_right_ones_are_no_attack(store: Store) -> None:
    refusals = RefusalLog(Moved(), KEY, store)
    with structlog.testing.capture_logs() as lines:
        for _ in range(4):
            await tried(refusals.note, 30, 10)
        assert alarms(lines) == []
        await tried(refusals.note, 40)
        assert alarms(lines) == [("customer", 160, 40)]
        for _ in range(200):
            await refusals.note("flood", "held", NETWORK)
        assert len(alarms(lines)) == 1, "a limit that works wakes nobody"
