"""The yes to an agent's address and the two digits of a log-in: every call fails, and every commit is the last one.

Whoever wasn't answered sends the same again. In the end there is one change, one log-in, and nothing else.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import structlog

from bot.conversation.identity import conversation_id
from bot.usecases.accounts import passwords
from bot.web.guard import MARK
from tests.crash.process import free_port
from tests.desk import test_faults_everywhere as faults
from tests.desk.digits import digits_on
from tests.desk.faulty import Trouble, failing_borders
from tests.desk.lives import Fate, Lives, insistent, settled, until_undisturbed
from tests.desk.quick_starts import quick_starts
from tests.desk.running import running_desk
from tests.desk.stubborn import PASSWORD, Insistent, Json, Stubborn
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


class Visitor:
    """A chat in a frame; its page is opened by somebody else. What wasn't answered is sent again."""

    def __init__(self, http: Insistent) -> None:
        self.http, self.token, self._said = http, "", count(1)

    async def page(self) -> str:
        """Asks to log in; returns where the password is typed."""
        begun = await self.http.request("POST", "/webchat/session", json={}, headers={MARK: "1"})
        self.token = begun.json()["token"]
        await self.say("start:log_in")
        links = (await self.at("secure_page"))["links"]
        href = next(link["href"] for link in links if link["rel"] == "secure_page")
        return httpx.URL(href).raw_path.decode()

    async def say(self, text: str) -> None:
        body = {"text": text, "message_id": f"m{next(self._said)}"}
        done = await self.http.request("POST", "/webchat/messages", json=body, headers=self._own)
        assert done.status_code == 200, done.text
        self.token = done.json().get("token") or self.token

    @property
    def _own(self) -> dict[str, str]:
        return {MARK: "1", "okienko-session": self.token}

    async def history(self) -> Json:
        answer = await self.http.request("GET", "/webchat/history", headers=self._own)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def at(self, step: str) -> Json:
        while (seen := (await self.history())["standing"])["step"] != step:
            await settled(self.http)
        return seen


async def log_in(http: Insistent, email: str, acting: Acting) -> None:
    """The digits are right, wrong, and typed too late."""
    for how in ("right", "wrong", "late"):
        chat = Visitor(http)
        page = await chat.page()
        acting(f"{HANDS}the page, {how}")
        digits = digits_on(await http.request("POST", page, data={"login": email, "password": PASSWORD}))
        assert len(digits) == 2, "the form sent again shows them"
        await chat.at("log_in_digits")
        assert email not in str(await chat.history())
        acting(f"{HANDS}the digits, {how}")
        if how == "late":
            await http.request("POST", "/sandbox/api/clock", json={"advance_s": 301})
            await chat.at("secure_page")
        await chat.say(f"{(int(digits) + 1) % 100:02d}" if how == "wrong" else digits)
        await settled(http)
        acting("")
        said = str(await chat.history())
        assert said.count(f"Zalogowano jako {email}") == (how == "right")
        assert (email in said) == (how == "right")


async def agree(customer: Stubborn, step: str, acting: Acting) -> str:
    """An agent names another address, and the customer agrees; returns it."""
    http, new = customer.http, f"nowy.{uuid4().hex[:8]}@example.com"
    assert isinstance(http, Insistent)
    at = customer.at
    await customer.say("/agent")
    http.cookies.clear()
    agent = Agent(http, conversation_id("rest", customer.sender), lambda _what: None)
    await agent.log_in()
    for act, fields in (("take", {}), ("correct", {"step": step, "value": new}), ("give-back", {})):
        await agent.does(act, **fields)
    await customer.look()
    assert (customer.at, await customer.messages(new)) == ("handoff.proposed_address", [])
    customer.acting = lambda _what: acting(f"{HANDS}yes to {step}")
    await customer.say(next(one for one in customer.buttons if one.startswith("proposed_address:yes")))
    acting("")
    customer.acting = lambda _what: None
    await http.request("POST", "/sandbox/api/clock", json={"advance_s": 300})  # a letter that failed goes again
    await customer.look()
    assert customer.at == at, "agreed to once, asked no more"
    return new


async def told(http: Insistent, address: str, subject: str) -> int:
    """How many letters of the kind it got, of which each may have come twice."""
    return len({one["key"] for one in await Stubborn(http).messages(address) if subject in one["subject"]})


async def signs_up_elsewhere(http: Insistent, acting: Acting) -> None:
    customer = await at(http, "tax_number")
    new = await agree(customer, "account.email", acting)
    assert (await customer.card(), await told(http, customer.email, "Zmiana adresu")) == (None, 1)
    customer.email = new
    assert await customer.card() is not None
    assert len({letter["links"][0] for letter in await customer.messages(new)}) == 1


async def at(http: Insistent, expected: str) -> Stubborn:
    customer = Stubborn(http)
    await customer.say("/start")
    await customer.go_on(expected)
    return customer


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
        assert (await self.buyer.card())["einvoice"]["email"] == new
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
        async with (
            running_desk(tmp_path, port=free_port()) as desk,
            Insistent(desk.url, faults.AT_ONCE_S) as http,
        ):

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
