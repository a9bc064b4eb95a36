"""A supervisor blocks a network for a day at most: its strangers read one sentence, its customers go on."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.conversation.new_chats import NoNewChat
from services.agents import audit
from services.store import conversations
from services.store.tables.core import conversation
from services.support import blocked_networks, handoffs
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.test_quotas_by_network import ELSEWHERE, HERE, NetworkDoor

pytestmark = pytest.mark.desk(rate_limits="on")


async def begun(desk: Running, network: str, words: str) -> NetworkDoor:
    chat = NetworkDoor(desk, network)
    await chat.say("/start")
    await chat.say(words)
    return chat


async def lines(chat: NetworkDoor) -> list[str]:
    """All that the desk said in it."""
    return [line.text for line in await chat.desk.installation.desk.messages(await chat.id())]


@on_each_database
async def test_a_block_of_a_network_concerns_its_strangers_until_it_is_undone(desk: Running) -> None:
    stranger, waits = await begun(desk, HERE, "pomidor"), await begun(desk, HERE, "/agent")
    known, other = await begun(desk, HERE, "/agent"), await begun(desk, ELSEWHERE, "/agent")
    store, its = desk.installation.store, await known.id()
    bound = sa.update(conversation).where(conversation.c.id == its).values(account_id="a1")
    await store.write(lambda c: c.execute(bound))
    anna, marek = await AgentHttp.logged_in(desk), await AgentHttp.logged_in(desk, "marek")
    page = f"/desk/c/{await stranger.id()}/network"
    assert (await anna.get(page)).status_code == (await anna.post(page, reason="zalew", hours="4")).status_code == 403

    await marek.get(page)
    assert "Dotyczy rozmów bez konta: 2, w tym czekających na konsultanta: 1" in marek.words
    assert "rozmowy z kontem albo zamówieniem, 1" in marek.words
    assert (await marek.post(page, reason=" ", hours="4")).status_code == 422
    assert (await marek.post(page, reason="zalew", hours="25")).status_code == 422
    assert (await marek.post(page, reason="zalew", hours="4", end="yes")).status_code == 303
    assert (await marek.post(page, reason="zalew reklam", hours="4", end="yes")).status_code == 303, "twice is once"

    told = [said for said in await lines(waits) if "Z tej sieci" in said]
    assert len(told) == 1, "the end of the wait is said"
    assert re.search(r"do \d+ \w+, \d\d:\d\d ich tutaj nie przyjmujemy", told[0])
    for chat in (stranger, waits):
        for _ in range(2):
            await chat.say("/agent")
        assert len([said for said in await lines(chat) if "Z tej sieci" in said]) == 1, "one sentence, once"
    with pytest.raises(NoNewChat) as refused:
        await NetworkDoor(desk, HERE).say("dzień dobry")
    assert "Z tej sieci" in refused.value.words
    assert refused.value.retry_after > 4 * 3600 - 60
    assert {row.conversation_id for row in await store.read(handoffs.queue)} == {its, await other.id()}
    for chat in (known, other):
        assert (await chat.say("/help")).mode == "waiting"
        assert "Z tej sieci" not in chat.said[-1]

    await marek.get("/desk/blocked")
    assert "zalew reklam" in marek.words
    assert "rozmów: 2" in marek.words
    here = await store.read(lambda c: conversations.load(c, its, lock=False))
    assert here is not None
    network = here.network or ""
    assert (await anna.post("/desk/blocked/network/remove", network=network)).status_code == 403
    assert (await marek.post("/desk/blocked/network/remove", network=network)).status_code == 303
    assert (await stranger.say("/agent")).mode == "waiting", "undone by a press"
    trail = await store.read(lambda c: audit.page(c, before=None, most=50))
    assert [line.what for line in trail if "network" in line.what] == ["network_unblocked", *2 * ["network_blocked"]]
    assert next(line.details for line in trail if line.what == "network_blocked")["chats"] == 2


async def test_a_block_ends_by_itself_and_a_customer_without_a_network_has_none(desk: Running) -> None:
    stranger, unknown = await begun(desk, HERE, "pomidor"), NetworkDoor(desk, None)
    await unknown.say("dzień dobry")
    marek = await AgentHttp.logged_in(desk, "marek")
    assert (await marek.get(f"/desk/c/{await unknown.id()}/network")).status_code == 404
    await marek.get(page := f"/desk/c/{await stranger.id()}/network")
    await marek.post(page, reason="zalew", hours="1")
    assert (await stranger.say("/agent")).mode != "waiting"
    await desk.advance(timedelta(hours=1, seconds=1).total_seconds())
    assert (await stranger.say("/agent")).mode == "waiting"
    assert not await desk.installation.store.read(lambda c: blocked_networks.listed(c, desk.installation.clock.now()))
