"""One simulated customer's ways to a desk in this process: the REST channel and all else, each noted in a diary."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.app.installation import Installation
from bot.conversation.identity import hashed_address
from bot.handlers.rest.channel import Rest
from bot.simulation.person import Broken, Diary
from bot.usecases.agents.acts import By
from sandbox.testing.desk import A_MOMENT_S, DeskClient, NotDone
from sandbox.testing.doors import RestDoor
from services.agents import agent_accounts
from values.channel import Channel

Json = Any
_DONE = (200, 303)


@dataclass
class NotedDoor(RestDoor):
    """The REST channel, what is said and heard there noted in a diary; each message comes through whole.

    `desk` is the one behind it. `on_card` is what the rows of the open card offer (other answers, those that are taken
    back, changes), `titles` what all buttons are called; `seen` are all payloads so far.
    """

    diary: Diary = field(default_factory=Diary)
    on_card: tuple[str, ...] = ()
    titles: dict[str, str] = field(default_factory=dict[str, str])
    seen: dict[str, None] = field(default_factory=dict[str, None])
    desk: DeskClient = field(init=False)
    _said: int = 0

    async def say(self, message: str, message_id: str | None = None, *, times: int = 1) -> Json:
        """Say it, `times` with the same id as clients repeat it, and read all that comes of it."""
        self._said += 1
        self.diary.said(message)
        for _ in range(times):
            await super().say(message, message_id or f"message-{self._said}")
        return await self.desk.advance(A_MOMENT_S)

    def _take(self, items: Json) -> Json:
        now, before = items[-1]["custom"], self.buttons
        if self.custom is not None and now["seq"] < self.custom["seq"]:
            raise Broken("order", f"seq went back from {self.custom['seq']} to {now['seq']}")
        rows = now.get("card", {"rows": ()})["rows"]
        choices = [choice for row in rows for choice in row.get("choices", ())]
        self.on_card = (*(choice["payload"] for choice in choices), *(row["edit"] for row in rows if "edit" in row))
        self.titles |= {choice["payload"]: choice["title"] for choice in choices}
        for item in items[:-1]:
            titled = {button["payload"]: button["title"] for button in item.get("buttons", ())}
            before = [*titled] or before
            self.titles |= titled
            self.seen |= titled.fromkeys(before)
            self.diary.read(item["text"], tuple(titled.values()))
        super()._take(items)
        self.buttons = before
        return now


@dataclass
class SimulatedVisit(DeskClient):
    """A conversation under way by `door`, and what is done beside it. Errors: NotDone."""

    desk: Installation
    door: NotedDoor

    @property
    def diary(self) -> Diary:
        """The diary of all this."""
        return self.door.diary

    def link(self, rel: str) -> Json | None:
        """Return the open step's link of that kind."""
        return next((link for link in self.door.custom["links"] if link["rel"] == rel), None)

    @property
    def at(self) -> str:
        """The open step, as "dialog.step"."""
        return self.door.at or "start"

    async def advance(self, seconds: float) -> Json:
        """Let the desk's clock run, all on the way done, and read what came of it."""
        answer = await super().advance(seconds)
        await self.door.look()
        return answer

    async def waits(self, seconds: float) -> None:
        """Say nothing for so long."""
        self.diary.did(f"{timedelta(seconds=seconds)} later")
        await self.advance(seconds)

    async def fault(self, provider: str, mode: str, times: int = 1) -> None:
        """Let a provider fail so often."""
        self.diary.did(f"{provider}: {mode}, {times} times", "faults")
        await super().fault(provider, mode, times)

    async def mend(self) -> None:
        """Let no provider fail any more."""
        for provider in {fault["provider"] for fault in await self.ask("GET", "/sandbox/api/faults")}:
            await self.fault(provider, "error", 0)

    async def have_agent(self) -> None:
        """Have an agent of the sandbox take the conversation, speak and give it back as settled. Errors: Broken."""
        address = hashed_address(Channel.REST, self.door.sender)
        talk = await self.desk.desk.conversation(Channel.REST, address) or ""
        agent, acts = (await self.desk.store.read(agent_accounts.list_agents))[0], self.desk.container.agent_acts
        by, key = By(agent.id, agent.name), f"act-{len(self.diary.lines)}"
        self.diary.did("an agent takes it, speaks and gives it back", "helped")
        try:
            await acts.take(talk, by, f"{key}-take")
            await acts.say(talk, by, "Dzień dobry", f"{key}-say")
            await acts.give_back(talk, by, f"{key}-back", done=True)
        except Exception as error:
            raise Broken("agent", repr(error)) from error
        await self.advance(A_MOMENT_S)

    async def book_transfer(self, order: Json) -> None:
        """Report that the seller's back office has found the order's money on its account."""
        self.diary.did(f"the transfer for {order['number']} is booked")
        await super().book_transfer(order)

    async def pay(self, payment_id: str, outcome: str = "paid", notify: str = "once") -> None:
        """Open the link, and do this at the provider's page; it may not be there, or be closed already."""
        self.diary.did(f"at the bank: {outcome}, notice {notify}", "payments")
        try:
            await super().pay(payment_id, outcome, notify)
        except NotDone as refused:
            if refused.status is None:
                raise
            self.diary.did(f"the bank says {refused.status}")
            await self.advance(A_MOMENT_S)

    async def submit(self, href: str, typed: dict[str, str]) -> bool:
        """Fill in the form of a page and send it, on to the page that it leads to; whether that was done."""
        try:
            done = await self.fill_in(href, **typed)
        except Broken:
            raise
        except NotDone:
            return False
        self.diary.did(f"page sent: {done.status_code}")
        if done.status_code == 303 and "/s/" in done.headers["location"]:
            return await self.submit(str(httpx.URL(href).join(done.headers["location"])), typed)
        await self.advance(A_MOMENT_S)
        return done.status_code in _DONE

    async def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Return the answer of a desk that works. Errors: Broken."""
        answer = await super().request(method, path, **more)
        if answer.status_code >= 500:
            raise Broken("answer", f"to {method} {httpx.URL(path).path.partition('/s/')[0]}: {answer.status_code}")
        return answer


@asynccontextmanager
async def open_visit(desk: Installation, sender: str, locale: str, diary: Diary) -> AsyncGenerator[SimulatedVisit]:
    """Yield a visit by an unknown customer."""
    seller = desk.profile.seller
    # It answers when the turn is through: the visit itself lets the clock run until all that it caused is done.
    channel = Rest(desk.desk, seller.locales[0], patience=timedelta(0))
    transport = httpx.ASGITransport(app=Starlette(routes=channel.routes()))
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://desk") as chat,
        httpx.AsyncClient(base_url=desk.base_url, trust_env=False, timeout=60) as http,
    ):
        door = NotedDoor(chat, locale, sender, diary=diary)
        door.desk = visit = SimulatedVisit(http, desk, door)
        yield visit
