"""A desk whose seller keeps a help desk, and what its people see and do there."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import credentials
from tests.bot.handlers.telegram.bot_api import Hall, hall
from tests.desk.databases import desks_on
from tests.desk.forum import id_of
from tests.desk.post_office import Notice, PostOffice
from tests.desk.running import Customer, Running, http_client
from tests.desk.scripted import until

Json = Any


@dataclass
class Losing(PostOffice):
    """Passes all on, and loses some of the help desk's answers: what was asked has been done."""

    lose: Callable[[Notice], bool] = lambda _asked: False

    async def _pass_on(self, asked: Notice) -> httpx.Response:
        answer = await super()._pass_on(asked)
        if "/sandbox/chatwoot/api/" in asked.path and self.lose(asked):
            return httpx.Response(502, text="<html>a proxy's own page")
        return answer


@dataclass
class Helpdesk:
    """The stand-in's other side. `url` is where the stand-in hangs."""

    desk: Running
    office: Losing
    url: str = "/sandbox/chatwoot"

    async def asked(self) -> tuple[Customer, str]:
        """Somebody new at the desk who asks for a person, and the id of their conversation."""
        customer = self.desk.customer()
        await customer.say("/agent")
        return customer, await id_of(self.desk, customer)

    async def listed(self) -> list[Json]:
        """All conversations there, the oldest first."""
        return list(reversed((await self.desk.http.get(f"{self.url}/conversations")).json()["conversations"]))

    async def contacts(self) -> list[Json]:
        return (await self.desk.http.get(f"{self.url}/conversations")).json()["contacts"]

    async def act(self, do: str, text: str | None = None, agent: str = "Anna", number: int | None = None) -> Json:
        """Something an agent does in the newest conversation, or in that one."""
        where = number if number is not None else (await self.listed())[-1]["id"]
        body = {"do": do, "agent": agent, "text": text}
        answer = await self.desk.http.post(f"{self.url}/conversations/{where}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def inbox(self, **given: Any) -> Json:
        return (await self.desk.http.post(f"{self.url}/inbox", json=given)).json()

    async def until(self, holds: Callable[[list[Json]], bool]) -> list[Json]:
        """Looks until it holds of the conversations there."""
        found: list[Json] = []

        async def true() -> bool:
            found[:] = await self.listed()
            return holds(found)

        try:
            await until(true)
        except TimeoutError:
            raise AssertionError(f"never came true there: {found}") from None
        return found

    async def says(self, words: str) -> Json:
        """Waits until these words stand there, in one message of the newest conversation; gives the message."""
        found = await self.until(lambda all: any(words in (m["content"] or "") for one in all for m in one["messages"]))
        return next(m for m in reversed(found[-1]["messages"]) if words in (m["content"] or ""))


async def hears(customer: Customer, words: str) -> None:
    """Looks until the customer has read these words."""

    async def read() -> bool:
        await customer.look()
        return any(words in said for said in customer.said)

    await until(read)


async def in_mode(customer: Customer, mode: str) -> None:
    async def stands() -> bool:
        return (await customer.look())["mode"] == mode

    await until(stands)


def keeping(office_url: str) -> dict[str, Any]:
    """The settings of a desk that is pointed at the stand-in."""
    return {
        "chatwoot_url": f"{office_url}/sandbox/chatwoot",
        "chatwoot_account_id": credentials.CHATWOOT_ACCOUNT_ID,
        "chatwoot_inbox_id": credentials.CHATWOOT_INBOX_ID,
        "chatwoot_token": credentials.CHATWOOT_TOKEN,
        "chatwoot_webhook_secret": credentials.CHATWOOT_WEBHOOK_SECRET,
    }


@asynccontextmanager
async def help_desk(
    database: str, request: pytest.FixtureRequest, folder: Path, **settings: Any
) -> AsyncGenerator[tuple[Running, Helpdesk]]:
    """One desk on SQLite, two on PostgreSQL, and one help desk."""
    async with AsyncExitStack() as stack:
        found: Hall = await stack.enter_async_context(hall())
        http = await stack.enter_async_context(http_client())
        office = Losing(found.address, http)
        found.app = office  # type: ignore[assignment]
        given = {**keeping(office.url), **settings}
        desks = await stack.enter_async_context(desks_on(database, request, folder, office, **given))
        helpdesk = Helpdesk(desks.all, office)
        await helpdesk.inbox(webhook_url=f"{office.url}/webhooks/helpdesk/chatwoot")
        yield desks.all, helpdesk
