"""The webhook, from Telegram's set-up to the answer after the commit."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.conversation.inbound import Text
from bot.conversation.outbound import Button
from bot.handlers.telegram import webhook
from bot.handlers.telegram.channel import ByWebhook, TelegramChannel
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram.send import TelegramSender
from bot.handlers.telegram.webhook import PATH, SECRET_HEADER, secret_of
from tests.bot.handlers.scripted_desk import Draft, ScriptedDesk
from tests.bot.handlers.telegram.bot_api import TOKEN, BotApi, Fault, Hall, until

SECRET = secret_of("a signing key that nobody knows", TOKEN)
FORMER = secret_of("the signing key before it", TOKEN)


@asynccontextmanager
async def channel(
    host: Hall, client: BotClient, desk: ScriptedDesk, sender: TelegramSender
) -> AsyncIterator[TelegramChannel]:
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0)

    found = TelegramChannel(
        client, desk, sender, way=ByWebhook(host.address, (SECRET, FORMER)), locale="it", sleep=sleep
    )
    host.app = Starlette(routes=found.routes())
    found.start()
    try:
        yield found
    finally:
        await found.stop()


@pytest.fixture
async def live(
    api: BotApi, desks_host: Hall, client: BotClient, desk: ScriptedDesk, sender: TelegramSender
) -> AsyncIterator[BotApi]:
    async with channel(desks_host, client, desk, sender):
        await until(lambda: api.webhook)
        yield api


async def test_the_webhook_and_the_menu_are_set_at_the_start(live: BotApi) -> None:
    assert live.webhook is not None
    assert live.webhook["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert live.webhook["secret_token"] == SECRET
    assert len(SECRET) == 64
    await until(lambda: len(live.made("setMyCommands")) == 4)
    menus = {menu.get("language_code", ""): menu["commands"] for menu in live.made("setMyCommands")}
    assert [command["command"] for command in menus["pl"]] == [
        "start", "back", "help", "agent", "lang", "elsewhere", "cancel", "restart",
    ]  # fmt: skip
    assert menus[""] == menus["it"] != menus["en"]
    await until(lambda: live.made("setChatMenuButton"))
    assert live.made("setChatMenuButton") == [{"menu_button": {"type": "commands"}}]


async def test_the_bot_s_profile_is_set_once_in_each_language(
    live: BotApi, desks_host: Hall, client: BotClient, desk: ScriptedDesk, sender: TelegramSender
) -> None:
    asked = ("setMyDescription", "setMyShortDescription", "getMyDescription", "getMyShortDescription")
    await until(lambda: len(live.made("setMyShortDescription")) == 4)
    assert {language for name, language in live.profile if name == "description"} == {None, "pl", "it", "en"}
    assert live.profile["description", None] == live.profile["description", "it"]
    assert all("Okienko" in said for said in live.profile.values())
    before = [len(live.made(method)) for method in asked]
    async with channel(desks_host, client, desk, sender):
        await until(lambda: len(live.made("getMyShortDescription")) == before[3] + 4)
    assert [len(live.made(method)) - count for method, count in zip(asked, before, strict=True)] == [0, 0, 4, 4]


async def test_a_bot_api_without_the_courtesies_is_served_all_the_same(
    api: BotApi, desks_host: Hall, client: BotClient, desk: ScriptedDesk, sender: TelegramSender
) -> None:
    api.faults["setMyCommands"].append(Fault(404, "Not Found"))
    api.faults["getMyDescription"].append(Fault(404, "Not Found"))
    async with channel(desks_host, client, desk, sender):
        await until(lambda: api.made("setMyCommands") and api.made("getMyDescription") and api.webhook)
        assert await api.bring(api.text(5, "hej")) == 200
    assert len(api.made("setMyCommands")) == len(api.made("getMyDescription")) == 1


async def test_telegram_need_not_be_there_at_the_start(
    api: BotApi, desks_host: Hall, client: BotClient, desk: ScriptedDesk, sender: TelegramSender
) -> None:
    api.faults["setWebhook"].extend([Fault(500, "?"), Fault(429, "Too Many Requests", {"retry_after": 1})])
    api.faults["setMyCommands"].append(Fault(502, "?"))
    async with channel(desks_host, client, desk, sender):
        await until(lambda: api.webhook and len(api.made("setMyCommands")) == 5)


async def test_an_update_is_answered_after_its_turn(live: BotApi, desk: ScriptedDesk) -> None:
    desk.gate = asyncio.Event()
    answer = asyncio.create_task(live.bring(live.text(5, "hej")))
    await until(lambda: desk.calls)
    assert not answer.done()
    desk.gate.set()
    assert await answer == 200
    assert [inbound.body for inbound in desk.received] == [Text("hej")]


async def test_who_does_not_know_the_secret_is_turned_away(live: BotApi, desk: ScriptedDesk) -> None:
    for secret in ("x", SECRET[:-1], SECRET + "0", "é"):
        assert await live.bring(live.text(5, "hej"), secret=secret) == 403
    assert not desk.calls


async def test_while_nothing_can_be_committed_telegram_brings_it_again(live: BotApi, desk: ScriptedDesk) -> None:
    desk.unavailable = 2
    update = live.text(5, "hej")
    assert [await live.bring(update) for _ in range(4)] == [503, 503, 200, 200]
    assert len(desk.received) == 1


async def test_an_update_brought_five_times_at_once_has_one_effect(live: BotApi, desk: ScriptedDesk) -> None:
    update = live.text(5, "hej")
    assert await asyncio.gather(*(live.bring(update) for _ in range(5))) == [200] * 5
    assert len(desk.received) == 1


async def test_updates_that_come_in_the_wrong_order_are_all_taken(live: BotApi, desk: ScriptedDesk) -> None:
    updates = [live.text(5, str(n)) for n in range(4)]
    for update in [*reversed(updates), updates[0]]:
        assert await live.bring(update) == 200
    assert len(desk.received) == 4


@pytest.mark.parametrize(
    "poison",
    [
        b"not json",
        b"[" * 50_000,
        b'{"update_id": 1, "message": {"text": "%s"}}' % (b"x" * 1_100_000),
        [],
        7,
        None,
        {},
        {"update_id": "x"},
        {"update_id": 5, "message": {"text": "no date, no chat"}},
        {"update_id": 5, "callback_query": {"id": "1"}},
        {"update_id": 5, "message": []},
        {"update_id": 5, "poll": {"id": "x"}},
    ],
)
async def test_what_can_not_be_read_is_not_brought_again(poison: object, live: BotApi, desk: ScriptedDesk) -> None:
    with capture_logs() as logs:
        assert await live.bring(poison) == 200
    let_go = "telegram.unreadable_body" in {line["event"] for line in logs}
    assert let_go == isinstance(poison, bytes)
    assert await live.bring(live.text(5, "hej")) == 200
    assert len(desk.received) == 1


async def test_an_update_in_pieces_is_one_and_one_that_breaks_off_is_none(live: BotApi, desk: ScriptedDesk) -> None:
    assert live.webhook is not None
    url, body = httpx.URL(live.webhook["url"]), json.dumps(live.text(5, "hej")).encode()

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 50):
            yield body[at : at + 50]
            await asyncio.sleep(0)

    async with httpx.AsyncClient() as http:
        answer = await http.post(url, content=pieces(), headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
    assert answer.status_code == 200
    assert len(desk.received) == 1
    _, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST {url.path} HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
    writer.write(f"{head}Content-Length: 999\r\n\r\n".encode() + body)
    await writer.drain()
    writer.close()
    await live.bring(live.text(5, "dalej"))
    assert [inbound.body for inbound in desk.received] == [Text("hej"), Text("dalej")]


async def test_an_update_that_always_fails_is_given_up(live: BotApi, desk: ScriptedDesk) -> None:
    def broken(inbound: object) -> list[Draft]:
        raise ZeroDivisionError

    desk.answers = broken
    update = live.text(5, "hej")
    assert [await live.bring(update) for _ in range(3)] == [503, 503, 200]


async def test_the_order_of_a_chat_is_kept_when_a_button_must_be_looked_up(live: BotApi, desk: ScriptedDesk) -> None:
    desk.say(desk.talk("telegram", "5"), Draft("Zgody?", (Button("A", "consents:all"),)))
    ups = [live.press(5, "k:1:0"), live.text(5, "a"), live.press(5, "k:1:0"), live.text(5, "b")]
    tasks: list[asyncio.Task[int]] = []
    for update in ups:
        tasks.append(asyncio.create_task(live.bring(update)))
        await asyncio.sleep(0.05)
    await asyncio.gather(*tasks)
    assert [inbound.key for inbound in desk.received] == [str(update["update_id"]) for update in ups]


async def brought(desks_host: Hall, *messages: Mapping[str, Any]) -> int:
    """The webhook's answer to a request whose body comes in these pieces."""
    said: list[MutableMapping[str, Any]] = []
    pieces = iter(messages)

    async def receive() -> MutableMapping[str, Any]:
        return {**next(pieces)}

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "root_path": "",
        "query_string": b"",
        "headers": [(SECRET_HEADER.lower().encode(), SECRET.encode())],
    }
    await desks_host.app(scope, receive, send)
    return int(said[0]["status"])


async def test_a_body_that_breaks_off_is_no_update_and_comes_again(
    live: BotApi, desks_host: Hall, desk: ScriptedDesk
) -> None:
    begun = {"type": "http.request", "body": json.dumps(live.text(5, "hej")).encode(), "more_body": True}
    assert await brought(desks_host, begun, {"type": "http.disconnect"}) == 400
    assert not desk.calls


async def test_the_longest_body_is_a_megabyte(live: BotApi, desks_host: Hall, desk: ScriptedDesk) -> None:
    update = json.dumps(live.text(5, "hej")).encode()
    for length, taken in ((2**20 + 1, 0), (2**20, 1)):
        halves = update.ljust(length)[: length // 2], update.ljust(length)[length // 2 :]
        first = {"type": "http.request", "body": halves[0], "more_body": True}
        assert await brought(desks_host, first, {"type": "http.request", "body": halves[1]}) == 200
        assert len(desk.received) == taken


async def test_a_body_that_never_ends_isn_t_waited_for(
    live: BotApi, desks_host: Hall, desk: ScriptedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SLOWEST_BODY_S", 0.1)
    url = httpx.URL(f"{desks_host.address}{PATH}")
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{SECRET_HEADER}: {SECRET}\r\nContent-Length: 99\r\n\r\n"
    writer.write(head.encode() + b"{")
    assert (await asyncio.wait_for(reader.readline(), 10)).startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert not desk.calls
