"""How often one visitor may knock: exact, and without growing or slowing down whoever comes."""

from dataclasses import dataclass

import pytest

from bot.web import flood as module
from bot.web.flood import Flood, FloodRules


@dataclass
class Watch:
    """A clock that stands until it is moved."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


def test_so_many_at_once_then_one_by_one() -> None:
    watch = Watch()
    flood = Flood(FloodRules(session="4/minute", address="100/minute"), watch)
    assert [flood.wait("s", None) for _ in range(6)] == [0, 0, 0, 0, 15, 15]
    watch.at += 14
    assert flood.wait("s", None) == 1
    watch.at += 1
    assert [flood.wait("s", None) for _ in range(2)] == [0, 15]
    assert flood.wait("another", None) == 0
    watch.at += 3600
    assert [flood.wait("s", None) for _ in range(5)] == [0, 0, 0, 0, 15]


def test_all_rules_hold_and_nobody_waits_longer_than_a_minute() -> None:
    watch = Watch()
    flood = Flood(FloodRules(session="2/second; 5/hour", address="6/hour"), watch)
    let_in = 0
    for _ in range(20):
        let_in += flood.wait("s", "198.51.100.7") == 0
        watch.at += 1
    assert let_in == 5
    assert flood.wait("s", "198.51.100.7") == 60
    assert flood.wait("other", None) == 0


def test_a_knock_that_is_refused_counts_for_no_other_rule() -> None:
    watch = Watch()
    flood = Flood(FloodRules(session="1/second; 3/hour", address="4/hour"), watch)
    assert [flood.wait("s", "a") for _ in range(50)] == [0] + [1] * 49
    watch.at += 1
    assert flood.wait("s", "a") == 0
    assert flood.wait("t", "a") == 0


def test_without_rules_or_address_nobody_is_counted() -> None:
    assert all(Flood(None).wait("s", "a") == 0 for _ in range(1000))
    flood = Flood(FloodRules(session="1000/second", address="1/hour"))
    assert all(flood.wait("s", None) == 0 for _ in range(100))


def test_strangers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch()
    flood = Flood(FloodRules(session="1/minute", address="1000000/minute"), watch)
    for n in range(2000):
        flood.wait(f"s{n}", None)
        watch.at += 1
    assert len(flood._paid_off) <= 62
    monkeypatch.setattr(module, "_MOST_VISITORS", 100)
    for n in range(2000):
        flood.wait(f"t{n}", None)
    assert len(flood._paid_off) <= 101
    assert flood.wait("t1999", None) > 0
