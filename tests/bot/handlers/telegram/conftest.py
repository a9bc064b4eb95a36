"""A Bot API on loopback and python-telegram-bot's client of it."""

from collections.abc import AsyncIterator

import pytest

from bot.handlers.telegram.client import BotClient, make_bot
from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram.send import TelegramSender
from tests.bot.handlers.scripted_desk import ScriptedDesk
from tests.bot.handlers.telegram.bot_api import TOKEN, BotApi, Hall, hall, serve_bot_api


@pytest.fixture(scope="session")
async def telegrams_host() -> AsyncIterator[Hall]:
    async with hall() as found:
        yield found


@pytest.fixture(scope="session")
async def desks_host() -> AsyncIterator[Hall]:
    async with hall() as found:
        yield found


@pytest.fixture
def api(telegrams_host: Hall) -> BotApi:
    return serve_bot_api(telegrams_host)


@pytest.fixture
async def client(api: BotApi) -> AsyncIterator[BotClient]:
    bot = make_bot(TOKEN, base_url=api.base_url, file_url=api.base_url.replace("/bot", "/file/bot"))
    async with bot:
        yield bot


@pytest.fixture
def desk() -> ScriptedDesk:
    return ScriptedDesk()


@pytest.fixture
def sender(client: BotClient) -> TelegramSender:
    return TelegramSender(client, Pace(overall_per_s=None, chat_per_s=None))
