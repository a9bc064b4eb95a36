"""Compare the cost of returning customers with new ones': `python -m benchmarks.mixed --customers 40 --journal 300`.

A desk in this process (SQLite, the sandbox's Telegram off). New customers say the twelve turns of `okienko bench`.
Those who return have signed up and paid, are logged in, and have a long journal; they look round their zone, or begin
a second order. CPU is the process' own.
"""

import argparse
import asyncio
import gc
import itertools
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import process_time

from bot.app.installation import Installation
from bot.bench.turns import turns
from bot.conversation.inbound import Inbound, Text
from tests.desk.running import running_desk
from tests.desk.scripted import bought
from values.channel import Channel

AT_ONCE = 64
RETURNING = {
    "their zone": (
        *("/start", "zone:renewal", "zone:home", "gdzie są moje faktury?", "ile to kosztuje?", "START20"),
        *("gdzie jestem", "jakie są metody płatności?", "kiedy kończy się moja usługa?"),
        *("pomoc", "in italiano", "po polsku"),
    ),
    "a second order": (
        *("/start", "start:buy", "confirm:yes", "gdzie są moje faktury?", "ile to kosztuje?", "gdzie jestem"),
        *("jakie są metody płatności?", "jednak przelewem", "pomoc", "in italiano", "po polsku", "/cancel"),
    ),
}
"""What those who return say: as many presses and words of the same kinds as new customers' turns, nothing outside."""
TALK = ("ile to kosztuje?", "gdzie jestem", "pomoc", "jakie są metody płatności?")

Talk = tuple[str, list[str]]
Say = Callable[[str, str], Awaitable[None]]
_keys = itertools.count()
_news = itertools.count(1)


def saying(desk: Installation) -> Say:
    """Return what brings a message to the desk, as the REST channel does."""

    async def say(sender: str, words: str) -> None:
        await desk.desk.receive(Inbound(Channel.REST, sender, f"{sender}:mixed-{next(_keys)}", Text(words)))

    return say


async def cpu_ms(say: Say, talks: list[Talk]) -> float:
    """Return the milliseconds of CPU a turn, `AT_ONCE` talks at once."""
    waiting, done = talks[::-1], 0

    async def client() -> None:
        nonlocal done
        while waiting:
            sender, words = waiting.pop()
            for each in words:
                await say(sender, each)
                done += 1

    began = process_time()
    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    return (process_time() - began) / done * 1000


def new(number: int) -> list[Talk]:
    """Return the talks of so many new customers."""
    return [(f"mixed-new-customer-{n:08d}", turns(n)) for n in itertools.islice(_news, number)]


async def compare(customers: int, journal: int, rounds: int) -> None:
    """Print what a turn costs of new customers alone, of half new and half returning ones, and of returning ones alone.

    All are the middle of the rounds; how many times a new one's, that of the rounds' own.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with running_desk(Path(folder)) as desk:
            say = saying(desk.installation)
            gc.collect()
            gc.freeze()
            known = [(await bought(desk)).customer.sender for _ in range(customers)]
            for sender in known:
                for words in itertools.islice(itertools.cycle(TALK), journal):
                    await say(sender, words)
            await cpu_ms(say, new(customers))  # what is loaded for the first ones is the start's
            for way, words in RETURNING.items():
                costs = [await _round(say, [(sender, list(words)) for sender in known], n) for n in range(rounds)]
                new_ms, half_ms, back_ms = (median(each) for each in zip(*costs, strict=True))
                half, back = (median(cost[at] / cost[0] for cost in costs) for at in (1, 2))
                print(f"{way}: a new one's turn {new_ms:.3f} ms; half returning {half_ms:.3f} ms, {half:.2f} times")
                print(f"{way}: a returning one's turn {back_ms:.3f} ms, {back:.2f} times a new one's")


async def _round(say: Say, back: list[Talk], number: int) -> tuple[float, float, float]:
    """Return what a turn costs of new customers alone, of half new and half returning ones, and of returning ones.

    Each goes first in turn.
    """
    half = [talk for pair in zip(new(len(back)), back, strict=True) for talk in pair]
    runs = {"new": new(2 * len(back)), "half": half, "back": back}
    first = number % len(runs)
    cost = {name: await cpu_ms(say, runs[name]) for name in (*list(runs)[first:], *list(runs)[:first])}
    return cost["new"], cost["half"], cost["back"]


def main() -> None:
    """Read the arguments, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=40, help="who return; as many new ones beside them")
    parser.add_argument("--journal", type=int, default=300, help="turns that each of them has had after signing up")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    asyncio.run(compare(given.customers, given.journal, given.rounds))


if __name__ == "__main__":
    main()
