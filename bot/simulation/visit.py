"""One customer's ways to a desk in this process: the REST channel, its pages, the sandbox with its clock."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
from msgspec import Struct, field
from starlette.applications import Starlette

from bot.app.installation import Installation
from bot.app.settings import SANDBOX_API_TOKEN
from bot.app.virtual_clock import PATIENCE_S
from bot.handlers.rest.channel import Rest
from bot.handlers.rest.client import Custom, DeskAway, RestAnswer, RestClient
from bot.simulation.diary import Broken, Diary
from bot.simulation.pages import PageForm

Json = Any
A_MOMENT_S = 1e-6
"""The least that the clock moves: it has moved when all that is caused and due is done."""
_MOST_MOVES = 60
_DONE = (200, 303)


class SimulatedVisit(Struct):
    """A conversation under way.

    `custom`, `buttons` and `on_card`, what the rows of its card offer (other answers, those that are taken back,
    changes), are those of the last answer; `seen` are all payloads so far.
    """

    desk: Installation
    http: httpx.AsyncClient
    rest: RestClient
    locale: str
    diary: Diary
    custom: Custom | None = None
    buttons: tuple[str, ...] = ()
    on_card: tuple[str, ...] = ()
    titles: dict[str, str] = field(default_factory=dict[str, str])
    seen: dict[str, None] = field(default_factory=dict[str, None])
    _said: int = 0
    _links: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])

    @property
    def at(self) -> str:
        """The open step, as "dialog.step"."""
        return "start" if self.custom is None else f"{self.custom.dialog}.{self.custom.step}"

    @property
    def expects(self) -> str:
        """The kind of answer that the open step takes."""
        return "" if self.custom is None else self.custom.expects

    def link(self, rel: str) -> dict[str, Any] | None:
        """Return the open step's link of that kind."""
        return self._links.get(rel)

    async def say(self, message: str, *, times: int = 1) -> None:
        """Say it, `times` with the same id as clients repeat it, and read all that comes of it."""
        self._said += 1
        self.diary.said(message)
        for _ in range(times):
            await self._ask(message)
        await self.advance(A_MOMENT_S)

    async def _ask(self, message: str) -> None:
        metadata = {"message_id": f"message-{self._said}", "locale": self.locale}
        try:
            self._take(await self.rest.say(message, **metadata))
        except DeskAway as away:
            raise Broken("answer", f"to {message[:60]!r}: {away.reason}") from None

    async def look(self) -> None:
        """Read what was said since."""
        try:
            self._take(await self.rest.events())
        except DeskAway as away:
            raise Broken("answer", f"to a look at what is new: {away.reason}") from None

    def _take(self, answer: RestAnswer) -> None:
        if self.custom is not None and answer.custom.seq < self.custom.seq:
            raise Broken("order", f"seq went back from {self.custom.seq} to {answer.custom.seq}")
        self.custom = answer.custom
        self._links = {link["rel"]: link for link in answer.raw["links"]}
        rows = answer.raw.get("card", {"rows": ()})["rows"]
        choices = [choice for row in rows for choice in row.get("choices", ())]
        self.on_card = (*(choice["payload"] for choice in choices), *(row["edit"] for row in rows if "edit" in row))
        self.titles |= {choice["payload"]: choice["title"] for choice in choices}
        for said in answer.said:
            self.buttons = tuple(button.payload for button in said.buttons) or self.buttons
            self.titles |= {button.payload: button.title for button in said.buttons}
            self.seen |= dict.fromkeys(self.buttons)
            self.diary.read(said.text, tuple(button.title for button in said.buttons))

    async def advance(self, seconds: float) -> None:
        """Let the desk's clock run, all on the way done, and read what came of it."""
        target = self.desk.clock.now() + timedelta(seconds=seconds)
        for _ in range(_MOST_MOVES):
            begun = time.monotonic()
            answer = await self._json("POST", "/sandbox/api/clock", json={"advance_s": seconds})
            # One move has ten seconds for all that is due on the way: then it goes on.
            if time.monotonic() - begun < PATIENCE_S:
                await self.look()
                return
            seconds = max((target - datetime.fromisoformat(answer["now"])).total_seconds(), A_MOMENT_S)
        raise Broken("clock", f"there is no end to what is due until {target}")

    async def waits(self, seconds: float) -> None:
        """Say nothing for so long."""
        self.diary.did(f"{timedelta(seconds=seconds)} later")
        await self.advance(seconds)

    async def fails(self, provider: str, mode: str, times: int) -> None:
        """Let a provider fail so often."""
        self.diary.did(f"{provider}: {mode}, {times} times", "faults")
        await self._json("POST", "/sandbox/api/faults", json={"provider": provider, "mode": mode, "times": times})

    async def faults(self) -> list[Json]:
        """Return the faults still in force."""
        return await self._json("GET", "/sandbox/api/faults")

    async def messages(self, to: str = "") -> list[Json]:
        """Return the messages to this phone or mailbox, oldest first; without one, all."""
        return await self._json("GET", "/sandbox/api/messages", params={"to": to} if to else {})

    async def attempts(self) -> list[Json]:
        """All orders that were opened at payment providers."""
        return await self._json("GET", "/sandbox/api/attempts")

    async def people(self) -> Json:
        return await self._json("GET", "/sandbox/api/people")

    async def card(self, email: str) -> Json | None:
        """Return the customer's card as the seller sees it, None if there is none for this address."""
        answer = await self._request("GET", "/api/v1/customers", params={"email": email}, headers=_BEARER)
        return answer.json() if answer.status_code == 200 else None

    async def book_transfer(self, order: Json) -> None:
        """Report that the seller's back office has found the order's money on its account."""
        self.diary.did(f"the transfer for {order['number']} is booked")
        told = {"amount": order["gross"], "currency": order["currency"], "reference": order["number"]}
        path = f"/api/v1/orders/{order['number'].replace('/', '%2F')}/payments"
        await self._json("POST", path, json=told, headers=_BEARER)
        await self.advance(A_MOMENT_S)

    async def pay(self, payment_id: str, outcome: str, notify: str) -> None:
        """Open the link, and do this at the provider's page."""
        self.diary.did(f"at the bank: {outcome}, notice {notify}", "payments")
        body = {"outcome": outcome, "notify": notify}
        answer = await self._request("POST", f"/sandbox/api/payments/{payment_id}", json=body)
        if answer.status_code != 200:  # the provider wasn't there to open it, or it is closed already
            self.diary.did(f"the bank says {answer.status_code}")
        await self.advance(A_MOMENT_S)

    async def submit(self, href: str, typed: dict[str, str]) -> bool:
        """Fill in the form of a page and send it, on to the page that it leads to; whether that was done."""
        page = await self._request("GET", href)
        form = PageForm(page.text)
        if page.status_code != 200 or form.method != "post":
            return False
        fields = {name: typed.get(name, value) for name, value in form.fields.items()}
        done = await self._request("POST", str(httpx.URL(href).join(form.action)), data=fields)
        self.diary.did(f"page sent: {done.status_code}")
        if done.status_code == 303 and "/s/" in done.headers["location"]:
            return await self.submit(str(httpx.URL(href).join(done.headers["location"])), typed)
        await self.advance(A_MOMENT_S)
        return done.status_code in _DONE

    async def _json(self, method: str, path: str, **more: Any) -> Json:
        answer = await self._request(method, path, **more)
        if not answer.is_success:
            raise Broken("answer", f"to {method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json()

    async def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = await self.http.request(method, path, **more)
        if answer.status_code >= 500:
            raise Broken("answer", f"to {method} {httpx.URL(path).path.partition('/s/')[0]}: {answer.status_code}")
        return answer


@asynccontextmanager
async def visiting(desk: Installation, sender: str, locale: str, diary: Diary) -> AsyncGenerator[SimulatedVisit]:
    """Yield a visit by an unknown customer."""
    seller = desk.profile.seller
    # It answers when the turn is through: the visit itself lets the clock run until all that it caused is done.
    channel = Rest(desk.desk, seller.locales[0], patience=timedelta(0))
    transport = httpx.ASGITransport(app=Starlette(routes=channel.routes()))
    async with (
        httpx.AsyncClient(transport=transport) as chat,
        httpx.AsyncClient(base_url=desk.base_url, trust_env=False, timeout=60) as http,
    ):
        yield SimulatedVisit(desk, http, RestClient(chat, "http://desk", sender), locale, diary)


_BEARER = {"authorization": f"Bearer {SANDBOX_API_TOKEN}"}
