"""Whom limits count: one customer's line, however many addresses it has."""

from starlette.requests import Request

from bot.web.network import counts_all, counts_no_loopback
from tests.table import table


def asked_from(host: str) -> Request:
    return Request({"type": "http", "client": (host, 1), "headers": []})


@table(
    ("host", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_ipv6_counts_by_its_network(host: str, counted: str) -> None:
    assert (counts_all(asked_from(host)), counts_no_loopback(asked_from(host))) == (counted, counted)


@table("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_loopback_counts_when_live_only(host: str) -> None:
    assert counts_no_loopback(asked_from(host)) is None
    assert counts_all(asked_from(host)) is not None


def test_a_socket_without_an_address_has_its_name() -> None:
    assert (counts_all(asked_from("testclient")), counts_no_loopback(asked_from("testclient"))) == ("testclient", None)
