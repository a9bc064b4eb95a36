"""Customers of the desk in this process, and what tests say about them in common."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from sandbox.testing.customer import TABLE as TABLE
from sandbox.testing.customer import WAYS as WAYS
from sandbox.testing.customer import Customer, Person
from sandbox.testing.doors import RestDoor
from tests.desk.running import PATIENCE_S, Running

PASSWORD = Person.password


class Scripted(Customer):
    """A customer on the REST channel of a desk in this process."""

    desk: Running  # pyright: ignore[reportIncompatibleVariableOverride]
    door: RestDoor  # pyright: ignore[reportIncompatibleVariableOverride]

    @property
    def customer(self) -> RestDoor:
        """The conversation."""
        return self.door

    @customer.setter
    def customer(self, door: RestDoor) -> None:
        self.door = door  # pyright: ignore[reportIncompatibleVariableOverride]

    async def submit_again(self, href: str) -> httpx.Response:
        """Posts to a page that doesn't open any more."""
        return await self.desk.http.post(href, data={"login": self.person.email, "password": self.person.password})


async def bought(desk: Running, **person: Any) -> Scripted:
    """A customer who has gone the whole straight way."""
    return await Scripted(desk, Person(**person)).run()


async def logs_in_again(customer: RestDoor, email: str, password: str = PASSWORD) -> None:
    """The log-in has ended: the customer gives the password, and what was asked for goes on."""
    assert (customer.at, customer.expects) == ("account.secure_page", "secure_page")
    done = await customer.submit(customer.link("secure_page")["href"], login=email, password=password)
    assert done.status_code in (200, 303), done.text
    await customer.settled()


def only(rows: list[Any]) -> Any:
    """The one row there is."""
    assert len(rows) == 1, rows
    return rows[0]


async def until(holds: Callable[[], Awaitable[object]], seconds: float = PATIENCE_S) -> None:
    """Looks again and again until it holds."""
    try:
        async with asyncio.timeout(seconds):
            while not await holds():  # noqa: ASYNC110 - it happens elsewhere
                await asyncio.sleep(0.01)
    except TimeoutError as late:
        raise TimeoutError(f"after {seconds} s not {getattr(holds, '__qualname__', holds)}") from late


def digits_on(page: httpx.Response) -> str:
    """The digits that a log-in page shows, "" where it shows none."""
    found = re.search(r'<p class="digits"[^>]*><span>(\d)</span><span>(\d)</span></p>', page.text)
    return "".join(found.groups()) if found else ""
