"""Codes and e-mails asked for from one network address, in as many conversations as one likes.

Ten of a network wait without an account, sixty an hour begin a chat; nobody else waits longer for it. So it is with
three desks on one PostgreSQL, which count together. A supervisor blocks a network for a day at most."""

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from msgspec import to_builtins

from bot.conversation.inbound import ButtonPressed, Inbound, Text
from bot.conversation.new_chats import NEW_CHATS, NoNewChat
from bot.conversation.outbound import StatusSnapshot
from bot.usecases.handoff.jobs import LETTERS_OF_NETWORK
from bot.web.flood import Flood, FloodRules
from sandbox.testing import Customer, Person
from sandbox.testing.doors import link_of
from services.agents import audit
from services.contacts.code_quotas import RECOMMENDED
from services.store import conversations
from services.store.tables.core import conversation
from services.store.tables.orders import withdrawal
from services.support import blocked_networks, handoffs, second_line
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.replicas import replicas
from tests.desk.running import Running
from tests.kit.narrow import present
from tests.kit.talks import plain
from values.channel import Channel

pytestmark = pytest.mark.desk(rate_limits="on")

HERE, ELSEWHERE = "203.0.113.9", "192.0.2.99"


class NetworkDoor:
    """A fresh web chat whose messages come from one network address."""

    def __init__(self, desk: Running, network: str | None) -> None:
        self.desk, self.network, self.address, self.count = desk, network, uuid4().hex, 0
        self.said, self.buttons, self.status = list[str](), list[str](), cast(StatusSnapshot, None)

    async def say(self, message: str) -> StatusSnapshot:
        door = self.desk.installation.desk
        self.count += 1
        body = ButtonPressed(message) if message in (*self.buttons, "/start") else Text(message)
        key = f"{self.address}:{self.count}"
        receipt = await door.receive(Inbound(Channel.WEB, self.address, key, body, network=self.network))
        assert await door.settled(receipt.root, timedelta(seconds=20))
        return await self.look()

    async def look(self) -> StatusSnapshot:
        door, id = self.desk.installation.desk, await self.id()
        messages = await door.messages(id)
        self.said = [one.text for one in messages]
        self.buttons = [button.payload for button in messages[-1].buttons] if messages else []
        self.status = await door.standing(id)
        return self.status

    async def id(self) -> str:
        return present(await self.desk.installation.desk.conversation(Channel.WEB, self.address))

    @property
    def expects(self) -> str:
        return self.status.expects if self.said else ""

    @property
    def at(self) -> str:
        return f"{self.status.dialog}.{self.status.step}" if self.said else ""

    def link(self, rel: str) -> Mapping[str, Any]:
        return link_of(rel, [to_builtins(one) for one in self.status.links])


async def gives_number(desk: Running, network: str | None, n: int) -> Customer:
    """Somebody new, from the first button to the telephone number of a prefix of its own."""
    person = Person(phone=f"5{n:02d} 000 111", email=f"stranger{n}@example.com")
    customer = await Customer(desk, person, NetworkDoor(desk, network)).run("phone")
    await customer.act()
    return customer


async def forgets(door: NetworkDoor, email: str) -> str:
    """Asks for a new password; returns what is expected then."""
    for said in ("/start", "start:forgot_password", email):
        await door.say(said)
    return door.expects


async def test_one_network_gets_so_many_codes_and_others_are_not_held_up(desk: Running) -> None:
    for n in range(10, 10 + RECOMMENDED.per_network):
        assert (await gives_number(desk, HERE, n)).door.expects == "contact_code"
    held = await gives_number(desk, HERE, 30)
    assert held.door.expects == "phone"
    assert "Z Twojego łącza poproszono już o wiele kodów" in held.door.said[-1]
    assert (await gives_number(desk, ELSEWHERE, 31)).door.expects == "contact_code"
    assert (await gives_number(desk, None, 32)).door.expects == "contact_code"
    assert 'okienko_held_back_total{limit="network",what="sms"} 1.0' in (await desk.http.get("/metrics")).text
    await desk.advance(3601)
    await held.act()
    assert held.door.expects == "contact_code"


async def test_one_network_gets_so_many_letters_and_others_are_not_held_up(desk: Running) -> None:
    for n in range(30):
        assert await forgets(NetworkDoor(desk, HERE), f"stranger{n}@example.com") == "email_link"
    held = NetworkDoor(desk, HERE)
    await forgets(held, "stranger99@example.com")
    assert "z Twojego łącza wysłaliśmy już kilka wiadomości" in held.said[-1]
    assert await desk.outbox("stranger99@example.com") == []
    assert await forgets(NetworkDoor(desk, ELSEWHERE), "stranger99@example.com") == "email_link"


@pytest.mark.desk(rate_limits="off")
async def test_lifted_quotas_lift_those_of_a_network(desk: Running) -> None:
    for n in range(10, 12 + RECOMMENDED.per_network):
        assert (await gives_number(desk, HERE, n)).door.expects == "contact_code"


async def test_one_network_brings_support_so_many_letters_and_every_wish_is_queued(desk: Running) -> None:
    async def asks(network: str | None) -> StatusSnapshot:
        door = NetworkDoor(desk, network)
        for said in ("/start", "/agent", "skip"):
            await door.say(said)
        return door.status

    async def letters() -> int:
        return len(await desk.outbox("pomoc@fakturasmart.example"))

    for _ in range(LETTERS_OF_NETWORK.n + 3):
        assert (await asks(HERE)).mode == "waiting"
    await desk.advance(60)
    assert await letters() == LETTERS_OF_NETWORK.n
    assert (await asks(ELSEWHERE)).mode == "waiting"
    await desk.advance(60)
    assert await letters() == LETTERS_OF_NETWORK.n + 1


def from_network(desk: Running, network: str) -> httpx.AsyncClient:
    """A browser at this address, without the desk's own flood limits."""
    transport = httpx.ASGITransport(desk.installation.app, client=(network, 1))
    return httpx.AsyncClient(transport=transport, base_url=desk.installation.base_url)


async def states_on_page(http: httpx.AsyncClient, n: int) -> str:
    typed = {"name": "Jan Nowak", "number": f"FS/2026/{n:06d}", "email": f"stranger{n}@example.com", "confirmed": "yes"}
    return plain((await http.post("/withdraw?lang=pl", data=typed)).text)


async def test_whichever_door_a_network_comes_by_it_gets_so_many_letters_and_places(desk: Running) -> None:
    """A hundred statements and more, by the page, in chats, by asking for a password: one count, and none is lost."""
    async with from_network(desk, HERE) as http, from_network(desk, ELSEWHERE) as other:
        for n in range(10):
            await forgets(NetworkDoor(desk, HERE), f"forgets{n}@example.com")
        for n in range(10):
            chat = NetworkDoor(desk, HERE)
            await chat.say(f"Odstępuję od umowy FS/2026/{n:06d}, mój e-mail to stated{n}@example.com")
            assert (chat.status.mode, chat.expects) != ("waiting", "email"), "the address was given"
        pages = [await states_on_page(http, n) for n in range(100)]
        assert (await http.post("/end", data={"number": "FS/2026/000001", "email": "a@example.com"})).status_code == 200
        promised = ["Potwierdzenie wysyłamy na podany adres" in page for page in pages]
        assert promised == [True] * 10 + [False] * 90
        assert "Ja, Jan Nowak, odstępuję od umowy FS/2026/000099." in pages[-1], "it stands there, with its hour"
        await desk.advance(60)
        strangers = [one["to"] for one in await desk.outbox() if one["to"].endswith("@example.com")]
        assert len(strangers) == 30
        kept = await desk.installation.store.read(
            lambda c: c.scalar(sa.select(sa.func.count()).select_from(withdrawal))
        )
        assert kept == 110
        line = await desk.installation.store.read(second_line.order_waiting_requests)
        assert (len(line.queue), len(line.second)) == (second_line.CEILING, 100)
        assert "Potwierdzenie wysyłamy na podany adres" in await states_on_page(other, 200)


async def wants_a_person(desk: Running, network: str | None) -> tuple[NetworkDoor, str]:
    """A new chat that asks for one, and all that it was told."""
    chat = NetworkDoor(desk, network)
    await chat.say("/agent")
    return chat, chat.said[-1]


async def second(desk: Running) -> frozenset[str]:
    return await desk.installation.store.read(second_line.ids)


async def test_the_eleventh_of_a_network_is_told_the_truth_and_nobody_else_waits_behind_it(desk: Running) -> None:
    first = [(await wants_a_person(desk, HERE))[0] for _ in range(second_line.CEILING)]
    assert not await second(desk)

    eleventh, told = await wants_a_person(desk, HERE)
    twelfth, _ = await wants_a_person(desk, HERE)
    assert "drugiej kolejce" in told
    assert "Miejsce w kolejce" not in told
    assert "Na jaki adres e-mail" in told, "asked where the answer is to go"
    assert await second(desk) == {await eleventh.id(), await twelfth.id()}

    await eleventh.say("jan@example.com")
    assert "jan@example.com" in eleventh.said[-1]
    request = await desk.installation.store.read(lambda c: c.execute(handoffs._QUEUE).all())
    assert len(request) == second_line.CEILING + 2, "nothing they wrote is lost"
    assert (await twelfth.say("/agent")).mode == "waiting"
    assert "czeka już na konsultanta" in twelfth.said[-1]

    _, other = await wants_a_person(desk, ELSEWHERE)
    assert "Miejsce w kolejce: 11." in other, "behind the ten, not behind those beside the queue"
    _, unknown = await wants_a_person(desk, None)
    assert "Miejsce w kolejce: 12." in unknown, "a channel that knows no network counts by sender"

    now, end = await first[0].id(), desk.installation.clock.now()
    await desk.installation.store.write(lambda c: handoffs.end(c, conversation_id=now, now=end))
    assert await second(desk) == {await twelfth.id()}, "the next of the network has the place"


async def test_sixty_of_a_network_keep_nobody_elsewhere_from_an_agent(desk: Running) -> None:
    for _ in range(60):
        await wants_a_person(desk, HERE)
    one, told = await wants_a_person(desk, ELSEWHERE)
    place = second_line.CEILING + 1
    assert f"Miejsce w kolejce: {place}." in told
    _, behind = await wants_a_person(desk, ELSEWHERE)
    assert f"Miejsce w kolejce: {place + 1}." in behind

    anna, taken = await AgentHttp.logged_in(desk), list[str]()
    while await one.id() not in taken:
        where = (await anna.get("/desk/next")).headers["location"].removeprefix("/desk/c/")
        shown = re.findall(r'href="/desk/c/([\w-]+)', (await anna.get("/desk")).text)
        assert next(id for id in shown if id not in taken) == where, "shown in the order in which it is served"
        assert (await anna.act(where, "take")).status_code == 303
        taken.append(where)
    assert len(taken) == place


async def test_a_network_begins_so_many_chats_an_hour_and_nothing_of_a_refused_one_is_stored(desk: Running) -> None:
    begun = [NetworkDoor(desk, HERE) for _ in range(NEW_CHATS[0].n)]
    for chat in begun:
        await chat.say("/start")
    late = NetworkDoor(desk, HERE)
    for _ in range(2):
        with pytest.raises(NoNewChat) as refused:
            await late.say("dzień dobry")
        assert 0 < refused.value.retry_after <= 3600
        assert "minut" in refused.value.words
        assert "@" in refused.value.words, "where to write instead"
    assert await desk.installation.desk.conversation("web", late.address) is None
    assert (await begun[0].say("start:log_in")).expects == "secure_page", "one that has begun goes on"
    await NetworkDoor(desk, ELSEWHERE).say("/start")
    await NetworkDoor(desk, None).say("/start")

    await desk.advance(3601)
    await late.say("dzień dobry")
    assert await desk.installation.desk.conversation("web", late.address) is not None


# --- three desks on one database ---

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
        assert at_one + 1 + sum(flood.wait(None, HERE) == 0 for flood in floods for _ in range(60)) <= 30

        waiting = [NetworkDoor(desks.each[n % THREE], HERE) for n in range(second_line.CEILING + 5)]
        await asyncio.gather(*(chat.say("/agent") for chat in waiting))
        assert len(await desks.each[0].installation.store.read(second_line.ids)) == 5
        told = [chat.said[-1] for chat in waiting]
        assert sum("drugiej kolejce" in one for one in told) == 5, "of those at once, too"

        more = [NetworkDoor(desks.each[n % THREE], HERE) for n in range(NEW_CHATS[0].n)]
        ends = await asyncio.gather(*(chat.say("/start") for chat in more), return_exceptions=True)
        assert len(waiting) + sum(not isinstance(end, BaseException) for end in ends) == NEW_CHATS[0].n
        assert {type(end) for end in ends if isinstance(end, BaseException)} == {NoNewChat}


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
    assert not await desk.installation.store.read(
        lambda c: blocked_networks.list_blocks(c, desk.installation.clock.now())
    )
