"""Blocked addresses: for a time or for good, told once, until somebody unblocks."""

import pytest
import sqlalchemy as sa

from services.support import blocklist
from tests.services.domain.people import NOW, later

HERE = {"channel": "telegram", "address": "42"}


def block(**changes: object) -> blocklist.BlockedAddress:
    return blocklist.BlockedAddress(**{**HERE, "agent_id": "anna", "reason": "insults", "at": NOW, **changes})  # pyright: ignore[reportArgumentType]


def test_nobody_is_blocked_unasked(connection: sa.Connection) -> None:
    assert blocklist.find_block(connection, **HERE, now=NOW) is None
    assert not blocklist.unblock(connection, **HERE)


def test_a_block_is_for_one_channel_and_one_address_and_gone_when_it_is_lifted(connection: sa.Connection) -> None:
    blocklist.block(connection, block())

    assert blocklist.find_block(connection, **HERE, now=later(days=4000)) == block()
    assert blocklist.find_block(connection, channel="rest", address="42", now=NOW) is None
    assert blocklist.find_block(connection, channel="telegram", address="4", now=NOW) is None

    assert blocklist.unblock(connection, **HERE)
    assert blocklist.find_block(connection, **HERE, now=NOW) is None


def test_it_ends_at_its_end(connection: sa.Connection) -> None:
    blocklist.block(connection, block(until=later(hours=1)))

    assert blocklist.find_block(connection, **HERE, now=later(minutes=59)) is not None
    assert blocklist.find_block(connection, **HERE, now=later(hours=1)) is None
    assert blocklist.list_address_blocks(connection, later(minutes=59)) == [block(until=later(hours=1))]
    assert blocklist.list_address_blocks(connection, later(hours=1)) == []


def test_they_are_listed_page_by_page_the_latest_first(connection: sa.Connection) -> None:
    for n in range(5):
        blocklist.block(connection, block(address=str(n), at=later(minutes=n), until=NOW if n == 3 else None))

    first = blocklist.list_address_blocks(connection, later(hours=1), most=2)
    assert [one.address for one in first] == ["4", "2"], "one is over"
    second = blocklist.list_address_blocks(connection, later(hours=1), before=first[-1].at, most=9)
    assert [one.address for one in second] == ["1", "0"]


def test_the_later_block_counts_and_is_told_anew(connection: sa.Connection) -> None:
    blocklist.block(connection, block())
    assert blocklist.tell(connection, **HERE, now=NOW)
    assert not blocklist.tell(connection, **HERE, now=NOW)
    blocklist.block(connection, block(reason=" threats ", agent_id="marek"))

    assert blocklist.find_block(connection, **HERE, now=NOW) == block(reason="threats", agent_id="marek")


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_there_must_be_a_reason(connection: sa.Connection, reason: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        blocklist.block(connection, block(reason=reason))


def test_who_is_blocked_and_why_is_in_no_log() -> None:
    assert "42" not in repr(block())
    assert "insults" not in repr(block())
