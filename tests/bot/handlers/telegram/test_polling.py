"""Long polling: confirmed after the commit, in order per chat, past every fault."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.conversation.inbound import Inbound, Text
from bot.handlers.telegram.channel import ByPolling, TelegramChannel
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram.polling import HANDOVER_S, Polling
from bot.handlers.telegram.reception import Reception
from bot.handlers.telegram.send import TelegramSender
from services.condition import ChannelStatus
from tests.bot.handlers.scripted_desk import ScriptedDesk
from tests.bot.handlers.telegram.bot_api import BotApi, Fault, no_sleep, until


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
    assert api.made("getUpdates")[0]["allowed_updates"] == [
        "message", "edited_message", "callback_query", "my_chat_member",
    ]  # fmt: skip


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


async def test_a_conflict_is_no_alarm_while_the_turn_changes_hands(
    api: BotApi, desk: ScriptedDesk, asking: Asking
) -> None:
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
