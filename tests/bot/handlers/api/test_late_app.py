"""The API is loaded by the first who asks it, once, and again after a load that failed."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from bot.handlers.api.gate import LateApp


async def test_two_who_ask_at_once_load_it_once() -> None:
    loads: list[str] = []
    async with _client(loads) as client:
        assert not loads
        answers = await asyncio.gather(*(client.get("/") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert loads == ["loaded"]


async def test_a_load_that_fails_is_tried_again_by_the_next_who_asks() -> None:
    loads = ["fails"]
    async with _client(loads) as client:
        with pytest.raises(ImportError):
            await client.get("/")
        assert (await client.get("/")).status_code == 200
    assert loads == ["loaded"]


def _client(loads: list[str]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(LateApp(_noted(loads))), base_url="http://desk")


def _noted(loads: list[str]) -> Callable[[], ASGIApp]:
    def load() -> ASGIApp:
        if "fails" in loads:
            loads.remove("fails")
            raise ImportError("unreadable")
        loads.append("loaded")
        return PlainTextResponse("there")

    return load
