"""The desk is dropped at every point of what an agent does; the agent's browser and the customer ask again."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from bot.conversation.identity import conversation_id
from tests.desk.lives import Fate, Lives, insistent, until_undisturbed
from tests.desk.quick_starts import quick_starts
from tests.desk.stubborn import Insistent, judged, stubborn

WORDS = "Już sprawdzam w rejestrze."
#: What agents' acts do that nothing else does.
OF_AGENTS = ("ConversationDesk.act", "sessions", "DeskDoor", "AgentLogIns", "note")
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class Agent:
    """Anna, whose browser sends a form again until the desk has answered; each form has its key."""

    def __init__(self, http: Insistent, talk: str, acting: Callable[[str], None]) -> None:
        self._http, self._talk, self._acting = http, talk, acting
        self._csrf, self._acts, self._mine = "", 0, uuid4().hex

    async def log_in(self) -> None:
        self._acting("agent logs in")
        page = await self._http.request("GET", "/desk/login")
        form = {"login": "anna", "password": "sandbox", "csrf": _CSRF.findall(page.text)[0]}
        answer = await self._http.request("POST", "/desk/login", data=form, headers=self._own)
        assert answer.status_code == 303, answer.text
        page = await self._http.request("GET", f"/desk/c/{self._talk}")
        self._csrf = _CSRF.findall(page.text)[0]

    @property
    def _own(self) -> dict[str, str]:
        return {"origin": str(self._http.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}

    async def does(self, act: str, **fields: str) -> None:
        self._acting(f"agent does {act}")
        self._acts += 1
        form = {"csrf": self._csrf, "key": f"key-{self._mine}-{self._acts}", **fields}
        answer = await self._http.request("POST", f"/desk/c/{self._talk}/{act}", data=form, headers=self._own)
        assert answer.status_code == 303, (act, answer.status_code, answer.text)


async def test_dropped_at_every_point_of_a_take_over(tmp_path: Path, each_database: dict[str, str]) -> None:
    fate = Fate(OF_AGENTS, ("commit of ConversationDesk.act",))
    async with insistent() as http, Insistent(str(http.base_url)) as browser:
        browser.desk_up = http.desk_up

        async def journey(_number: int) -> None:
            customer = stubborn(http, acting=fate.acting)
            await customer.run("tax_number")
            await customer.say("/agent")
            agent = Agent(browser, conversation_id("rest", customer.door.sender), fate.acting)
            browser.cookies.clear()
            await agent.log_in()
            await agent.does("take")
            await customer.say("Nie wiem, jaki mam NIP")
            await agent.does("say", text=WORDS)
            await agent.does("correct", step="company.tax_number", value="123-456-32-18")
            before = customer.email
            customer.person.email = f"nowy.{before}"
            await agent.does("correct", step="account.email", value=customer.email)
            await agent.does("give-back")
            await customer.door.look()
            assert await customer.desk.outbox(customer.email) == [], "only an agent has named it"
            await customer.say("proposed_address:yes")
            await customer.run()
            await judged(customer)
            said = await customer.door.everything()
            assert any("Zmiana adresu" in one["subject"] for one in await customer.desk.outbox(before))
            for once in ("Tu Anna", WORDS, "Anna oddaje rozmowę", "Anna proponuje zmianę"):
                assert sum(once in text for text in said) == 1, (once, said)

        with quick_starts():
            lives = Lives(tmp_path, http, fate.deadly, fate.begin, each_database)
            points = await until_undisturbed(lives, fate, journey)
    print(f"{len(lives.deaths)} deaths, {points} points")
    assert fate.deaths_at("before commit of ConversationDesk.act") >= 4
    assert fate.deaths_at("after commit of ConversationDesk.act") >= 4
