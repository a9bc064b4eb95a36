"""The sample channel of the docs does what the guide says of it."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.app import channels
from bot.app.channels import OpenChannel, Receiver
from bot.app.container import Dependencies
from bot.conversation.inbound import ButtonPressed, SharedContact, Text, UnsupportedMedia
from bot.conversation.outbound import Button, Card, CardRow, Dead, Delivered, Later, Outcome, Reply, ReplyLink
from docs.dev.samples import channel
from tests.bot.handlers.scripted_desk import ScriptedDesk
from tests.bot.handlers.telegram.bot_api import hall, until
from tests.desk.running import running_desk

pytestmark = pytest.mark.anyio
REPLY = Reply(
    7, 3, "agent", "Dzień dobry", (Button("Tak", "yes"),), (ReplyLink("login", "/s/1", "Log in"),),
    datetime(2026, 11, 22, tzinfo=UTC), by="Anna",
)  # fmt: skip
HELLO = {"kind": "text", "id": "1", "sender": "kate", "text": "hej"}


@pytest.fixture
def desk() -> ScriptedDesk:
    return ScriptedDesk()


@pytest.fixture
async def http(desk: ScriptedDesk) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=channel.PigeonWebhook(desk, "secret").routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
        yield client


async def bring(http: httpx.AsyncClient, content: bytes, token: str = "secret") -> int:
    signature = hmac.new(token.encode(), content, hashlib.sha256).hexdigest()
    return (await http.post("/pigeon/webhook", content=content, headers={"x-signature": signature})).status_code


def told(*messages: dict[str, str]) -> bytes:
    """A callback."""
    return json.dumps({"messages": messages}).encode()


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ({"kind": "text", "text": "hej"}, Text("hej")),
        ({"kind": "press", "button": "3|yes"}, ButtonPressed("yes", 3)),
        ({"kind": "press", "button": "PIGEON|START"}, ButtonPressed("PIGEON|START")),
        ({"kind": "contact", "phone": "48512000999"}, SharedContact("48512000999", own=False)),
        ({"kind": "opened", "text": "token"}, Text("/start token")),
        ({"kind": "photo"}, UnsupportedMedia("photo")),
    ],
)
def test_each_kind_of_message(content: dict[str, str], body: object) -> None:
    assert channel.parse({"id": "1", "sender": "kate", **content}).body == body


async def test_a_callback_is_taken_once_and_only_from_pigeon(http: httpx.AsyncClient, desk: ScriptedDesk) -> None:
    content = told(HELLO)
    found = [await bring(http, content), await bring(http, content), await bring(http, content, "wrong")]
    assert found == [200, 200, 403]
    assert await bring(http, b"{}") == 200
    assert len(desk.received) == 1
    desk.unavailable = 1
    assert await bring(http, content) == 503


async def test_a_message_that_cant_be_read_takes_no_other_with_it(http: httpx.AsyncClient, desk: ScriptedDesk) -> None:
    assert await bring(http, told({"kind": "text"}, HELLO, HELLO | {"id": "2", "sender": "ann"})) == 200
    assert [inbound.address for inbound in desk.received] == ["kate", "ann"]


@pytest.mark.parametrize(
    ("status", "answer", "outcome"),
    [
        (200, {"status": "ok", "id": "9"}, Delivered("9")),
        (200, {"status": "busy"}, Later(channel.AFTER_A_FAULT)),
        (200, {"status": "left"}, Dead(gone=True)),
        (403, {"status": "left"}, Dead(gone=True)),
        (400, {"status": "refused"}, Dead(gone=False)),
        (503, {}, Later(channel.AFTER_A_FAULT)),
        (429, {}, Later(timedelta(seconds=40))),
        (401, {}, Later(channel.AFTER_A_REFUSED_TOKEN)),
    ],
)
async def test_each_answer_of_the_api(status: int, answer: dict[str, str], outcome: Outcome) -> None:
    sent: list[dict[str, object]] = []

    def api(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return httpx.Response(status, json=answer, headers={"Retry-After": "40"} if status == 429 else {})

    async with httpx.AsyncClient(transport=httpx.MockTransport(api)) as client:
        assert await channel.PigeonSender(client, "http://pigeon", "secret").deliver("kate", REPLY) == outcome
    buttons = [{"title": "Log in", "href": "/s/1"}, {"title": "Tak", "press": "3|yes"}]
    assert sent == [{"to": "kate", "text": "Anna:\nDzień dobry", "buttons": buttons, "once": "7/0"}]


async def test_all_that_an_answer_binds_to_is_sent() -> None:
    sent: list[str] = []

    def api(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content)["text"])
        return httpx.Response(200, json={"status": "ok", "id": "9"})

    order = Card("order", "order", "Zamówienie", (CardRow("plan", "Plan", "Firma"),), total="367,77 zł")
    box = Button("Akceptuję", "terms:accept", words="Znam regulamin i go akceptuję.")
    message = replace(REPLY, author="bot", words="Zamawiasz?", card=order, buttons=(box,))
    async with httpx.AsyncClient(transport=httpx.MockTransport(api)) as client:
        await channel.PigeonSender(client, "http://pigeon", "secret").deliver("kate", message)
    assert sent == ["Zamówienie\nPlan: Firma\n367,77 zł\n\nZamawiasz?\n\nAkceptuję: Znam regulamin i go akceptuję."]


async def test_a_long_message_goes_in_parts_each_once() -> None:
    answers = iter(["ok", "busy", "ok"])
    sent: list[str] = []

    def api(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content)["text"])
        return httpx.Response(200, json={"status": next(answers), "id": "9"})

    message = replace(REPLY, words="a" * channel.LONGEST + " b", author="bot")
    async with httpx.AsyncClient(transport=httpx.MockTransport(api)) as client:
        sender = channel.PigeonSender(client, "http://pigeon", "secret")
        found = [await sender.deliver("kate", message) for _ in range(2)]
        assert found == [Later(channel.AFTER_A_FAULT), Delivered("9")]
    assert sent == ["a" * channel.LONGEST, "b", "b"]


async def test_a_customer_is_answered_on_a_whole_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []

    async def api(request: Request) -> JSONResponse:
        sent.append(await request.json())
        return JSONResponse({"status": "ok", "id": str(len(sent))})

    def pigeon(deps: Dependencies) -> OpenChannel:
        sender = channel.PigeonSender(deps.client, server.address, "secret")
        return OpenChannel(sender, lambda parts: Receiver(channel.PigeonWebhook(parts.desk, "secret").routes()))

    monkeypatch.setattr(channels, "CHANNELS", {channel.PIGEON: pigeon})
    async with hall() as server, running_desk(tmp_path) as desk:
        server.app = Starlette(routes=[Route("/messages", api, methods=["POST"])])
        assert await bring(desk.http, told(HELLO)) == 200
        await until(lambda: any(message["buttons"] for message in sent))
        press = {"kind": "press", "id": "2", "sender": "kate", "button": sent[-1]["buttons"][0]["press"]}
        before = len(sent)
        assert await bring(desk.http, told(press)) == 200
        await until(lambda: len(sent) > before)
    assert {message["to"] for message in sent} == {"kate"}
