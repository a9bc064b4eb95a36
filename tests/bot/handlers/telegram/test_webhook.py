"""The webhook from Telegram's set-up to the answer after the commit; long polling, confirmed after it, in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.conversation.inbound import Inbound, Text
from bot.conversation.outbound import Button
from bot.handlers.telegram import webhook
from bot.handlers.telegram.channel import ByPolling, ByWebhook, TelegramChannel
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram.polling import HANDOVER_S, Polling
from bot.handlers.telegram.reception import Reception
from bot.handlers.telegram.send import TelegramSender
from bot.handlers.telegram.webhook import PATH, SECRET_HEADER, secret_of
from services.condition import ChannelStatus
from tests.bot.handlers.scripted_desk import Draft, ScriptedDesk
from tests.bot.handlers.telegram.bot_api import TOKEN, BotApi, Fault, Hall, no_sleep, until

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
    found = [command["command"] for command in menus["pl"]]
    assert found == ["start", "back", "help", "agent", "lang", "elsewhere", "cancel", "restart"]
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
    assert ("telegram.unreadable_body" in {line["event"] for line in logs}) == isinstance(poison, bytes)
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


@pytest.fixture
async def start(
    api: BotApi, client: BotClient, desk: ScriptedDesk, sender: TelegramSender
) -> AsyncIterator[Callable[[], TelegramChannel]]:
    channels: list[TelegramChannel] = []

    def begin() -> TelegramChannel:
        channel = TelegramChannel(client, desk, sender, way=ByPolling(wait_s=1), locale="pl", sleep=no_sleep)
        channels.append(channel)
        channel.start()
        return channel

    yield begin
    for channel in channels:
        await channel.stop()


def words(desk: ScriptedDesk, chat: int) -> list[str]:
    return [one.body.body for one in desk.received if one.address == str(chat) and isinstance(one.body, Text)]


Start = Callable[[], TelegramChannel]


async def test_messages_come_in_and_are_confirmed(api: BotApi, desk: ScriptedDesk, start: Start) -> None:
    api.webhook = {"url": "an old one"}
    api.queue(api.text(5, "przed startem"))
    start()
    await until(lambda: words(desk, 5) == ["przed startem"])
    assert api.webhook is None, "polling is refused while a webhook is set"
    api.queue(api.text(5, "potem"))
    await until(lambda: words(desk, 5) == ["przed startem", "potem"])
    await until(lambda: not api.pending)
    found = api.made("getUpdates")[0]["allowed_updates"]
    assert found == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_nothing_is_confirmed_before_its_commit(api: BotApi, desk: ScriptedDesk, start: Start) -> None:
    desk.gate = asyncio.Event()
    first = api.text(5, "jeden")
    api.queue(first, api.text(6, "dwa"))
    start()
    await until(lambda: len(api.made("getUpdates")) > 2)
    assert max(call["offset"] for call in api.made("getUpdates")) <= first["update_id"]
    assert len(api.pending) == 2
    desk.gate.set()
    await until(lambda: not api.pending)
    assert len(desk.received) == 2


async def test_a_slow_chat_holds_up_no_other(api: BotApi, desk: ScriptedDesk, start: Start) -> None:
    gate, receive = asyncio.Event(), desk.receive

    async def slow(inbound: Inbound) -> object:
        if inbound.address == "5":
            await gate.wait()
        return await receive(inbound)

    desk.receive = slow  # pyright: ignore[reportAttributeAccessIssue]
    api.queue(api.text(5, "a"), api.text(6, "b"))
    start()
    await until(lambda: words(desk, 6) == ["b"])
    for n in range(3):
        api.queue(api.text(6, str(n)))
        await until(lambda n=n: words(desk, 6)[-1] == str(n))
    assert words(desk, 5) == []
    gate.set()
    await until(lambda: words(desk, 5) == ["a"] and not api.pending)
    assert words(desk, 6) == ["b", "0", "1", "2"]


async def test_the_same_update_given_again_is_done_once(api: BotApi, desk: ScriptedDesk, start: Start) -> None:
    update = api.text(5, "hej")
    api.queue(update)
    channel = start()
    await until(lambda: not api.pending)
    await channel.stop()
    api.queue(update, api.text(5, "dalej"))
    start()
    await until(lambda: words(desk, 5) == ["hej", "dalej"])


@pytest.mark.parametrize(
    "fault",
    [
        Fault(409, "Conflict: terminated by other getUpdates request"),
        Fault(429, "Too Many Requests", {"retry_after": 1}),
        Fault(500, "Internal Server Error"),
        Fault(502, "Bad Gateway"),
        Fault(401, "Unauthorized"),
    ],
)
async def test_it_goes_on_after_a_fault(fault: Fault, api: BotApi, desk: ScriptedDesk, start: Start) -> None:
    api.faults["getUpdates"].extend([fault] * 3)
    api.queue(api.text(5, "hej"))
    start()
    await until(lambda: words(desk, 5) == ["hej"])


async def test_a_stop_finishes_what_was_begun(api: BotApi, desk: ScriptedDesk, start: Start) -> None:
    desk.gate = asyncio.Event()
    api.queue(api.text(5, "hej"))
    channel = start()
    await until(lambda: desk.calls)
    stopping = asyncio.create_task(channel.stop())
    await asyncio.sleep(0.01)
    assert not stopping.done()
    desk.gate.set()
    await stopping
    assert words(desk, 5) == ["hej"]


async def test_the_token_is_in_no_log(
    api: BotApi, desk: ScriptedDesk, start: Start, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    for method in ("setMyCommands", "deleteWebhook", "getUpdates"):
        api.faults[method].append(Fault(401, "Unauthorized"))
    api.queue(api.text(5, "tajne słowo"))
    start()
    await until(lambda: words(desk, 5))
    # The stand-in's own web server writes the addresses it serves, as Telegram's would.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    shown = "".join([*ours, *capsys.readouterr()])
    assert "test-token" not in shown
    assert "tajne" not in shown


class Turn:
    """Whose turn it is to ask, and the hour, as the test says."""

    def __init__(self) -> None:
        self.mine, self.hour = True, 0.0

    async def is_mine(self) -> bool:
        return self.mine

    def now(self) -> float:
        return self.hour


Asking = tuple[Turn, ChannelStatus]


@pytest.fixture
async def asking(client: BotClient, desk: ScriptedDesk, sender: TelegramSender) -> AsyncIterator[Asking]:
    """One process's polling of a bot that others may serve as well."""
    turn, status, reception = Turn(), ChannelStatus(), Reception(client, desk, sender)
    polling = Polling(client, reception, wait_s=1, my_turn=turn.is_mine, sleep=no_sleep, status=status, now=turn.now)
    running = asyncio.create_task(polling.run())
    yield turn, status
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


CONFLICT = Fault(409, "Conflict: terminated by other getUpdates request")


@pytest.mark.parametrize("fault", [CONFLICT, Fault(500, "Internal Server Error"), Fault(401, "Unauthorized")])
async def test_who_lost_the_turn_says_nothing_of_telegram(
    fault: Fault, api: BotApi, desk: ScriptedDesk, asking: Asking
) -> None:
    turn, status = asking
    with capture_logs() as log:
        await until(lambda: bool(api.made("getUpdates")))
        turn.hour += 1000
        turn.mine = False
        api.faults["getUpdates"].append(fault)
        api.queue(api.text(5, "hej"))  # ends the question under way
        await until(lambda: not api.faults["getUpdates"] or bool(desk.received))
        status.failed("TimedOut")  # whatever was noted before
        await until(lambda: status.fault is None)
        assert status.silent_s() < 10
    assert not [line for line in log if line.get("alarm")]


async def test_a_conflict_is_no_alarm_while_turn_changes_hands(api: BotApi, desk: ScriptedDesk, asking: Asking) -> None:
    turn, status = asking
    with capture_logs() as log:
        api.faults["getUpdates"].extend([CONFLICT] * 3)
        api.queue(api.text(5, "hej"))
        await until(lambda: words(desk, 5) == ["hej"])
        assert status.fault is None
        assert not [line for line in log if line.get("alarm")]

        turn.hour += HANDOVER_S
        api.faults["getUpdates"].extend([CONFLICT] * 3)
        api.queue(api.text(5, "dalej"))  # ends the question under way
        await until(lambda: words(desk, 5) == ["hej", "dalej"] and not api.faults["getUpdates"])
    assert {line["event"] for line in log if line.get("alarm")} == {"telegram.conflict"}, "another program asks"


# --- a Bot API that answers what it shouldn't (a gateway, an emulator, an older server) doesn't end the channel ---


ODD: dict[str, Any] = {
    "true": {"ok": True, "result": True},
    "a list": {"ok": True, "result": []},
    "no result": {"ok": True},
    "a gateway": {"status": "starting"},
    "null": None,
    "HTML": b"<html>502</html>",
    "nothing": b"",
}
METHODS = "getMe deleteWebhook getMyDescription setMyCommands getUpdates answerCallbackQuery sendChatAction".split()


@pytest.mark.parametrize("odd", ODD)
async def test_the_channel_lives_whatever_a_method_answers(
    odd: str, api: BotApi, client: BotClient, desk: ScriptedDesk, sender: TelegramSender
) -> None:
    body = ODD[odd] if isinstance(ODD[odd], bytes) else json.dumps(ODD[odd]).encode()
    for method in METHODS:
        api.odd[method].extend([body] * 2)
    channel = TelegramChannel(client, desk, sender, way=ByPolling(wait_s=1), locale="pl", sleep=no_sleep)
    channel.start()
    try:
        api.queue(api.press(5, "unknown"), api.text(5, "dzień dobry"))
        await until(lambda: len(desk.received) == 2)
    finally:
        await channel.stop()
    assert not api.odd["getUpdates"], "it went on asking"


@pytest.mark.parametrize(("status", "event"), [(401, "telegram.token_refused"), (409, "telegram.conflict")])
async def test_a_channel_that_is_refused_alarms_and_comes_back(
    status: int, event: str, api: BotApi, client: BotClient, desk: ScriptedDesk, sender: TelegramSender
) -> None:
    api.faults["getUpdates"].extend([Fault(status, "Unauthorized" if status == 401 else "Conflict")] * 2)
    condition, way = ChannelStatus(), ByPolling(wait_s=1)
    channel = TelegramChannel(client, desk, sender, way=way, locale="pl", sleep=no_sleep, status=condition)
    with capture_logs() as log:
        channel.start()
        await until(lambda: any(line["event"] == event for line in log))
        api.queue(api.text(5, "dzień dobry"))
        await until(lambda: bool(desk.received))
        await channel.stop()
    assert all(line["alarm"] is True for line in log if line["event"] == event)
    assert condition.fault is None


@pytest.mark.parametrize(
    "odd", [True, [{"message": {"text": "hasło"}}], [None, 5]], ids=["true", "without an id", "no updates"]
)
async def test_what_can_t_be_confirmed_is_asked_for_after_a_pause_and_alarms(
    odd: Any, api: BotApi, client: BotClient, desk: ScriptedDesk, sender: TelegramSender
) -> None:
    pauses: list[float] = []

    async def rest(seconds: float) -> None:
        pauses.append(seconds)
        await no_sleep(seconds)

    api.odd["getUpdates"].extend([json.dumps({"ok": True, "result": odd}).encode()] * 6)
    condition, way = ChannelStatus(), ByPolling(wait_s=1)
    channel = TelegramChannel(client, desk, sender, way=way, locale="pl", sleep=rest, status=condition)
    with capture_logs() as log:
        channel.start()
        await until(lambda: not api.odd["getUpdates"])
        api.queue(api.text(5, "dzień dobry"))
        await until(lambda: bool(desk.received))
        await channel.stop()
    told = [line for line in log if line["event"] == "telegram.polling_fault"]
    assert len(told) == 6
    assert [line.get("alarm") for line in told] == [None] * 4 + [True] * 2
    assert "hasło" not in repr(log)
    assert pauses[:6] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]
    assert condition.fault is None, "it answers again"
