"""How often one visitor may knock, and whom limits count: exact, and without growing or slowing down whoever comes."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from starlette.requests import Request

from bot.web import flood as module
from bot.web.flood import Flood, FloodPeers, FloodRules
from bot.web.network import counts_all, counts_no_loopback
from tests.kit.rows import all_rows
from tests.table import table


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


def crowd_of(count: int, rules: FloodRules, watch: Watch) -> tuple[list[Flood], Callable[[], None]]:
    """So many processes that keep one counter, and what brings the news of each to all others."""
    peers = [FloodPeers(b"k" * 32, watch) for _ in range(count)]
    floods = [Flood(rules, watch).shared("chat", peer) for peer in peers]

    def tell() -> None:
        for n, peer in enumerate(peers):
            for news in peer.news():
                for other in peers:
                    if other is not peer:
                        other.heard(str(n), news)

    tell()
    tell()
    return floods, tell


@pytest.mark.parametrize("told", [False, True])
def test_three_processes_admit_no_more_than_one_would(told: bool) -> None:
    watch = Watch()
    floods, tell = crowd_of(3, FloodRules(session="20/10 second; 300/hour", address="120/minute"), watch)
    admitted = 0
    for n in range(400):
        admitted += floods[n % 3].wait(f"s{n}", "198.51.100.7") == 0
        if told and n % 10 == 0:
            tell()
    assert 110 <= admitted <= 120, "what isn’t told is reckoned with"
    tell()
    assert all(flood.wait("new", "198.51.100.7") for flood in floods)
    assert floods[0].wait("new", "192.0.2.99") == 0
    watch.at += 60
    assert floods[2].wait("new", "198.51.100.7") == 0


def test_what_is_told_and_not_heard_yet_is_reckoned_with() -> None:
    watch = Watch()
    peers = [FloodPeers(b"k" * 32, watch) for _ in range(3)]
    floods = [Flood(FloodRules(address="30/hour"), watch).shared("chat", peer) for peer in peers]
    for peer in peers:
        for other in {"0", "1", "2"} - {str(peers.index(peer))}:
            peer.heard(other, '["",[]]')

    def admitted(flood: Flood) -> int:
        return sum(flood.wait(None, "198.51.100.7") == 0 for _ in range(40))

    first = admitted(floods[0])
    assert any("chat" in news for news in peers[0].news()), "told, and on its way"
    assert first + sum(admitted(flood) for flood in floods) <= 30


def test_a_customer_at_one_process_has_nearly_the_whole_rule_and_is_hardly_told_of() -> None:
    watch = Watch()
    peers, news = FloodPeers(b"k" * 32, watch), 0
    flood = Flood(FloodRules(session="20/10 second; 300/hour", address="120/minute"), watch).shared("chat", peers)
    for other in ("b", "c"):
        peers.heard(other, '["",[]]')
    for _ in range(60):  # one message a second, for a minute
        assert flood.wait("s", "198.51.100.7") == 0
        watch.at += 1
        news += sum(bool(json.loads(one)[1]) for one in peers.news())
        for other in ("b", "c"):
            peers.heard(other, '["",[]]')
    assert news <= 6
    assert peers.processes == 3
    watch.at += 60
    list(peers.news())
    assert peers.processes == 1, "those that are gone are forgotten"


def test_what_is_told_names_nobody() -> None:
    watch = Watch()
    peers = FloodPeers(b"k" * 32, watch)
    flood = Flood(FloodRules(session="4/hour", address="4/hour"), watch).shared("chat", peers)
    peers.heard("b", '["",[]]')
    flood.wait("the session", "198.51.100.7")
    told = "".join(peers.news())
    assert "chat" in told
    assert "session" not in told
    assert "198.51" not in told


def asked_from(host: str) -> Request:
    return Request({"type": "http", "client": (host, 1), "headers": []})


@all_rows
def test_ipv6_counts_by_its_network(host: str, counted: str) -> None:
    assert (counts_all(asked_from(host)), counts_no_loopback(asked_from(host))) == (counted, counted)


@table("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_loopback_counts_when_live_only(host: str) -> None:
    assert counts_no_loopback(asked_from(host)) is None
    assert counts_all(asked_from(host)) is not None


def test_a_socket_without_an_address_has_its_name() -> None:
    assert (counts_all(asked_from("testclient")), counts_no_loopback(asked_from("testclient"))) == ("testclient", None)
