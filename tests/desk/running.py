"""A whole desk in this process, on a free port, with its sandbox: what the tests of journeys talk to."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx

from bot.app.installation import Installation
from bot.app.serve import running
from bot.app.settings import Settings
from bot.app.virtual_clock import PATIENCE_S as ONE_MOVE_S

Json = Any
#: More moves than these, of ten seconds each, mean that something is due for ever.
MOVES = 12
#: What comes at all comes within this on the busiest machine.
PATIENCE_S = 60.0
#: The least that the clock moves: it does, when all that is caused and due is done.
A_MOMENT_S = 1e-6


@dataclass
class Running:
    """The desk and a client for it."""

    installation: Installation
    http: httpx.AsyncClient

    @property
    def url(self) -> str:
        return str(self.http.base_url).rstrip("/")

    def customer(self, locale: str = "pl") -> "Customer":
        return Customer(self.http, locale)

    async def card(self, email: str) -> Json:
        answer = await self.http.get(
            "/api/v1/customers", params={"email": email}, headers={"authorization": "Bearer sandbox"}
        )
        return answer.json() if answer.status_code == 200 else None

    async def outbox(self, to: str) -> list[Json]:
        return (await self.http.get("/sandbox/api/messages", params={"to": to})).json()

    async def pay(self, payment_id: str, outcome: str = "paid", notify: str = "once") -> None:
        """Somebody pays; returns when the desk has done all that comes of it."""
        done = await self.http.post(f"/sandbox/api/payments/{payment_id}", json={"outcome": outcome, "notify": notify})
        assert done.status_code == 200, done.text
        await self.advance(A_MOMENT_S)

    async def advance(self, seconds: float) -> Json:
        """Moves the clock. One move has ten seconds for all that is due on the way, which a busy machine may exceed:
        then, with a desk in this process, it goes on."""
        target = await self.now() + timedelta(seconds=seconds) if hasattr(self.installation, "clock") else None
        for _ in range(MOVES):
            begun = time.monotonic()
            answer = (await self.http.post("/sandbox/api/clock", json={"advance_s": seconds})).json()
            if target is None or "now" not in answer or time.monotonic() - begun < ONE_MOVE_S:
                return answer
            ahead = (target - datetime.fromisoformat(answer["now"])).total_seconds()
            seconds = max(ahead, A_MOMENT_S)  # there already: what was caused is still to be done
        raise AssertionError(f"there is no end to what is due until {target}")

    async def now(self) -> datetime:
        """Where the clock stands, whichever process has moved it."""
        return datetime.fromisoformat((await self.http.get("/sandbox/api/clock")).json()["now"])

    async def fault(self, provider: str, mode: str, times: int = 1) -> None:
        await self.http.post("/sandbox/api/faults", json={"provider": provider, "mode": mode, "times": times})


@dataclass
class Customer:
    """A customer on the REST channel."""

    http: httpx.AsyncClient
    locale: str = "pl"
    sender: str = field(default_factory=lambda: token_urlsafe(18))
    said: list[str] = field(default_factory=list[str])
    custom: Json = None
    buttons: list[str] = field(default_factory=list[str])

    async def say(self, message: str, message_id: str | None = None) -> Json:
        metadata = {"locale": self.locale, **({"message_id": message_id} if message_id else {})}
        body = {"sender": self.sender, "message": message, "metadata": metadata}
        # Written out here: httpx's own JSON can't carry a lone surrogate.
        answer = await self.http.post("/webhooks/rest/webhook", content=json.dumps(body))
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return self._take(answer.json())

    async def speak(self, sound: bytes) -> Json:
        """Sends a recording."""
        told = {"sender": self.sender, "metadata": json.dumps({"locale": self.locale})}
        answer = await self.http.post("/webhooks/rest/voice", data=told, files={"file": ("note", sound)})
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return self._take(answer.json())

    async def look(self) -> Json:
        answer = await self.http.get("/webhooks/rest/events", params={"sender": self.sender})
        return self._take(answer.json())

    async def settled(self) -> Json:
        """Looks until nothing that was caused from outside is being worked on."""
        async with asyncio.timeout(PATIENCE_S):
            while (await self.look())["expects"] == "wait":  # noqa: ASYNC110 - it happens elsewhere
                await asyncio.sleep(0.01)
        return self.custom

    def _take(self, items: Json) -> Json:
        *messages, last = items
        self.custom = last["custom"]
        for item in messages:
            self.said.append(item["text"])
            self.buttons = [b["payload"] for b in item.get("buttons", [])]
        return self.custom

    @property
    def expects(self) -> str:
        return self.custom["expects"]

    @property
    def at(self) -> str:
        return f"{self.custom['dialog']}.{self.custom['step']}"

    def link(self, rel: str) -> Json:
        return next(link for link in self.custom["links"] if link["rel"] == rel)

    async def submit(self, href: str, **fields: str) -> httpx.Response:
        return await self.http.post(href, data=fields)


def telegram_as(settings: Mapping[str, Any]) -> dict[str, str]:
    """Telegram is off where no bot is given: most tests have no use for the sandbox's, which takes time to set up."""
    return {} if "telegram_token" in settings else {"telegram_mode": "off"}


def http_client(base_url: str = "", **given: Any) -> httpx.AsyncClient:
    """A client for this machine, as patient as the busiest one needs."""
    return httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=PATIENCE_S, **given)


@asynccontextmanager
async def running_desk(folder: Path, **settings: Any) -> AsyncGenerator[Running]:
    """A desk on `folder`; started again on the same folder it goes on where it was."""
    usual = {"data_dir": folder, "port": 0, "rate_limits": "off", "log_level": "error"}
    given: dict[str, Any] = usual | telegram_as(settings) | settings
    settings_read = Settings(_env_file=None, **given)  # type: ignore[call-arg]
    async with (
        running(settings_read) as installation,
        http_client(installation.base_url) as http,
    ):
        yield Running(installation, http)
