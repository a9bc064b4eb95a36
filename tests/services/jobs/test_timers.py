"""The timer loop: what is due becomes a turn, once; a turn that fails comes again, later each time.

How long between tries: longer each time, up to a cap.

An outage is one for all processes on the database, is counted by time, and ends with the first answer to any.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.clients.provider_client import Breaker
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.jobs.backoff import STEPS, patience, pause
from services.jobs.outages import FORGOTTEN_AFTER, Outages
from services.jobs.port import Done, GaveUp, StoredJob, TryLater
from services.jobs.timers import TimerLoop
from services.jobs.worker import SqliteOutbox, Worker
from services.store import desk_figures, jobs_table, timer_rows
from services.store.database import Store
from services.store.timer_rows import Timer
from tests.kit.clock import ManualClock
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside, Watched, until

Made = Callable[..., TimerLoop]
MINUTE = timedelta(minutes=1)


class Turns:
    """The turns of timers: each takes its timer, unless it is told to fail."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.fired: list[str] = []
        self.fail: set[str] = set()
        self.then: dict[str, tuple[str, timedelta]] = {}

    async def fire(self, timer: Timer) -> None:
        self.fired.append(timer.kind)
        if timer.kind in self.fail:
            raise RuntimeError("anna@example.com")

        def turn(connection: Any) -> None:
            if timer_rows.take(connection, timer) and (follows := self.then.get(timer.kind)):
                timer_rows.set_timer(connection, timer.conversation_id, follows[0], timer.due_at + follows[1])

        await self.store.write(turn)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def turns(store: Store) -> Turns:
    return Turns(store)


@pytest.fixture
async def make(store: Store, clock: ManualClock, turns: Turns) -> AsyncIterator[Made]:
    made: list[TimerLoop] = []

    def one(on: Any = store, **settings: Any) -> TimerLoop:
        given: dict[str, Any] = {"poll": 0.01} | settings
        made.append(TimerLoop(on, clock, turns.fire, **given))
        return made[-1]

    yield one
    for loop in made:
        await loop.stop()


async def set_timer(store: Store, kind: str, minutes: int, conversation: str = "c1") -> None:
    due = NOW + minutes * MINUTE
    await store.write(lambda connection: timer_rows.set_timer(connection, conversation, kind, due))


async def test_due_timers_fire_once_in_order(store: Store, clock: ManualClock, make: Made, turns: Turns) -> None:
    loop = make()
    for kind, minutes in (("late", 2), ("early", 1), ("far", 9)):
        await set_timer(store, kind, minutes)
    assert await loop.run_due() == 0
    clock.advance(120)
    assert await loop.run_due() == 2
    assert turns.fired == ["early", "late"]
    assert await loop.run_due() == 0
    assert await loop.next_due() == NOW + 9 * MINUTE


async def test_timer_set_by_timer_and_due_fires_too(store: Store, clock: ManualClock, make: Made, turns: Turns) -> None:
    turns.then["remind"] = ("close", MINUTE)
    await set_timer(store, "remind", 1)
    clock.advance(120)
    assert await make().run_due() == 2
    assert turns.fired == ["remind", "close"]


async def test_loop_fires_by_itself_when_time_comes(store: Store, clock: ManualClock, make: Made, turns: Turns) -> None:
    loop = make(poll=60.0)
    await loop.start()
    await set_timer(store, "soon", 1)
    clock.advance(60)
    loop.wake()
    await until(lambda: turns.fired == ["soon"])


async def test_a_timer_due_after_the_next_look_wakes_nobody(store: Store, make: Made, turns: Turns) -> None:
    loop = make(poll=60.0)
    await loop.start()
    await until(lambda: loop._looks_at is not None)
    await set_timer(store, "soon", 0)
    loop.wake(NOW + 9 * MINUTE)
    for _ in range(5):
        await loop.next_due()
    assert turns.fired == []
    loop.wake(NOW)
    await until(lambda: turns.fired == ["soon"])


async def test_a_wake_up_during_the_look_is_not_lost(store: Store, make: Made, turns: Turns) -> None:
    watched = Watched(store)
    loop = make(watched, poll=60.0)

    async def meanwhile() -> None:
        await set_timer(store, "new", 0)
        loop.wake()

    watched.after_read = meanwhile
    await loop.start()
    await until(lambda: turns.fired == ["new"])


async def test_a_timer_moved_meanwhile_does_nothing_now(
    store: Store, clock: ManualClock, make: Made, turns: Turns
) -> None:
    loop = make()
    await set_timer(store, "silence", 1)
    clock.advance(60)
    fire = turns.fire

    async def customer_writes_first(timer: Timer) -> None:
        await set_timer(store, "silence", 5)
        await fire(timer)

    loop._fire = customer_writes_first
    turns.then["silence"] = ("wrongly", MINUTE)
    assert await loop.run_due() == 1
    assert await loop.next_due() == NOW + 5 * MINUTE


async def test_a_turn_that_fails_hinders_no_other_and_comes_again_later(
    store: Store, clock: ManualClock, make: Made, turns: Turns
) -> None:
    turns.fail.add("bad")
    await set_timer(store, "bad", 0)
    await set_timer(store, "good", 0)
    await set_timer(store, "good", 0, "c2")
    loop = make()
    with capture_logs() as logs:
        assert await loop.run_due() == 3
    assert sorted(turns.fired) == ["bad", "good", "good"]
    assert [line["event"] for line in logs if line.get("alarm")] == ["timer_raised"]
    assert "anna" not in str(logs)
    assert await loop.run_due() == 0
    assert await loop.next_due() == NOW + timedelta(seconds=2)
    for wait, fired in ((2, 2), (9, 2), (1, 3)):
        clock.advance(wait)
        await loop.run_due()
        assert turns.fired.count("bad") == fired
    turns.fail.clear()
    clock.advance(30)
    assert await loop.run_due() == 1
    assert await loop.next_due() is None


async def test_a_turn_that_forgets_to_take_its_timer_does_not_spin(store: Store, make: Made, turns: Turns) -> None:
    async def forgets(timer: Timer) -> None:
        turns.fired.append(timer.kind)

    loop = make()
    loop._fire = forgets
    await set_timer(store, "stuck", 0)
    assert await loop.run_due() == 1
    await loop.start()
    for _ in range(5):
        loop.wake()
        await loop.next_due()
    assert turns.fired == ["stuck"]


async def test_the_loop_outlives_a_store_that_is_away(store: Store, make: Made, turns: Turns) -> None:
    watched = Watched(store)
    watched.away = 5
    await set_timer(store, "due", 0)
    await make(watched).start()
    await until(lambda: turns.fired == ["due"])


async def test_timers_of_many_conversations_run_side_by_side_but_not_all_at_once(
    store: Store, make: Made, turns: Turns
) -> None:
    for n in range(20):
        await set_timer(store, "due", 0, f"c{n}")
    running = most = 0
    fire = turns.fire

    async def counted(timer: Timer) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        await fire(timer)
        running -= 1

    loop = make(concurrency=4)
    loop._fire = counted
    assert await loop.run_due() == 20
    assert most == 4


def test_pauses_grow_up_to_the_cap() -> None:
    pauses = [pause(n) for n in range(1, 50)]
    assert pauses[0] == timedelta(seconds=2)
    assert pauses == sorted(pauses)
    assert pauses[-1] == STEPS[-1] == timedelta(hours=1)


def test_nothing_attempted_has_no_pause() -> None:
    with pytest.raises(ValueError, match="nothing"):
        pause(0)


AWAY = TryLater(None, "unreachable", "smtp")
SECOND = timedelta(seconds=1)


def letter(key: str) -> StoredJob:
    return StoredJob(key, "c1", "m1", "SendLetter", {}, background=False, due_at=NOW)


async def attempts_until_the_end(
    store: Store, clock: ManualClock, outside: Outside, tries: int
) -> tuple[list[float], GaveUp | Done]:
    """Let a worker run the one job until it ends; return when it was tried, in seconds, and its outcome."""
    worker, tried = (
        Worker(store, clock, outside.execute, outside.finish, tries=lambda _: tries, poll=0.01),
        list[float](),
    )
    await store.write(lambda c: SqliteOutbox(clock).leave(c, letter("k1")))
    await worker.start()
    try:
        while not outside.results:
            await worker.idle()
            tried.append((clock.now() - NOW).total_seconds())
            due = await store.read(jobs_table.next_planned)
            if due is not None:
                clock.advance((due - clock.now()).total_seconds())
                worker.wake()
    finally:
        await worker.stop(timedelta(0))
    return tried, outside.results[0][1]


async def test_while_a_provider_is_away_time_counts_and_not_the_tries(store: Store, clock: ManualClock) -> None:
    outside = Outside(store)
    outside.script["k1"].extend([AWAY] * 1000)
    tried, end = await attempts_until_the_end(store, clock, outside, 8)
    assert isinstance(end, GaveUp)
    assert timedelta(seconds=tried[-1]) >= patience(8) > timedelta(seconds=tried[-2])
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert max(pauses) <= 120
    assert any(120 <= at <= 180 for at in tried), "two minutes are noticed soon"


async def test_what_only_this_job_meets_is_counted_by_its_tries(store: Store, clock: ManualClock) -> None:
    outside = Outside(store)
    outside.script["k1"].extend([TryLater(None, "later")] * 1000)
    tried, end = await attempts_until_the_end(store, clock, outside, 4)
    assert (tried, end) == ([0, 2, 12, 42], GaveUp("later"))


async def test_the_first_answer_to_any_process_makes_due_what_waits(store: Store, clock: ManualClock) -> None:
    here, there = Outages(store, clock), Outages(store, clock)
    woken: list[str] = []
    there.wake = lambda: woken.append("there")
    for key, provider in (("k1", "smtp"), ("k2", "smtp"), ("k3", "smsapi")):
        await store.write(lambda c, key=key: jobs_table.add(c, letter(key), now=NOW))
        failure = {"since": NOW.isoformat(), "provider": provider}
        due = NOW + timedelta(hours=1)
        await store.write(lambda c, k=key, d=due, f=failure: jobs_table.retry_later(c, k, d, f))
    await here.failed("smtp", "unreachable")
    clock.advance(121)
    with capture_logs() as logs:
        await here.failed("smtp", "unreachable")
    assert [(line["event"], line["provider"], line["alarm"]) for line in logs] == [("provider_away", "smtp", True)]
    assert await there.away() == await here.away() == ["smtp"]
    figures = await store.read(lambda c: desk_figures.read_figures(c, clock.now()))
    assert (figures.retried["SendLetter"].count, figures.retried["SendLetter"].oldest.total_seconds()) == (3, 121)
    clock.advance(60)
    await there.answered("smtp")
    assert (await here.away(), woken) == ([], ["there"])
    due_now = await store.write(lambda c: jobs_table.claim(c, clock.now(), SECOND, 10))
    assert [job.key for job in due_now] == ["k1", "k2"]
    assert all(job.outcome is not None and job.outcome["provider"] == "smtp" for job in due_now)


async def test_an_outage_has_lasted_two_minutes(store: Store, clock: ManualClock) -> None:
    outages = Outages(store, clock)
    for later, away in ((0, []), (119, []), (1, ["vies"])):
        clock.advance(later)
        await outages.failed("vies", "unreachable")
        assert await outages.away() == away


async def test_one_failure_is_no_outage_and_an_old_one_is_forgotten(store: Store, clock: ManualClock) -> None:
    outages = Outages(store, clock)
    await outages.failed("vies", "unreachable")
    clock.advance(10 * 60)
    assert await outages.away() == [], "nobody has asked since"
    await outages.failed("vies", "unreachable")
    assert await outages.away() == ["vies"]
    clock.advance(FORGOTTEN_AFTER.total_seconds())
    assert await outages.away() == []


async def test_a_clock_set_back_is_borne(store: Store, clock: ManualClock) -> None:
    outages = Outages(store, clock)
    clock.advance(3600)
    await outages.failed("smtp", "unreachable")
    clock.advance(-3600)
    await outages.failed("smtp", "unreachable")
    assert await outages.away() == []
    clock.advance(121)
    await outages.failed("smtp", "unreachable")
    assert await outages.away() == ["smtp"]


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (ProviderUnavailable("unreachable"), ["far"]),
        (ProviderUnavailable("later", of_one=True), []),
        (Misconfigured("credentials_refused"), ["far"]),
        (ProviderRefused("recipient_refused"), []),
    ],
)
async def test_what_is_one_recipients_is_no_outage(
    store: Store, clock: ManualClock, error: ServiceError, away: list[str]
) -> None:
    breaker = Breaker("far", clock, failures=100)
    breaker.watch = outages = Outages(store, clock)
    for _ in range(3):
        with pytest.raises(type(error)):
            async with breaker.guard("anna@example.com"):
                raise error
        clock.advance(61)
    assert await outages.away() == away
    assert error.provider == (away[0] if away else None)
