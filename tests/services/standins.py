"""The sandbox's stand-ins for adapters' tests: in this process, with a clock and a patience of the test's own."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from sandbox.app import Sandbox, assemble
from sandbox.faults import TIMEOUT_S, Mode
from sandbox.ledger import Ledger
from sandbox.people import load_people
from services.clients.http import make_client
from services.clients.provider_client import Breaker
from tests.kit.clock import ManualClock
from tests.services.outside import noon

ROOT = "http://desk.example"
Notice = tuple[dict[str, str], bytes]


class StandIns:
    """The stand-ins, the notices they sent, and a client that reaches them."""

    def __init__(self, folder: Path) -> None:
        self.clock: ManualClock = noon()
        self.notices: list[Notice] = []
        self.brought_back: list[str] = []
        self.answer: str | None = "OK"  # how a notice is answered; None: with 503
        self.ledger = Ledger(folder / "sandbox.sqlite", salt="test")
        self.sandbox: Sandbox = assemble(
            self.ledger,
            load_people(),
            public_url=ROOT,
            clock=self.clock,
            sleep=_hang_or_go_on,
            http_client=httpx.AsyncClient(transport=httpx.MockTransport(self._desk)),
        )
        self.client = make_client(transport=httpx.ASGITransport(app=self.sandbox.app))

    def _desk(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.notices.append((dict(request.headers), request.content))
        else:
            self.brought_back.append(str(request.url))
        return httpx.Response(200 if self.answer is not None else 503, text=self.answer)

    @property
    def endpoints(self) -> dict[str, Any]:
        """Addresses and keys, as a desk is given them."""
        return self.sandbox.endpoints()

    def breaker(self, name: str) -> Breaker:
        """A breaker on the stand-ins' clock."""
        return Breaker(name, self.clock, failures=100)

    def fault(self, provider: str, mode: Mode, times: int) -> None:
        """Let the provider's next calls fail."""
        self.sandbox.world.faults.set(provider, mode, times)

    @contextmanager
    def failing(self, provider: str, mode: Mode) -> Generator[None]:
        """Let each of the provider's requests fail the first time that it is sent, for as long as this lasts."""
        failed = set[tuple[str, str, bytes]]()

        async def fail(request: httpx.Request) -> None:
            key = (request.method, str(request.url), request.content)
            if key not in failed:
                failed.add(key)
                self.fault(provider, mode, 1)

        self.client.event_hooks = {"request": [fail]}
        try:
            yield
        finally:
            self.client.event_hooks = {}

    async def pay(self, outcome: str = "paid", notify: str = "once", card: str = "") -> None:
        """Let the payer of the only payment act."""
        (payment,) = (await self.client.get(f"{ROOT}/sandbox/api/payments")).json()
        answer = await self.client.post(
            f"{ROOT}/sandbox/api/payments/{payment['id']}", json={"outcome": outcome, "notify": notify, "card": card}
        )
        assert answer.status_code == 200, answer.text

    async def let_next(self, method: str, comes_to: str) -> None:
        """Say what charges of a kept way to pay come to from now on."""
        answer = await self.client.post(f"{ROOT}/sandbox/api/methods/{method}", json={"next": comes_to})
        assert answer.status_code == 200, answer.text

    async def payments(self) -> list[dict[str, Any]]:
        """What the stand-ins' books say, attempt by attempt."""
        return (await self.client.get(f"{ROOT}/sandbox/api/attempts")).json()


async def _hang_or_go_on(seconds: float) -> None:
    """A slow stand-in answers at once here; one that never answers does so for as long as it is waited for."""
    if seconds >= TIMEOUT_S:
        await asyncio.Event().wait()


#: Modes in which a call fails for some time and then goes through again.
PASSING: list[Mode] = ["timeout", "error", "down", "garbage", "lost", "reset", "slow"]
