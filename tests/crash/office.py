"""Agents who race for whoever asks for a person: plain forms over HTTP, each request at another process, repeated under
the same key until it is answered."""

import asyncio
import html
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import sqlalchemy as sa

from services.agents import agent_accounts
from services.clock import SystemClock
from services.store.tables.agents import agent as agents
from tests.crash.doors import Visitor
from tests.crash.house import House

LOGINS = ("anna", "marek", "zofia")
PASSWORD = "sandbox"
#: How long an agent thinks before the next act, at most.
PAUSE_S = 0.3
DONE, ANOTHERS = 303, 409
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_STATED = re.compile(r'id="sum-accept_withdrawal-([^"]+)"')
_CONTRACT = re.compile(r'id="sum-accept_withdrawal-[^>]+ value="([^"]+)"')
_SURE = re.compile(r'name="sure" value="([^"]+)"')
REASON = "Umowa między firmami."


@dataclass
class Helped:
    """One talk that was an agent's affair. `presses` is how often *take* was pressed, `said` what its agent has said.

    `corrects`: the step that is answered in the customer's stead, and the answer. `accepts`: how a withdrawal is
    decided; without one they are helped. `problems`: what the desk answered
    otherwise than it should have.
    """

    talk: str
    number: int
    corrects: tuple[str, str] | None = None
    accepts: bool | None = None
    holder: str = ""
    presses: int = 0
    said: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])

    @property
    def acts(self) -> list[str]:
        """What its agent did, in order, as the journal names it."""
        if self.accepts is not None:
            return ["took", f"withdrawal_{'accepted' if self.accepts else 'refused'}", "gave_back"]
        return ["took", "said", *(["corrected"] if self.corrects else []), "said", "gave_back"]


class Colleague:
    """One agent, in a browser without scripts."""

    def __init__(self, login: str, house: House, number: int, answer_s: float) -> None:
        self.login = login
        self._http = httpx.AsyncClient(trust_env=False)
        self.visitor = Visitor(self._http, house.doors, number, answer_s)
        self._own = {"origin": house.front_url, "sec-fetch-site": "same-origin", "accept": "text/html"}
        self._csrf = ""
        self._entering = asyncio.Lock()

    async def enter(self) -> None:
        """Logs in, if that wasn't done before; however often the desk dies, once is enough."""
        async with self._entering:
            if self._csrf:
                return
            await self._read("/desk/login")
            form = {"login": self.login, "password": PASSWORD, "next": "/desk", "csrf": self._csrf}
            answer = await self.visitor.request("POST", "/desk/login", data=form, headers=self._own)
            assert answer.status_code == DONE, (self.login, answer.status_code)
            await self._read("/desk")

    async def finds(self, talk: str) -> None:
        """Returns once the queue shows the talk."""
        while f"/desk/c/{talk}" not in await self._read("/desk/queue"):  # noqa: ASYNC110 - as without scripts
            await asyncio.sleep(PAUSE_S)

    async def act(self, talk: str, name: str, key: str, *, times: int = 1, **fields: str) -> int:
        """Opens the talk and sends one of its forms, perhaps twice at once; what came of it."""
        await self._read(f"/desk/c/{talk}")
        form = {**fields, "csrf": self._csrf, "key": key}
        sent = [
            self.visitor.request("POST", f"/desk/c/{talk}/{name}", data=form, headers=self._own) for _ in range(times)
        ]
        statuses = {answer.status_code for answer in await asyncio.gather(*sent)}
        assert len(statuses) == 1, (name, statuses)
        return statuses.pop()

    async def asked(self, talk: str, name: str, key: str, **fields: str) -> str:
        """Sends the form of an act on the card; what confirms it."""
        await self._read(f"/desk/c/{talk}")
        form = {**fields, "csrf": self._csrf, "key": key}
        answer = await self.visitor.request("POST", f"/desk/c/{talk}/{name}", data=form, headers=self._own)
        return html.unescape(_SURE.findall(answer.text)[0])

    async def stated(self, talk: str) -> tuple[str, str]:
        """The withdrawal that waits in the talk: its id and its contract's number."""
        page = await self._read(f"/desk/c/{talk}")
        return _STATED.findall(page)[0], _CONTRACT.findall(page)[0]

    def comes_back(self) -> None:
        """A year later nobody is logged in any more."""
        self._csrf = ""

    async def leave(self) -> None:
        """Closes the browser."""
        await self._http.aclose()

    async def _read(self, path: str) -> str:
        answer = await self.visitor.request("GET", path, headers={"accept": "text/html"})
        assert answer.status_code == 200, (self.login, path, answer.status_code)
        self._csrf = next(iter(_CSRF.findall(answer.text)), self._csrf)
        return html.unescape(answer.text)


class Office:
    """All agents of a house. `twice` is the share of their forms that are sent to two processes at once."""

    def __init__(self, house: House, dice: random.Random, *, twice: float, answer_s: float) -> None:
        self._dice = dice
        self._twice = twice
        _hire(house.store)
        self._colleagues = [Colleague(login, house, n, answer_s) for n, login in enumerate(LOGINS)]
        self.helped: list[Helped] = []

    @property
    def unanswered(self) -> int:
        """How many of the agents' requests were made again."""
        return sum(colleague.visitor.unanswered for colleague in self._colleagues)

    async def help(self, one: Helped, meanwhile: Callable[[], Awaitable[object]]) -> None:
        """Two or three press *take* at once; who has it speaks, perhaps corrects, and gives it back. `meanwhile`: what
        the customer does while an agent has the talk."""
        await self._serves(one, await self._taken(one), meanwhile)

    async def decide(self, one: Helped) -> None:
        """Two or three press *take* at once; who has it decides on the withdrawal, and gives the talk back."""
        agent = await self._taken(one)
        one.holder = agent.login
        stated, contract = await agent.stated(one.talk)
        name = "accept-withdrawal" if one.accepts else "refuse-withdrawal"
        form = {"of": stated, "typed": contract, "reason": REASON}
        sure = await agent.asked(one.talk, name, f"{one.talk}-asked", **form)
        await self._does(one, agent, name, **form, sure=sure)
        await self._does(one, agent, "give-back")

    def comes_back(self) -> None:
        """All log in anew."""
        for colleague in self._colleagues:
            colleague.comes_back()

    async def _taken(self, one: Helped) -> Colleague:
        self.helped.append(one)
        racing = self._dice.sample(self._colleagues, self._dice.randint(2, len(self._colleagues)))
        for colleague in racing:
            await colleague.enter()
        await racing[0].finds(one.talk)
        one.presses = len(racing)
        answers = await asyncio.gather(*(self._sends(one, colleague, "take") for colleague in racing))
        taken = [colleague for colleague, status in zip(racing, answers, strict=True) if status == DONE]
        if len(taken) != 1 or {*answers} - {DONE, ANOTHERS}:
            one.problems.append(f"take was answered {answers} to {[colleague.login for colleague in racing]}")
        assert taken, "nobody could take it"
        return taken[-1]

    async def _serves(self, one: Helped, agent: Colleague, meanwhile: Callable[[], Awaitable[object]]) -> None:
        one.holder = agent.login
        await self._says(one, agent, f"Sprawdzam to teraz, sprawa {one.number}.")
        await meanwhile()
        if one.corrects:
            step, value = one.corrects
            await self._does(one, agent, "correct", step=step, value=value)
        await self._says(one, agent, f"Gotowe, sprawa {one.number}.")
        await self._does(one, agent, "give-back")

    async def _says(self, one: Helped, agent: Colleague, words: str) -> None:
        one.said.append(words)
        await self._does(one, agent, "say", text=words)

    async def _does(self, one: Helped, agent: Colleague, name: str, **fields: str) -> None:
        await asyncio.sleep(self._dice.uniform(0, PAUSE_S))
        status = await self._sends(one, agent, name, **fields)
        if status != DONE:
            one.problems.append(f"{name} was answered {status}")

    async def _sends(self, one: Helped, agent: Colleague, name: str, **fields: str) -> int:
        key = f"{one.talk}-{agent.login}-{name}-{len(one.said)}"
        return await agent.act(one.talk, name, key, times=1 + (self._dice.random() < self._twice), **fields)

    async def close(self) -> None:
        """All go home."""
        for colleague in self._colleagues:
            await colleague.leave()


def _hire(store: sa.Engine) -> None:
    """The sandbox has two agents; a third with the same password."""
    with store.begin() as connection:
        known = agent_accounts.by_login(connection, LOGINS[0])
        assert known is not None
        agent_accounts.add(
            connection,
            agent_id="agent-zofia",
            login="zofia",
            name="Zofia",
            role="agent",
            now=SystemClock().now(),
            password_hash=connection.execute(
                sa.select(agents.c.password_hash).where(agents.c.id == known.id)
            ).scalar_one(),
            sandbox=True,
        )
