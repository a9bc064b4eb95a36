"""While an answer is made, typing is shown, and no chat is written to faster than Telegram allows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.conversation.outbound import Reply
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram.send import TelegramSender
from bot.handlers.telegram.typing_shown import TypingShown
from bot.handlers.telegram_group.group import PER_MINUTE
from tests.bot.handlers.scripted_desk import AT
from tests.bot.handlers.telegram.bot_api import BotApi, Fault, until

CHAT = "501"


@pytest.fixture
async def typing(client: BotClient, sender: TelegramSender) -> AsyncIterator[TypingShown]:
    sender.typing = TypingShown(client, after_s=0.02, again_after_s=0.02)
    yield sender.typing
    sender.typing.close()


def shown(api: BotApi) -> int:
    return len(api.made("sendChatAction"))


async def test_a_quick_turn_shows_nothing(api: BotApi, typing: TypingShown) -> None:
    turn = asyncio.get_running_loop().create_future()
    turn.set_result(7)
    assert await typing.during(CHAT, turn) == 7
    slow = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(typing.during("502", slow))
    await until(lambda: shown(api))  # by now the first chat's would have come, too
    slow.set_result(8)
    assert await waiting == 8
    assert {call["chat_id"] for call in api.made("sendChatAction")} == {502}


async def test_a_slow_turn_shows_it_again_and_again_until_it_ends(api: BotApi, typing: TypingShown) -> None:
    turn = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(typing.during(CHAT, turn))
    await until(lambda: shown(api) > 2)
    turn.set_result(None)
    await waiting
    await until(lambda: not typing.at_work)
    assert api.made("sendChatAction")[0] == {"chat_id": 501, "action": "typing"}


async def test_it_is_shown_in_the_topic_that_asked(api: BotApi, typing: TypingShown) -> None:
    turn = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(typing.during(CHAT, turn, "42"))
    await until(lambda: shown(api) > 0)
    turn.set_result(None)
    await waiting
    assert api.made("sendChatAction")[0] == {"chat_id": 501, "message_thread_id": 42, "action": "typing"}


async def test_a_result_that_is_due_is_shown_until_its_reply_is_sent(
    api: BotApi, typing: TypingShown, sender: TelegramSender
) -> None:
    due = True

    async def is_due() -> bool:
        return due

    typing.until_answered(CHAT, 7, is_due)
    await sender.deliver(CHAT, Reply(70, 7, "bot", "Sprawdzam.", (), (), AT))  # the turn's own words end no wait
    await until(lambda: shown(api) > 1)
    await sender.deliver(CHAT, Reply(80, 8, "bot", "Mam.", (), (), AT))
    assert not typing.at_work
    typing.until_answered(CHAT, 8, is_due)
    await sender.deliver(CHAT, Reply(90, 9, "bot", "Od razu.", (), (), AT))
    assert not typing.at_work, "answered before a moment was over"
    due = False
    typing.until_answered(CHAT, 9, is_due)
    count = shown(api)
    await until(lambda: not typing.at_work)
    assert shown(api) == count, "another process answered"


async def test_what_telegram_says_to_it_hurts_nobody(api: BotApi, typing: TypingShown) -> None:
    api.faults["sendChatAction"].append(Fault(429, "Too Many Requests", {"retry_after": 9}))
    turn = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(typing.during(CHAT, turn))
    await until(lambda: shown(api) and not typing.at_work)
    turn.set_result(None)
    await waiting


@dataclass
class Watch:
    """A clock that only waiting moves."""

    now: float = 1000.0
    sent: list[float] = field(default_factory=list[float])

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_eighteen_a_minute_whatever_came_before() -> None:
    watch = Watch()
    pace = Pace(
        overall_per_s=None,
        chat_per_s=PER_MINUTE / 60,
        chat_burst=6,
        chat_per_minute=PER_MINUTE,
        monotonic=lambda: watch.now,
        sleep=watch.sleep,
    )
    for pause in (0.0, 0.0, 90.0, 7.0, 0.0):
        watch.now += pause
        for _ in range(25):
            await pace.turn("-100")
            watch.sent.append(watch.now)
    most = max(sum(at <= other < at + 60 for other in watch.sent) for at in watch.sent)
    assert most == PER_MINUTE
    assert watch.sent[5] - watch.sent[0] < 0.01, "a few at once"
    assert watch.sent[49] - watch.sent[0] <= 50 / PER_MINUTE * 60, "and no slower than that in the long run"
