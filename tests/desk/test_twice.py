"""Telegram brings each update two to five times, at once, to whichever process: the effect is that of one."""

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.conversation.identity import conversation_id
from bot.handlers.telegram.buttons import screen_of
from services.store import journal
from tests.bot.handlers.telegram.bot_api import TOKEN, BotApi
from tests.desk.databases import desks_on, on_each_database
from tests.desk.post_office import post_office
from tests.desk.replicas import Replicas
from tests.desk.running import http_client
from tests.desk.telegram_chat import Chat, Json, bot_api, soon, to_the_email
from tests.desk.test_telegram_journey import pay, sign_up, to_the_order


@dataclass
class Bringer:
    """Telegram with a webhook at several desks, and in doubt whether it was heard."""

    api: BotApi
    desks: Replicas
    dice: random.Random
    http: httpx.AsyncClient = field(default_factory=http_client)
    brought: int = 0

    async def bring(self, update: Json, times: int) -> None:
        """So many times at once, to desk after desk; each says that it was taken."""
        assert self.api.webhook is not None
        path = httpx.URL(self.api.webhook["url"]).raw_path.decode()
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.api.webhook["secret_token"]}
        first = self.dice.randrange(len(self.desks.each))
        urls = [f"{self.desks.each[(first + n) % len(self.desks.each)].url}{path}" for n in range(times)]
        answers = await asyncio.gather(*(self.http.post(url, json=update, headers=headers) for url in urls))
        assert [answer.status_code for answer in answers] == [200] * times
        self.brought += times


@dataclass
class DoubledChat(Chat):
    """A chat whose every update comes two to five times."""

    bringer: Bringer = field(kw_only=True)
    updates: int = 0

    async def put(self, update: Json) -> None:
        person: Any = next(iter(content for name, content in update.items() if name != "update_id"))["from"]
        person["language_code"] = self.language
        self.updates += not screen_of(update.get("callback_query", {}).get("data", ""))  # which only shows other keys
        await self.bringer.bring(update, self.bringer.dice.randint(2, 5))


def lines_of(desks: Replicas, chat: Chat) -> Any:
    known = conversation_id("telegram", str(chat.id))

    def read(connection: sa.Connection) -> list[str]:
        found = journal.messages(connection, known, with_customer=True)
        return [line.data.get("text", "") for line in found if line.kind == journal.CUSTOMER]

    return desks.each[0].installation.store.read(read)


@on_each_database
async def test_a_journey_of_which_every_update_comes_several_times(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    async with bot_api() as api, post_office() as office:
        bot: dict[str, Any] = {"telegram_token": TOKEN, "telegram_base_url": api.base_url, "telegram_mode": "webhook"}
        async with desks_on(database, request, tmp_path, office, **bot) as desks:
            await soon(lambda: api.webhook)
            bringer = Bringer(api, desks, random.Random(5))
            chat = DoubledChat(api, desks.all, 811, bringer=bringer)
            email = "jan.nowak@example.com"
            await sign_up(chat, email)
            await to_the_order(chat, email)
            await pay(chat, email)
            for notice in [*office.notices(), *office.returns()]:
                await office.bring(notice, 3)
            await chat.press("einvoice:activate")
            await chat.sees(lambda: chat.button("zone:my_account"))
            card = await desks.all.card(email)
            assert [order["status"] for order in card["orders"]] == ["paid"]
            assert [payment["status"] for payment in card["payments"]] == ["paid"]
            assert len(await desks.all.outbox("+48512000999")) == 1
            assert len(chat.texts) == len(set(chat.texts)), "no message of the bot came twice"
            assert len(await lines_of(desks, chat)) == chat.updates < bringer.brought / 2 + 1


@on_each_database
async def test_burst_in_any_order_several_times(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> None:
    async with bot_api() as api, post_office() as office:
        bot: dict[str, Any] = {"telegram_token": TOKEN, "telegram_base_url": api.base_url, "telegram_mode": "webhook"}
        async with desks_on(database, request, tmp_path, office, **bot) as desks:
            await soon(lambda: api.webhook)
            dice = random.Random(6)
            bringer = Bringer(api, desks, dice)
            chat = DoubledChat(api, desks.all, 812, bringer=bringer)
            await to_the_email(chat)
            burst = [api.text(812, f"wiadomość {n}") for n in range(8)] * 3
            dice.shuffle(burst)
            await asyncio.gather(*(bringer.bring(update, 1) for update in burst))
            taken = (await lines_of(desks, chat))[3:]
            assert sorted(taken) == [f"wiadomość {n}" for n in range(8)], "each once, none lost"
            await chat.say("jan.nowak@example.com")
            await chat.follows("s")
