"""How late customers' words stand in the agents' Telegram group: `python -m benchmarks.forum --customers 4 --lines 4`.

A desk at Telegram's pace beside a Bot API on loopback. Some customers ask for a person at once and write a line every
15 seconds; for each line the time until it stands in its topic is told, for each topic when its first card did.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bot.handlers.telegram.bot_api import TOKEN, hall, serve_bot_api
from tests.bot.handlers.telegram.forum_api import GROUP, ForumBotApi
from tests.desk.running import Customer, Running, running_desk

EVERY_S = 15.0
PATIENCE_S = 180.0


async def stands(api: ForumBotApi, words: str, began: float) -> float:
    """Return after how many seconds the words stand in a topic."""
    while not any(words in topic.whole for topic in api.topics.values()):
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError(words)
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def talk(api: ForumBotApi, customer: Customer, name: str, lines: int) -> list[float]:
    """Return how late each line of one customer was."""
    await customer.say("/start")
    await customer.say("/agent")
    waits: list[asyncio.Task[float]] = []
    for number in range(lines):
        words = f"{name}, zdanie {number}"
        await customer.say(words)
        waits.append(asyncio.create_task(stands(api, words, time.monotonic())))
        await asyncio.sleep(EVERY_S)
    return list(await asyncio.gather(*waits))


async def carded(api: ForumBotApi, customers: int, began: float) -> list[float]:
    """Return after how many seconds each topic had its card."""
    shown: dict[int, float] = {}
    while len(shown) < customers and time.monotonic() - began < PATIENCE_S:
        for topic in api.topics.values():
            if any(message.get("reply_markup") for message in topic.messages):
                shown.setdefault(topic.id, time.monotonic() - began)
        await asyncio.sleep(0.05)
    return sorted(shown.values())


async def measure(desk: Running, api: ForumBotApi, customers: int, lines: int) -> None:
    began = time.monotonic()
    cards = asyncio.create_task(carded(api, customers, began))
    late = await asyncio.gather(*(talk(api, desk.customer(), f"Klient {n}", lines) for n in range(customers)))
    first, later = [one[0] for one in late], [wait for one in late for wait in one[1:]]
    print("customers  first words s (each)           later words s: median, worst   cards s (each)")
    told = " ".join(f"{wait:.1f}" for wait in sorted(first)), " ".join(f"{wait:.1f}" for wait in await cards)
    print(f"{customers:9}  {told[0]:30} {median(later):.1f}, {max(later):.1f}   {told[1]}")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=4)
    parser.add_argument("--lines", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with hall() as telegrams:
            api = ForumBotApi()
            serve_bot_api(telegrams, api)
            bot = {"telegram_token": TOKEN, "telegram_base_url": api.base_url, "telegram_desk_chat": GROUP}
            async with running_desk(Path(folder), **bot, rate_limits="on") as desk:
                await measure(desk, api, given.customers, given.lines)


if __name__ == "__main__":
    asyncio.run(main())
