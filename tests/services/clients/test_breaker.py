from datetime import timedelta

import pytest

from services.clients.provider_client import Breaker
from services.clock import ManualClock
from services.errors import ProviderRefused, ProviderUnavailable
from tests.services.outside import noon


@pytest.fixture
def clock() -> ManualClock:
    return noon()


@pytest.fixture
def guarded(clock: ManualClock) -> Breaker:
    return Breaker("mf", clock)


async def fail(breaker: Breaker, times: int = 1, subject: str = "") -> None:
    for _ in range(times):
        with pytest.raises(ProviderUnavailable, match="down"):
            async with breaker.guard(subject):
                raise ProviderUnavailable("down")


async def succeed(breaker: Breaker) -> None:
    async with breaker.guard():
        pass


async def test_three_failures_open_it_and_nothing_goes_through(guarded: Breaker, clock: ManualClock) -> None:
    await fail(guarded, 2)
    assert guarded.state == "closed"
    await fail(guarded)
    assert guarded.state == "open"
    clock.advance(20)
    with pytest.raises(ProviderUnavailable, match="breaker_open") as stopped:
        async with guarded.guard():
            pytest.fail("must not be let through")
    assert stopped.value.retry_after == timedelta(seconds=40)
    assert not stopped.value.uncertain


async def test_failures_far_apart_do_not_open_it(guarded: Breaker, clock: ManualClock) -> None:
    for _ in range(5):
        await fail(guarded)
        clock.advance(61)
    assert guarded.state == "closed"


async def test_an_answer_in_between_starts_the_count_again(guarded: Breaker) -> None:
    await fail(guarded, 2)
    await succeed(guarded)
    await fail(guarded, 2)
    assert guarded.state == "closed"


async def test_a_refusal_is_an_answer(guarded: Breaker) -> None:
    for _ in range(5):
        with pytest.raises(ProviderRefused):
            async with guarded.guard():
                raise ProviderRefused("number_refused")
    assert guarded.state == "closed"


async def test_one_stumbling_block_counts_once(guarded: Breaker) -> None:
    await fail(guarded, 10, subject="7003004002")
    assert guarded.state == "closed"
    await fail(guarded, subject="1234563218")
    assert guarded.state == "closed"
    await fail(guarded, subject="5551112223")
    assert guarded.state == "open"


async def test_after_the_pause_one_good_try_closes_it(guarded: Breaker, clock: ManualClock) -> None:
    await fail(guarded, 3)
    clock.advance(60)
    assert guarded.state == "half_open"
    await succeed(guarded)
    assert guarded.state == "closed"


async def test_after_the_pause_one_bad_try_opens_it_again(guarded: Breaker, clock: ManualClock) -> None:
    await fail(guarded, 3)
    clock.advance(60)
    await fail(guarded)
    assert guarded.state == "open"


async def test_only_one_tries_while_it_is_half_open(guarded: Breaker, clock: ManualClock) -> None:
    await fail(guarded, 3)
    clock.advance(60)
    async with guarded.guard():
        with pytest.raises(ProviderUnavailable, match="breaker_open"):
            async with guarded.guard():
                pytest.fail("a second probe")
    assert guarded.state == "closed"


async def test_a_try_that_was_cancelled_leaves_the_next_one_room(guarded: Breaker, clock: ManualClock) -> None:
    await fail(guarded, 3)
    clock.advance(60)
    with pytest.raises(KeyboardInterrupt):
        async with guarded.guard():
            raise KeyboardInterrupt
    assert guarded.state == "half_open"
    await succeed(guarded)
    assert guarded.state == "closed"


async def test_a_clock_set_back_does_not_keep_it_open(guarded: Breaker, clock: ManualClock) -> None:
    clock.advance(86_400)
    await fail(guarded, 3)
    clock.advance(-86_400)
    assert guarded.state == "half_open"
