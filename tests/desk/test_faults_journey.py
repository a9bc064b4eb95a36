"""Every provider fails once, in every manner, at each of its uses: the same end, and nothing doubled.

In `make test` a sample by seed; all of it with OKIENKO_ALL_FAULTS=1. The sandbox's ledger is the judge of doubles.
Patience at the borders and the stand-ins' own pauses are a tenth of what they are, so that nobody waits.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from bot.app.sandboxed import OwnSandbox
from sandbox.faults import Faults
from services.clients.http import HttpAnswer, fetch
from services.messaging.smtp import SmtpMailer
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted, only

TENTH = 10
MODES = ("timeout", "error", "slow", "down", "garbage", "lost", "reset")
# How often the straight way asks each provider, at most; which of the uses fails is counted from one.
USES = {"smsapi": 1, "smtp": 1, "mf": 1, "gus": 2, "przelewy24": 3, "paypal": 8}
EVERYTHING = os.environ.get("OKIENKO_ALL_FAULTS") == "1"
SAMPLE = 4


def cases() -> list[tuple[str, str, int]]:
    """All points of failure, or as many of them as are tried each time: the seed is the day's to change."""
    every = [(provider, mode, use) for provider, uses in USES.items() for mode in MODES for use in range(1, uses + 1)]
    return every if EVERYTHING else sorted(random.Random(7).sample(every, SAMPLE))


@dataclass
class Trouble:
    """Lets a provider's n-th use fail."""

    provider: str = ""
    mode: str = ""
    use: int = 0
    seen: Counter[str] = field(default_factory=Counter[str])

    def take(self, provider: str) -> str | None:
        self.seen[provider] += 1
        return self.mode if provider == self.provider and self.seen[provider] == self.use else None

    def look(self, provider: str) -> str | None:
        """The mail relay looks before it takes: at a fault of the connection itself."""
        return self.mode if provider == self.provider and self.seen[provider] + 1 == self.use else None


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch) -> Iterator[Trouble]:
    """A desk in a hurry, whose providers fail as told."""
    wanted = Trouble()

    async def hurried(
        client: httpx.AsyncClient, request: httpx.Request, *, timeout_s: float, most_bytes: int
    ) -> HttpAnswer:
        return await fetch(client, request, timeout_s=timeout_s / TENTH, most_bytes=most_bytes)

    async def brief(seconds: float) -> None:
        await asyncio.sleep(seconds / TENTH)

    monkeypatch.setattr("services.clients.provider_client.fetch", hurried)
    monkeypatch.setattr("bot.usecases.companies.jobs.LOOKUP_BUDGET_S", 8 / TENTH)
    monkeypatch.setattr("bot.usecases.companies.jobs.LATER_BUDGET_S", 30 / TENTH)
    monkeypatch.setattr("bot.app.installation.OwnSandbox", partial(OwnSandbox, sleep=brief))
    monkeypatch.setattr("bot.app.providers.SmtpMailer", partial(SmtpMailer, timeout=10 / TENTH))
    monkeypatch.setattr(Faults, "take", lambda _faults, provider: wanted.take(provider))
    monkeypatch.setattr(Faults, "look", lambda _faults, provider: wanted.look(provider))
    with structlog.testing.capture_logs():
        yield wanted


class Patient(Scripted):
    """A customer who waits when something takes longer, and comes back when told to."""

    paid: int = 0

    async def wait(self) -> None:
        await self.customer.look()
        if self.customer.expects == "wait":
            await self.time_passes(3)

    async def follow_mail(self) -> None:
        if not await self.desk.outbox(self.person.email):
            await self.time_passes(30)
            return
        await super().follow_mail()

    async def pay(self) -> None:
        """Pays once; then waits for a while, as somebody who has paid does, before trying again."""
        self.paid += 1
        if self.paid % 5 == 1:
            payment = self.customer.link("payment")["id"]
            body = {"outcome": "paid", "notify": "once"}
            done = await self.desk.http.post(f"/sandbox/api/payments/{payment}", json=body)
            assert done.status_code in (200, 404), done.text
            if done.status_code == 404:
                self.paid -= 1
        else:
            await self.time_passes(5 * 60)
        await self.customer.look()

    async def time_passes(self, seconds: float) -> None:
        await self.desk.advance(seconds)
        await self.customer.look()


async def judge(desk: Running, scripted: Scripted) -> None:
    """One account, order, payment; no more texts than decisions; paid means paid at the provider."""
    card = await desk.card(scripted.person.email)
    assert card["account"]["status"] == "active"
    assert only(card["orders"])["status"] == "paid"
    assert only(card["payments"])["status"] == "paid"
    assert card["einvoice"]["status"] == "active"
    attempts: list[Any] = (await desk.http.get("/sandbox/api/attempts")).json()
    assert [attempt["status"] for attempt in attempts].count("paid") == 1
    assert [attempt["amount"] for attempt in attempts if attempt["status"] == "paid"] == [36777]
    assert len(await desk.outbox(scripted.person.phone)) == 1


def person_for(provider: str) -> Person:
    """Somebody whose journey uses this provider."""
    method = "paypal" if provider == "paypal" else "blik"
    return Person(method=method, nip="1112223332" if provider == "gus" else "1234563218")


@pytest.mark.parametrize(("provider", "mode", "use"), cases())
async def test_a_provider_fails_once(tmp_path: Path, trouble: Trouble, provider: str, mode: str, use: int) -> None:
    trouble.provider, trouble.mode, trouble.use = provider, mode, use
    async with running_desk(tmp_path) as desk:
        scripted = Patient(desk, person_for(provider))
        await scripted.run(most=120)
        await judge(desk, scripted)


@pytest.mark.parametrize("method", ["blik", "paypal"])
async def test_the_journey_uses_the_providers_that_are_said(tmp_path: Path, trouble: Trouble, method: str) -> None:
    async with running_desk(tmp_path) as desk:
        await Patient(desk, Person(method=method, nip="1112223332")).run()
    unused = {"blik": "paypal", "paypal": "przelewy24"}[method]
    assert {provider for provider in USES if trouble.seen[provider]} == USES.keys() - {unused}
