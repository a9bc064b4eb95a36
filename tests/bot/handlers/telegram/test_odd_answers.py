"""A Bot API that answers what it shouldn't (a gateway, an emulator, an older server) doesn't end the channel."""

import asyncio
import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.handlers.telegram.channel import ByPolling, TelegramChannel
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram.send import TelegramSender
from services.condition import ChannelStatus
from tests.bot.handlers.scripted_desk import ScriptedDesk
from tests.bot.handlers.telegram.bot_api import BotApi, Fault, until

ODD: dict[str, Any] = {
    "true": {"ok": True, "result": True},
    "a list": {"ok": True, "result": []},
    "no result": {"ok": True},
    "a gateway": {"status": "starting"},
    "null": None,
    "HTML": b"<html>502</html>",
    "nothing": b"",
}
METHODS = (
    "getMe",
    "deleteWebhook",
    "getMyDescription",
    "setMyCommands",
    "getUpdates",
    "answerCallbackQuery",
    "sendChatAction",
)


async def no_sleep(seconds: float) -> None:
    await asyncio.sleep(0.001)


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
    condition = ChannelStatus()
    way = ByPolling(wait_s=1)
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
    condition = ChannelStatus()
    way = ByPolling(wait_s=1)
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
