"""`kill -9`, again and again, of a desk that a dozen customers talk to; started anew on the same files each time.

The judge is the sandbox's ledger, and for Telegram the Bot API's own list of what was sent.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.bot.handlers.telegram.bot_api import TOKEN, BotApi
from tests.desk.mortal import free_port
from tests.desk.running import Running
from tests.desk.stubborn import Insistent, Stubborn, judged
from tests.desk.telegram_chat import Chat, bot_api
from tests.desk.test_telegram_journey import pay, sign_up, to_the_order

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
KILLS = 7
CUSTOMERS = 12
METHODS = ("method:blik", "method:przelewy24", "method:card", "method:paypal")


@dataclass
class Process:
    """`okienko run` as one would start it, on one folder and port, in as many lives as it takes."""

    folder: Path
    port: int
    telegram: str
    lives: list[asyncio.subprocess.Process] = field(default_factory=list[asyncio.subprocess.Process])
    starts_s: list[float] = field(default_factory=list[float])

    async def start(self) -> None:
        """Returns when it takes messages."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("OKIENKO_")}
        env |= {
            "OKIENKO_DATA_DIR": str(self.folder),
            "OKIENKO_PORT": str(self.port),
            "OKIENKO_RATE_LIMITS": "off",
            "OKIENKO_LOG_LEVEL": "error",
            "OKIENKO_TELEGRAM_TOKEN": TOKEN,
            "OKIENKO_TELEGRAM_BASE_URL": self.telegram,
        }
        begun = time.monotonic()
        with (self.folder / "desk.log").open("ab") as log:
            self.lives.append(
                await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot.cli", "run", cwd=ROOT, env=env, stdout=log, stderr=log
                )
            )
        async with httpx.AsyncClient(trust_env=False) as http:
            while not await self._ready(http):
                assert self.lives[-1].returncode is None, (self.folder / "desk.log").read_text()[-2000:]
                await asyncio.sleep(0.02)
        self.starts_s.append(time.monotonic() - begun)

    async def _ready(self, http: httpx.AsyncClient) -> bool:
        try:
            return (await http.get(f"http://127.0.0.1:{self.port}/readyz")).status_code == 200
        except httpx.HTTPError:
            return False

    async def kill(self) -> None:
        """As the system does when memory runs out."""
        self.lives[-1].send_signal(signal.SIGKILL)
        await self.lives[-1].wait()


@asynccontextmanager
async def process(folder: Path, api: BotApi) -> AsyncGenerator[Process]:
    found = Process(folder, free_port(), api.base_url)
    try:
        await found.start()
        yield found
    finally:
        if found.lives and found.lives[-1].returncode is None:
            await found.kill()
        print((folder / "desk.log").read_text()[-5000:])


async def on_telegram(api: BotApi, desk: Running, chat_id: int) -> Chat:
    """The whole journey in a chat."""
    chat = Chat(api, desk, chat_id)
    email = f"chat.{chat_id}@example.com"
    await sign_up(chat, email, f"+48513{chat_id:06d}")
    await to_the_order(chat)
    await pay(chat, email)
    await chat.press("einvoice:activate")
    await chat.sees(lambda: chat.button("zone:my_account"))
    return chat


async def judged_chat(chat: Chat) -> None:
    """One of everything; a message of the bot twice only where it died between sending and noting that."""
    card = await chat.desk.card(f"chat.{chat.id}@example.com")
    assert [order["status"] for order in card["orders"]] == ["paid"]
    assert [payment["status"] for payment in card["payments"]] == ["paid"]
    assert len(await chat.desk.outbox(f"+48513{chat.id:06d}")) == 1, "an SMS was doubled"
    assert len(chat.texts) - len(set(chat.texts)) <= KILLS


async def test_killed_again_and_again_under_a_dozen_customers(tmp_path: Path) -> None:
    dice = random.Random(20261120)
    async with bot_api() as api, process(tmp_path, api) as desk:
        base = f"http://127.0.0.1:{desk.port}"
        async with Insistent(base_url=base) as http:
            customers = [Stubborn(http, METHODS[n % len(METHODS)]) for n in range(CUSTOMERS)]
            telegram = Running(None, http)  # type: ignore[arg-type]
            journeys = [asyncio.create_task(customer.run()) for customer in customers]
            chats = [asyncio.create_task(on_telegram(api, telegram, 800 + n)) for n in range(2)]
            everybody = asyncio.gather(*journeys, *chats)
            for _ in range(KILLS):
                await asyncio.sleep(dice.uniform(0.2, 1.6))
                http.desk_up.clear()
                await desk.kill()
                await desk.start()
                http.desk_up.set()
            await everybody
            for customer in customers:
                await judged(customer)
            for task in chats:
                await judged_chat(task.result())
        print(f"kills={KILLS} starts={[round(s, 2) for s in desk.starts_s]} unanswered={http.unanswered}")
