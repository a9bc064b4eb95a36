"""A room answers as if its routes stood beside all others, and is loaded by the first who enter, once."""

import asyncio
from collections.abc import Callable, Sequence

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.web.room import Room

ASKED = [
    (method, path)
    for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS")
    for path in (
        *("/desk", "/desk/", "/desk/c/1", "/desk/c/1/", "/desk/c/1/take", "/desk/c/%0A", "/desk/c/a%2Fb", "/desk%0A"),
        *("/desks", "/des", "/", "/desk/none", "//desk", "/DESK", "/desk/c/%ff", "/desk/../chat"),
    )
]


async def _told(request: Request) -> Response:
    return PlainTextResponse(f"{request.url.path} {request.path_params}")


def _inside() -> Sequence[Route]:
    return [
        Route("/desk", _told),
        Route("/desk/c/{id}", _told),
        Route("/desk/c/{id}", _told, methods=["PUT"]),
        Route("/desk/c/{id}/take", _told, methods=["POST"]),
    ]


def _client(*routes: BaseRoute) -> httpx.AsyncClient:
    async def nowhere(request: Request, _error: Exception) -> Response:
        return PlainTextResponse(f"nothing at {request.url.path}", 404)

    app = Starlette(routes=[*routes, Route("/", _told)], exception_handlers={404: nowhere})
    app.router.redirect_slashes = False
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk")


async def test_each_request_is_answered_as_without_a_room() -> None:
    async with _client(Room("/desk", _inside)) as late, _client(*_inside()) as before:
        for method, path in ASKED:
            there, here = await before.request(method, path), await late.request(method, path)
            told = [(one.status_code, one.text, one.headers) for one in (here, there)]
            assert told[0] == told[1], f"{method} {path}"


async def test_only_who_enters_loads_it_and_two_at_once_do_so_once() -> None:
    loads: list[str] = []
    async with _client(Room("/desk", _noted(loads))) as client:
        await client.get("/")
        await client.get("/desks")
        assert not loads
        answers = await asyncio.gather(*(client.get("/desk") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert loads == ["loaded"]


async def test_a_load_that_fails_is_tried_again_by_the_next_who_enters() -> None:
    loads = ["fails"]
    async with _client(Room("/desk", _noted(loads))) as client:
        with pytest.raises(ImportError):
            await client.get("/desk")
        assert (await client.get("/desk")).status_code == 200
    assert loads == ["loaded"]


def _noted(loads: list[str]) -> Callable[[], Sequence[Route]]:
    def load() -> Sequence[Route]:
        if "fails" in loads:
            loads.remove("fails")
            raise ImportError("unreadable")
        loads.append("loaded")
        return _inside()

    return load
