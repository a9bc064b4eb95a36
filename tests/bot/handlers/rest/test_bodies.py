"""What a request of the REST channel costs its sender before anything of it is read or parsed."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request

from bot.handlers.rest.channel import MAX_BODY_BYTES, Rest
from bot.web.flood import Flood, FloodRules
from bot.web.guard import LIMIT, LargeBodies, RequestTurnedAway
from tests.bot.handlers.scripted_desk import ScriptedDesk

WAY = "/webhooks/rest/webhook"
RULES = FloodRules(session="100/minute", address="20/minute")


def client(address: str = "203.0.113.9", token: str | None = None) -> httpx.AsyncClient:
    """A client of a channel whose flood's clock stands still."""
    shown = SecretStr(token) if token is not None else None
    rest = Rest(ScriptedDesk(), "pl", tokens=(shown,) if shown is not None else (), flood=Flood(RULES, now=lambda: 0.0))
    app = Starlette(routes=rest.routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://desk")


def message(text: str, sender: str = "sender-0123456789") -> bytes:
    return json.dumps({"sender": sender, "message": text}).encode()


@pytest.mark.parametrize(("body", "status"), [(b"no JSON", 400), (b"[]", 400), (b'{"sender": "short"}', 400)])
async def test_a_malformed_body_counts_for_its_network(body: bytes, status: int) -> None:
    async with client() as http:
        assert [(await http.post(WAY, content=body)).status_code for _ in range(21)] == [status] * 20 + [429]


async def test_a_wrong_token_counts_for_its_network() -> None:
    async with client(token="t" * 32) as http:
        tries = [
            await http.post(WAY, content=message("x"), headers={"authorization": f"Bearer {n}"}) for n in range(21)
        ]
        assert [answer.status_code for answer in tries] == [401] * 20 + [429]


async def test_a_large_body_counts_by_its_size_and_is_left_unread_beyond_it() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(MAX_BODY_BYTES // LIMIT):
            read += LIMIT
            yield b"x" * LIMIT

    async with client() as http:
        assert (await http.post(WAY, content=endless())).status_code == 429
        assert read <= 21 * LIMIT


async def test_a_message_of_a_million_characters_is_answered() -> None:
    for text in ("x" * 1_000_000, "ą" * 100_000, '"' * 300_000, "\\" * 300_000):
        async with client() as http:
            answer = await http.post(WAY, content=message(text))
            assert answer.status_code == 200


@pytest.mark.parametrize(
    "piece",
    [b"1.5,", b"{},", b'"",', b'"\\\\",', b"[", b'{"a":'],
    ids=["numbers", "objects", "texts", "marks", "deep", "nested"],
)
async def test_a_large_body_of_small_values_is_refused_before_it_is_parsed(piece: bytes) -> None:
    async with client() as http:  # it never ends: whoever parsed it would find no JSON
        answer = await http.post(WAY, content=b'{"sender": "sender-0123456789", "message": [' + piece * 100_000)
    assert (answer.status_code, answer.json()) == (400, {"error": "the request has too many values"})


async def test_two_big_bodies_are_held_at_once() -> None:
    bodies, held, may_end = LargeBodies(MAX_BODY_BYTES), 0, asyncio.Event()

    async def receive_slowly(n: list[int]) -> dict[str, object]:
        nonlocal held
        n[0] += 1
        if n[0] == 1:
            return {"type": "http.request", "body": b'"' + b"x" * 300_000, "more_body": True}
        held += 1
        await may_end.wait()
        return {"type": "http.request", "body": b'"', "more_body": False}

    async def read() -> int:
        count = [0]
        request = Request({"type": "http", "method": "POST", "headers": []}, lambda: receive_slowly(count))  # pyright: ignore[reportArgumentType]
        return len(await bodies.read(request, lambda: None))

    reading = [asyncio.ensure_future(read()) for _ in range(4)]
    await asyncio.sleep(0.05)
    assert held == 2
    may_end.set()
    assert await asyncio.gather(*reading) == [300_002] * 4


async def test_beyond_the_largest_it_is_refused() -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"x" * 600_000, "more_body": True}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)  # pyright: ignore[reportArgumentType]
    with pytest.raises(RequestTurnedAway) as turned:
        await LargeBodies(1_000_000).read(request, lambda: None)
    assert turned.value.status == 413
