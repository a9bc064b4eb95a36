"""Passwords of one network are hashed a few at a time; nobody elsewhere waits behind the others."""

import asyncio
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from bot.web.guard import RequestTurnedAway
from bot.web.places import HASHES, SOON_S, Places
from tests.web.house import House, Links


def test_a_network_has_a_few_places_at_once_and_each_is_given_back() -> None:
    hashes = Places.for_hashes()
    with ExitStack() as under_way:
        for _ in range(HASHES):
            under_way.enter_context(hashes.place("203.0.113.9"))
        with pytest.raises(RequestTurnedAway) as turned, hashes.place("203.0.113.9"):
            pass
        assert (turned.value.status, turned.value.wait) == (429, SOON_S)
        with hashes.place("192.0.2.99"), hashes.place(None):
            pass  # others, and who counts in no limit
    for _ in range(2 * HASHES):
        with pytest.raises(ZeroDivisionError), hashes.place("203.0.113.9"):
            raise ZeroDivisionError  # what fails gives its place back, too


class Slow(Links):
    """Takes its time over each form, until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = 0, asyncio.Event()

    async def submit(self, token: str, fields: Any, address: str | None, chat: object = None) -> Any:
        self.begun += 1
        await self.go_on.wait()
        return await super().submit(token, fields, address, chat)


async def test_forty_passwords_at_once_are_told_when_to_come_again() -> None:
    links = Slow()
    app = House(links=links).app()

    def browser(network: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(network, 5)), base_url="http://testserver")

    async with browser("203.0.113.7") as here, browser("192.0.2.99") as elsewhere:
        form = {"password": "zielony-rower-42", "password_repeat": "zielony-rower-42"}
        tries = [asyncio.create_task(here.post("/s/set", data=form)) for _ in range(40)]
        other = asyncio.create_task(elsewhere.post("/s/reset", data=form))
        for _ in range(1000):
            await asyncio.sleep(0)
        assert links.begun == HASHES + 1
        refused = [task.result() for task in tries if task.done()]
        links.go_on.set()
        assert {(answer.status_code, answer.headers["retry-after"]) for answer in refused} == {(429, str(SOON_S))}
        assert (await other).status_code == 200, "nobody elsewhere waits behind them"
        await asyncio.gather(*tries)
        assert (await here.post("/s/confirm")).status_code == 200, "a form without a password costs nothing"
