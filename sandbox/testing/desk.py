"""A desk in a process of its own, and its sandbox: phone, mailbox, bank, clock and faults, and what the API says."""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from sandbox.testing.pages import PageForm

Json = Any
A_MOMENT_S: Final = 1e-6
"""The least that the clock moves: it has moved when all that is caused and due is done."""
_ONE_MOVE_S: Final = 10.0
"""So long one move of the clock works at what is due on the way; then it tells how far it has come."""
_MOST_MOVES: Final = 60
_API: Final = {"authorization": "Bearer sandbox"}


class NotDone(AssertionError):
    """Something that a customer does came to nothing; the message says what came instead, `status` of which answer."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class DeskClient:
    """A desk at `http`, a client whose base is the desk's address."""

    http: httpx.AsyncClient

    @property
    def url(self) -> str:
        """The desk's address, without a slash at its end."""
        return str(self.http.base_url).rstrip("/")

    async def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Return the answer, whatever it is."""
        return await self.http.request(method, path, **more)

    async def ask(self, method: str, path: str, **more: Any) -> Json:
        """Return what a good answer holds. Errors: NotDone."""
        answer = await self.request(method, path, **more)
        if not answer.is_success:
            raise NotDone(f"to {method} {path}: {answer.status_code} {answer.text[:200]}", answer.status_code)
        return answer.json()

    # --- what the seller reads and does ---

    async def card(self, email: str) -> Json:
        """Return the customer's card as the seller's system reads it, None if there is none for this address."""
        answer = await self.request("GET", "/api/v1/customers", params={"email": email}, headers=_API)
        return answer.json() if answer.status_code == 200 else None

    async def book_transfer(self, order: Json) -> None:
        """Report that the back office has found an order's money on its account."""
        told = {"amount": order["gross"], "currency": order["currency"], "reference": order["number"]}
        path = f"/api/v1/orders/{order['number'].replace('/', '%2F')}/payments"
        await self.ask("POST", path, json=told, headers=_API)
        await self.advance(A_MOMENT_S)

    # --- phone, mailbox, bank ---

    async def outbox(self, to: str = "") -> list[Json]:
        """Return the messages to this phone or mailbox, oldest first; without one, all."""
        return await self.ask("GET", "/sandbox/api/messages", params={"to": to} if to else {})

    async def attempts(self) -> list[Json]:
        """Return all orders that were opened at payment providers."""
        return await self.ask("GET", "/sandbox/api/attempts")

    async def pay(self, payment_id: str, outcome: str = "paid", notify: str = "once") -> None:
        """Do this at the provider's page; return when the desk has done all that comes of it. Errors: NotDone."""
        told = {"outcome": outcome, "notify": notify}
        await self.ask("POST", f"/sandbox/api/payments/{payment_id}", json=told)
        await self.advance(A_MOMENT_S)

    async def fill_in(self, href: str, **typed: str) -> httpx.Response:
        """Open a page, fill in its form and send it. Errors: NotDone where it has none."""
        page = await self.request("GET", href)
        if page.status_code != 200 or (form := PageForm(page.text)).method != "post" or not form.action:
            raise NotDone(f"no form at {httpx.URL(href).path[:3]}…: {page.status_code} {page.text[:200]}")
        fields = {name: typed.get(name, value) for name, value in form.fields.items()}
        return await self.request("POST", str(httpx.URL(href).join(form.action)), data=fields)

    # --- the clock, and what goes wrong ---

    async def now(self) -> datetime:
        """Return where the clock stands, whichever process has moved it."""
        return datetime.fromisoformat((await self.ask("GET", "/sandbox/api/clock"))["now"])

    async def advance(self, seconds: float) -> Json:
        """Move the clock, all that falls due on the way done; return what it says then.

        Errors: NotDone where there is no end to it.
        """
        target = await self.now() + timedelta(seconds=seconds)
        for _ in range(_MOST_MOVES):
            begun = time.monotonic()
            answer = await self.ask("POST", "/sandbox/api/clock", json={"advance_s": seconds})
            if time.monotonic() - begun < _ONE_MOVE_S:
                return answer
            ahead = (target - datetime.fromisoformat(answer["now"])).total_seconds()
            seconds = max(ahead, A_MOMENT_S)  # there already: what was caused is still to be done
        raise NotDone(f"there is no end to what is due until {target}")

    async def fault(self, provider: str, mode: str, times: int = 1) -> None:
        """Let a provider fail so often (sandbox/README.md names the modes)."""
        await self.ask("POST", "/sandbox/api/faults", json={"provider": provider, "mode": mode, "times": times})


_START_S: Final = 120.0
_ANSWER_S: Final = 60.0


@asynccontextmanager
async def opened_desk(profile: Path, folder: Path, **settings: str) -> AsyncGenerator[DeskClient]:
    """Open a desk with this profile, its data in `folder`; started again there it goes on where it was.

    `settings` are named as in docs/reference/settings.md (`OKIENKO_LOG_LEVEL="debug"`); none of this machine's is
    read. Errors: NotDone where it doesn't start; its last words are in `folder`/desk.log.
    """
    told = {"PROFILE": str(profile), "DATA_DIR": str(folder / "data"), "RATE_LIMITS": "off", "TELEGRAM_MODE": "off"}
    others = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
    env = others | {f"OKIENKO_{name}": value for name, value in told.items()} | settings
    command = (sys.executable, "-m", "bot.cli", "run", "--port", "0")
    with (folder / "desk.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=env, stdout=asyncio.subprocess.PIPE, stderr=log
        )
    try:
        async with httpx.AsyncClient(base_url=await _address(process), trust_env=False, timeout=_ANSWER_S) as http:
            yield DeskClient(http)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(_START_S):
        said = await process.stdout.readline() if process.stdout is not None else b""
    found = re.search(r"http://\S+[^/\s]", said.decode())
    if found is None:
        raise NotDone(f"the desk doesn't start: {said.decode() or 'see desk.log'}")
    return found[0]
