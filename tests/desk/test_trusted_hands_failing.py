"""The yes to an agent's address and the two digits of a log-in: every call fails, and every commit is the last one.

Whoever wasn't answered sends the same again. In the end there is one change, one log-in, and nothing else.
"""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import structlog

from bot.conversation.identity import conversation_id
from bot.usecases.accounts import passwords
from bot.web.session import HEADER
from docs.dev.samples.doors import WebDoor
from sandbox.testing.desk import DeskClient
from tests.crash.process import free_port
from tests.desk import test_faults_everywhere as faults
from tests.desk.faulty import Trouble, failing_borders
from tests.desk.lives import Fate, Lives, insistent, settled, until_undisturbed
from tests.desk.quick_starts import quick_starts
from tests.desk.running import running_desk
from tests.desk.scripted import PASSWORD, digits_on
from tests.desk.stubborn import Insistent, Stubborn, stubborn
from tests.desk.test_take_over_restart import Agent

HANDS = "trusted hands: "
YES = ("yes to account.email", "yes to einvoice.invoice_email")
#: What is done over and over meanwhile, whoever is about what.
ELSEWHERE = (*faults.BACKGROUND, "read ")
Acting = Callable[[str], None]


@pytest.fixture(autouse=True)
def nobody_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """A try that the desk died of counts as a wrong one, and here it dies of many (test_kept_out.py tells who is)."""
    monkeypatch.setattr(passwords, "PER_LOGIN", ())


class FramedDoor(WebDoor):
    """A chat in a frame; its page is opened by somebody else. What wasn't answered is sent again."""

    async def say(self, message: str) -> None:
        if HEADER not in self.own:
            self.own[HEADER] = (await self.http.post("/webchat/session", json={}, headers=self.own)).json()["token"]
        body = {"text": message, "message_id": uuid4().hex}
        done = await self.http.post("/webchat/messages", json=body, headers=self.own)
        assert done.status_code == 200, done.text
        self.own[HEADER] = done.json().get("token") or self.own[HEADER]

    async def look(self) -> None:
        """Only what was done in vain waits for the clock."""
        self._standing = await self._read()

    async def history(self) -> str:
        """Return all that the page has of the chat."""
        return (await self.http.get("/webchat/history", headers=self.own)).text

    async def comes_to(self, step: str) -> None:
        """Returns once the chat stands there."""
        while await self.look() or self.at.partition(".")[2] != step:
            await settled(self.http)


async def log_in(http: Insistent, email: str, acting: Acting) -> None:
    """The digits are right, wrong, and typed too late."""
    for how in ("right", "wrong", "late"):
        chat = FramedDoor(http)
        await chat.say("start:log_in")
        await chat.comes_to("secure_page")
        page = httpx.URL(chat.link("secure_page")["href"]).raw_path.decode()
        acting(f"{HANDS}the page, {how}")
        digits = digits_on(await http.request("POST", page, data={"login": email, "password": PASSWORD}))
        assert len(digits) == 2, "the form sent again shows them"
        await chat.comes_to("log_in_digits")
        assert email not in await chat.history()
        acting(f"{HANDS}the digits, {how}")
        if how == "late":
            await http.request("POST", "/sandbox/api/clock", json={"advance_s": 301})
            await chat.comes_to("secure_page")
        await chat.say(f"{(int(digits) + 1) % 100:02d}" if how == "wrong" else digits)
        await settled(http)
        acting("")
        said = await chat.history()
        assert said.count(f"Zalogowano jako {email}") == (how == "right")
        assert (email in said) == (how == "right")


async def agree(customer: Stubborn, step: str, acting: Acting) -> str:
    """An agent names another address, and the customer agrees; returns it."""
    http, new = customer.desk.http, f"nowy.{uuid4().hex[:8]}@example.com"
    assert isinstance(http, Insistent)
    at = customer.door.at
    await customer.say("/agent")
    http.cookies.clear()
    agent = Agent(http, conversation_id("rest", customer.door.sender), lambda _what: None)
    await agent.log_in()
    for act, fields in (("take", {}), ("correct", {"step": step, "value": new}), ("give-back", {})):
        await agent.does(act, **fields)
    await customer.door.look()
    assert (customer.door.at, await customer.desk.outbox(new)) == ("handoff.proposed_address", [])
    customer.door.acting = lambda _what: acting(f"{HANDS}yes to {step}")
    await customer.say(next(one for one in customer.door.buttons if one.startswith("proposed_address:yes")))
    acting("")
    customer.door.acting = lambda _what: None
    await http.request("POST", "/sandbox/api/clock", json={"advance_s": 300})  # a letter that failed goes again
    await customer.door.look()
    assert customer.door.at == at, "agreed to once, asked no more"
    return new


async def told(http: Insistent, address: str, subject: str) -> int:
    """How many letters of the kind it got, of which each may have come twice."""
    return len({one["key"] for one in await DeskClient(http).outbox(address) if subject in one["subject"]})


async def signs_up_elsewhere(http: Insistent, acting: Acting) -> None:
    customer = await at(http, "tax_number")
    new = await agree(customer, "account.email", acting)
    assert (await customer.desk.card(customer.email), await told(http, customer.email, "Zmiana adresu")) == (None, 1)
    customer.person.email = new
    assert await customer.desk.card(customer.email) is not None
    assert len({letter["links"][0] for letter in await customer.desk.outbox(new)}) == 1


async def at(http: Insistent, expected: str) -> Stubborn:
    return await stubborn(http).run(expected)


class Owner:
    """All walks; who has an account to log in to, and who has bought, stays the same."""

    email = ""
    buyer: Stubborn
    invoices_to = ""

    async def walk(self, http: Insistent, acting: Acting) -> None:
        acting("")
        if not self.email:
            self.email, self.buyer = (await at(http, "tax_number")).email, await at(http, "nothing")
            self.invoices_to = self.buyer.email
        await log_in(http, self.email, acting)
        await signs_up_elsewhere(http, acting)
        new = await agree(self.buyer, "einvoice.invoice_email", acting)
        assert (await self.buyer.desk.card(self.buyer.email))["einvoice"]["email"] == new
        assert await told(http, self.invoices_to, "Faktury idą na inny adres") == 1
        self.invoices_to = new


class Failing(Trouble):
    """Trouble in the acts that are told of alone."""

    def acting(self, what: str) -> None:
        super().acting(what)
        self.on = what.startswith(HANDS)


async def test_every_call_of_the_digits_and_of_a_yes_fails_in_every_manner(tmp_path: Path) -> None:
    trouble, owner = Failing(ELSEWHERE), Owner()
    with quick_starts(), failing_borders(trouble), structlog.testing.capture_logs():
        async with running_desk(tmp_path, port=free_port()) as desk, Insistent(desk.url, faults.AT_ONCE_S) as http:

            async def journey(_number: int) -> None:
                await owner.walk(http, trouble.acting)

            await faults.until_undisturbed(trouble, journey)
    for act in ("the page, right", "the digits, right", "the digits, wrong", "the digits, late", *YES):
        assert any(act in site and "write" in site for site, _ in trouble.met), act


class Doomed(Fate):
    """Dies in the acts that are told of alone."""

    def deadly(self, point: str) -> bool:
        return self.doing.startswith(HANDS) and not self.begins and super().deadly(point)


async def test_dropped_at_every_point_of_the_digits_and_of_a_yes(tmp_path: Path) -> None:
    fate, owner = Doomed(("commit", "letter")), Owner()
    async with insistent() as http:
        lives = Lives(tmp_path, http, fate.deadly, fate.begin)

        async def journey(_number: int) -> None:
            await owner.walk(http, fate.acting)

        with quick_starts():
            await until_undisturbed(lives, fate, journey)
    for act in ("the page, right", "the digits, right", "the digits, wrong", "the digits, late", *YES):
        assert fate.deaths_at(f"{act}: before commit") >= 1, act
