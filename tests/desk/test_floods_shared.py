"""Three desks on one PostgreSQL count together: visitors who come often, those who wait, chats that begin."""

import asyncio
from pathlib import Path

from bot.conversation.inbound import ButtonPressed, Text
from bot.conversation.new_chats import NEW_CHATS, NoNewChat
from bot.web.flood import Flood, FloodRules
from services.support import second_line
from tests.desk.replicas import replicas
from tests.desk.running import Running
from tests.desk.test_quotas_by_network import HERE, Chat

THREE = 3


def processes(desk: Running) -> int:
    floods = desk.installation.peers.floods
    assert floods is not None
    return floods.processes


async def test_three_processes_count_as_one(tmp_path: Path, postgres: str) -> None:
    async with replicas(tmp_path, postgres, THREE, rate_limits="on") as desks:
        rules = FloodRules(session="", address="30/hour")
        floods = [Flood(rules).shared("tried", desk.installation.peers.floods) for desk in desks.each]
        async with asyncio.timeout(30):
            while not all(processes(desk) == THREE for desk in desks.each):  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0.05)
        at_one = sum(floods[0].wait(None, HERE) == 0 for _ in range(60))
        assert at_one == 30 // THREE, "what the others may admit meanwhile"
        async with asyncio.timeout(30):
            while floods[0].wait(None, HERE) and at_one < 30:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.sleep(0)
        admitted = at_one + 1 + sum(flood.wait(None, HERE) == 0 for flood in floods for _ in range(60))
        assert admitted <= 30

        waiting = [Chat(desks.each[n % THREE], HERE) for n in range(second_line.CEILING + 5)]
        await asyncio.gather(*(chat.says(Text("/agent")) for chat in waiting))
        assert len(await desks.each[0].installation.store.read(second_line.ids)) == 5
        told = [await chat.said() for chat in waiting]
        assert sum("drugiej kolejce" in one for one in told) == 5, "of those at once, too"

        more = [Chat(desks.each[n % THREE], HERE) for n in range(NEW_CHATS[0].n)]
        ends = await asyncio.gather(*(chat.says(ButtonPressed("/start")) for chat in more), return_exceptions=True)
        begun = len(waiting) + sum(not isinstance(end, BaseException) for end in ends)
        assert begun == NEW_CHATS[0].n
        assert {type(end) for end in ends if isinstance(end, BaseException)} == {NoNewChat}
