"""Customer numbers tried from one network address, in as many conversations as one likes."""

import itertools
from pathlib import Path
from uuid import uuid4

import pytest

from bot.conversation.inbound import ButtonPressed, Inbound, Text
from bot.usecases.accounts.on_file import DIFFERENT_A_DAY, PER_ADDRESS
from tests.desk.replicas import replicas
from tests.desk.running import Running
from tests.desk.test_api_directory import tell
from values.channel import Channel

KNOWN = "10000017"


async def tries(desk: Running, number: str, network: str | None) -> str:
    """A fresh web chat from this address gives the number; where it stands afterwards."""
    door, address = desk.installation.desk, uuid4().hex
    bodies = (ButtonPressed("/start"), ButtonPressed("start:sign_up"), Text(number))
    keyed = [Inbound(Channel.WEB, address, f"{address}:{n}", body, network=network) for n, body in enumerate(bodies)]
    return (await door.standing([await door.receive(inbound) for inbound in keyed][-1].conversation_id)).step


@pytest.mark.desk(profile=Path("profiles/vectra"), rate_limits="on")
async def test_one_address_has_so_many_numbers_an_hour_and_others_are_not_held_up(desk: Running) -> None:
    for _ in range(PER_ADDRESS.n):
        assert await tries(desk, KNOWN, "203.0.113.7") == "contact_channel"
    assert await tries(desk, KNOWN, "203.0.113.7") == "customer_number"
    assert await tries(desk, KNOWN, "203.0.113.8") == "contact_channel"
    assert await tries(desk, KNOWN, None) == "contact_channel", "a channel that knows no address isn't limited by it"
    await desk.advance(3601)
    assert await tries(desk, KNOWN, "203.0.113.7") == "contact_channel"


async def test_one_address_has_twenty_different_numbers_a_day_in_three_processes(tmp_path: Path, postgres: str) -> None:
    profile, network = Path("profiles/vectra"), "203.0.113.7"
    async with replicas(tmp_path, postgres, 3, profile=profile, rate_limits="on") as desks:

        async def found(number: str) -> bool:
            return await tries(next(turns), number, network) == "contact_channel"

        turns = itertools.cycle(desks.each)
        numbers = [f"2{n:07d}" for n in range(DIFFERENT_A_DAY.n)]
        await tell(desks.all, *({"ref": n, "customer_number": n, "email": f"k{n}@example.com"} for n in numbers))
        for start in (0, 10):
            assert all([await found(number) for number in numbers[start : start + 10]])
            await desks.all.advance(3601)
        assert await found(numbers[3]), "one of those already tried counts once a day"
        assert not await found(KNOWN)
        assert await tries(desks.each[0], KNOWN, "203.0.113.8") == "contact_channel"
        assert await tries(desks.each[0], KNOWN, None) == "contact_channel"
        await desks.all.advance(86400)
        assert await found(KNOWN)
