"""The sandbox answers this machine alone; who shows that others reach it closes its paths until a restart."""

from collections.abc import Mapping

import httpx
import pytest
import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from bot.web.guard import RequestTurnedAway, same_origin
from bot.web.only_here import CLOSED, OnlyHere, OwnLatch
from bot.web.pages import Site
from tests.kit.rows import all_rows, each_row

PUBLIC = "https://desk.example.com"
HERE = "http://127.0.0.1:8080"


def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HERE)


@each_row
async def test_a_proxys_header_or_a_foreign_host_closes_the_sandbox_until_restart(
    headers: Mapping[str, str], sign: str
) -> None:
    async with client(OnlyHere(PlainTextResponse("here"), latch=OwnLatch())) as http:
        assert (await http.get("/sandbox/api/messages")).status_code == 200
        with structlog.testing.capture_logs() as lines:
            for path in ("/", "/sandbox"):
                assert (await http.get(path, headers=headers)).status_code == 403
        assert [(line["event"], line["sign"], line["alarm"]) for line in lines] == [("sandbox_closed", sign, True)]
        for path in ("/sandbox", "/sandbox/api/messages", "/sandbox/telegram"):
            closed = await http.get(path)
            assert (closed.status_code, closed.text) == (403, CLOSED)
        assert (await http.get("/chat")).status_code == 200, "all else is answered by request"
        assert (await http.get("/chat", headers=headers)).status_code == 403


async def test_a_foreign_origin_alone_closes_nothing() -> None:
    """Anybody's page in a browser here can send one, and would close a sandbox that only its owner reaches."""
    async with client(OnlyHere(PlainTextResponse("here"), latch=OwnLatch())) as http:
        for headers in ({"origin": "https://evil.example"}, {"referer": "https://evil.example/"}, {"host": ""}):
            await http.post("/sandbox/api/reset", headers=headers)
        assert (await http.get("/sandbox/api/messages")).status_code == 200


async def test_a_live_desk_with_a_guessable_key_refuses_by_request_alone() -> None:
    async with client(OnlyHere(PlainTextResponse("here"))) as http:
        assert (await http.get("/sandbox", headers={"via": "1.1 proxy"})).status_code == 403
        assert (await http.get("/sandbox")).status_code == 200


@all_rows
def test_a_public_sandbox_without_an_address_works_under_the_host_it_is_visited_by(
    host: str, origin: str, site: str, ours: bool
) -> None:
    request = posted(host, origin=origin, sec_fetch_site=site)
    anywhere = Site(public_url=HERE, seller="S", desk="S", any_host=True)
    if ours:
        same_origin(request, anywhere)
        return
    with pytest.raises(RequestTurnedAway, match="foreign_page"):
        same_origin(request, anywhere)


def posted(host: str, **headers: str) -> Request:
    scheme, _, named = host.rpartition("://")
    sent = {"host": named, **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    return Request(
        {"type": "http", "method": "POST", "scheme": scheme or "http", "path": "/desk/login", "query_string": b"",
         "headers": raw, "server": ("127.0.0.1", 8080)}
    )  # fmt: skip


@all_rows
def test_our_own_pages_are_those_of_the_public_url_whatever_host_is_claimed(
    public: str, host: str, origin: str, ours: bool
) -> None:
    request, site = posted(host, origin=origin), Site(public_url=public, seller="S", desk="S")
    if ours:
        same_origin(request, site)
        return
    with pytest.raises(RequestTurnedAway, match="foreign_page"):
        same_origin(request, site)
