"""An outage is one for all processes on the database, is counted by time, and ends with the first answer to any."""

from datetime import timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from services.clients.provider_client import Breaker
from services.clock import ManualClock
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable, ServiceError
from services.jobs.backoff import patience
from services.jobs.outages import FORGOTTEN_AFTER, Outages
from services.jobs.port import Done, GaveUp, StoredJob, TryLater
from services.jobs.worker import SqliteOutbox, Worker
from services.store import desk_figures, jobs_table
from services.store.database import Store
from tests.services.databases import NOW
from tests.services.jobs.outside import Outside

AWAY = TryLater(None, "unreachable", "smtp")
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


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
    figures = await store.read(lambda c: desk_figures.read(c, clock.now()))
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
