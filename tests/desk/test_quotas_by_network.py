"""Codes and e-mails asked for from one network address, in as many conversations as one likes."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bot.conversation.inbound import Body, ButtonPressed, Inbound, Text
from bot.conversation.outbound import StatusSnapshot
from bot.usecases.handoff.jobs import LETTERS_OF_NETWORK
from services.contacts.code_quotas import RECOMMENDED
from tests.desk.running import Running
from tests.desk.scripted import PASSWORD
from values.channel import Channel

pytestmark = pytest.mark.desk(rate_limits="on")

HERE, ELSEWHERE = "203.0.113.9", "192.0.2.99"


class Chat:
    """A fresh web chat whose messages come from one network address."""

    def __init__(self, desk: Running, network: str | None) -> None:
        self.desk, self.network, self.address, self.count = desk, network, uuid4().hex, 0

    async def says(self, *bodies: Body) -> StatusSnapshot:
        door = self.desk.installation.desk
        for body in bodies:
            self.count += 1
            key = f"{self.address}:{self.count}"
            receipt = await door.receive(Inbound(Channel.WEB, self.address, key, body, network=self.network))
            assert await door.settled(receipt.root, timedelta(seconds=20))
        return await door.standing(await self.id())

    async def id(self) -> str:
        found = await self.desk.installation.desk.conversation(Channel.WEB, self.address)
        assert found is not None
        return found

    async def said(self) -> str:
        return (await self.desk.installation.desk.messages(await self.id()))[-1].text

    async def gives_number(self, phone: str, email: str) -> StatusSnapshot:
        """From the first button to the telephone number."""
        page = await self.says(
            ButtonPressed("/start"), ButtonPressed("start:buy"), ButtonPressed("account:new"), Text(email)
        )
        href = next(link.href for link in page.links if link.rel == "secure_page")
        done = await self.desk.http.post(href, data={"password": PASSWORD, "password_repeat": PASSWORD})
        assert done.status_code < 400
        return await self.says(ButtonPressed("consents:required"), Text(phone))

    async def forgets(self, email: str) -> StatusSnapshot:
        return await self.says(ButtonPressed("/start"), ButtonPressed("start:forgot_password"), Text(email))


def stranger(n: int) -> tuple[str, str]:
    """A number of a prefix of its own, and an e-mail."""
    return f"5{n:02d} 000 111", f"stranger{n}@example.com"


async def test_one_network_gets_so_many_codes_and_others_are_not_held_up(desk: Running) -> None:
    for n in range(10, 10 + RECOMMENDED.per_network):
        assert (await Chat(desk, HERE).gives_number(*stranger(n))).step == "contact_code"
    held = Chat(desk, HERE)
    assert (await held.gives_number(*stranger(30))).step == "phone"
    assert "Z Twojego łącza poproszono już o wiele kodów" in await held.said()
    assert (await Chat(desk, ELSEWHERE).gives_number(*stranger(31))).step == "contact_code"
    assert (await Chat(desk, None).gives_number(*stranger(32))).step == "contact_code"
    figures = (await desk.http.get("/metrics")).text
    assert 'okienko_held_back_total{limit="network",what="sms"} 1.0' in figures
    await desk.advance(3601)
    assert (await held.says(Text("530 000 111"))).step == "contact_code"


async def test_one_network_gets_so_many_letters_and_others_are_not_held_up(desk: Running) -> None:
    for n in range(30):
        assert (await Chat(desk, HERE).forgets(f"stranger{n}@example.com")).expects == "email_link"
    held = Chat(desk, HERE)
    await held.forgets("stranger99@example.com")
    assert "z Twojego łącza wysłaliśmy już kilka wiadomości" in await held.said()
    assert await desk.outbox("stranger99@example.com") == []
    assert (await Chat(desk, ELSEWHERE).forgets("stranger99@example.com")).expects == "email_link"


@pytest.mark.desk(rate_limits="off")
async def test_lifted_quotas_lift_those_of_a_network(desk: Running) -> None:
    for n in range(10, 12 + RECOMMENDED.per_network):
        assert (await Chat(desk, HERE).gives_number(*stranger(n))).step == "contact_code"


async def test_one_network_brings_support_so_many_letters_and_every_wish_is_queued(desk: Running) -> None:
    async def asks(network: str | None) -> StatusSnapshot:
        return await Chat(desk, network).says(ButtonPressed("/start"), Text("/agent"), Text("skip"))

    async def letters() -> int:
        return len(await desk.outbox("pomoc@fakturasmart.example"))

    for _ in range(LETTERS_OF_NETWORK.n + 3):
        assert (await asks(HERE)).mode == "waiting"
    await desk.advance(60)
    assert await letters() == LETTERS_OF_NETWORK.n
    assert (await asks(ELSEWHERE)).mode == "waiting"
    await desk.advance(60)
    assert await letters() == LETTERS_OF_NETWORK.n + 1
