"""Codes and e-mails asked for from one network address, in as many conversations as one likes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from msgspec import to_builtins

from bot.conversation.inbound import ButtonPressed, Inbound, Text
from bot.conversation.outbound import StatusSnapshot
from bot.usecases.handoff.jobs import LETTERS_OF_NETWORK
from sandbox.testing import Customer, Person
from sandbox.testing.doors import link_of
from services.contacts.code_quotas import RECOMMENDED
from tests.desk.running import Running
from tests.kit.narrow import present
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
