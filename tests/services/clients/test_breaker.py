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


def fail(breaker: Breaker, times: int = 1, subject: str = "") -> None:
    for _ in range(times):
        with pytest.raises(ProviderUnavailable, match="down"), breaker.guard(subject):
            raise ProviderUnavailable("down")


def succeed(breaker: Breaker) -> None:
    with breaker.guard():
        pass


def test_three_failures_open_it_and_nothing_goes_through(guarded: Breaker, clock: ManualClock) -> None:
    fail(guarded, 2)
    assert guarded.state == "closed"
    fail(guarded)
    assert guarded.state == "open"
    clock.advance(60)
    with pytest.raises(ProviderUnavailable, match="breaker_open") as stopped, guarded.guard():
        pytest.fail("must not be let through")
    assert stopped.value.retry_after == timedelta(minutes=4)
    assert not stopped.value.uncertain


def test_failures_far_apart_do_not_open_it(guarded: Breaker, clock: ManualClock) -> None:
    for _ in range(5):
        fail(guarded)
        clock.advance(61)
    assert guarded.state == "closed"


def test_an_answer_in_between_starts_the_count_again(guarded: Breaker) -> None:
    fail(guarded, 2)
    succeed(guarded)
    fail(guarded, 2)
    assert guarded.state == "closed"


def test_a_refusal_is_an_answer(guarded: Breaker) -> None:
    for _ in range(5):
        with pytest.raises(ProviderRefused), guarded.guard():
            raise ProviderRefused("number_refused")
    assert guarded.state == "closed"


def test_one_stumbling_block_counts_once(guarded: Breaker) -> None:
    fail(guarded, 10, subject="7003004002")
    assert guarded.state == "closed"
    fail(guarded, subject="1234563218")
    assert guarded.state == "closed"
    fail(guarded, subject="5551112223")
    assert guarded.state == "open"


def test_after_the_pause_one_good_try_closes_it(guarded: Breaker, clock: ManualClock) -> None:
    fail(guarded, 3)
    clock.advance(300)
    assert guarded.state == "half_open"
    succeed(guarded)
    assert guarded.state == "closed"


def test_after_the_pause_one_bad_try_opens_it_again(guarded: Breaker, clock: ManualClock) -> None:
    fail(guarded, 3)
    clock.advance(300)
    fail(guarded)
    assert guarded.state == "open"


def test_only_one_tries_while_it_is_half_open(guarded: Breaker, clock: ManualClock) -> None:
    fail(guarded, 3)
    clock.advance(300)
    with guarded.guard(), pytest.raises(ProviderUnavailable, match="breaker_open"), guarded.guard():
        pytest.fail("a second probe")
    assert guarded.state == "closed"


def test_a_try_that_was_cancelled_leaves_the_next_one_room(guarded: Breaker, clock: ManualClock) -> None:
    fail(guarded, 3)
    clock.advance(300)
    with pytest.raises(KeyboardInterrupt), guarded.guard():
        raise KeyboardInterrupt
    assert guarded.state == "half_open"
    succeed(guarded)
    assert guarded.state == "closed"


def test_a_clock_set_back_does_not_keep_it_open(guarded: Breaker, clock: ManualClock) -> None:
    clock.advance(86_400)
    fail(guarded, 3)
    clock.advance(-86_400)
    assert guarded.state == "half_open"
