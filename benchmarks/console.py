"""What the agents' console costs: `python -m benchmarks.console --waiting 200 --agents 20`.

`okienko run` on SQLite in a process of its own; conversations that wait; agents whose pages are open over server-sent
events and ask for what is new, as the page's scripts do. Two questions: what a refresh of a long conversation costs
beside one of a short one, and how many turns a second the desk takes while nobody or everybody looks.
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx

from benchmarks.replicas import Desk, cpu_s, running

_FIELD = re.compile(r'<input type="hidden" name="(csrf|key)" value="([^"]+)">')
_MARK = re.compile(r'name="mark" value="((\w+)\.[^"]+)"')
_HAVE = re.compile(r'data-start="(\d+)" data-last="(\d+)" data-mark="([0-9a-f]+)"')
_ROW = re.compile(r'data-row="(\w+)"')
TOGETHER_S, QUEUE_S = 0.25, 1.0
"""As `static/js/desk/live.js`: a burst of news is one question, and the queue is asked for no more often than that."""
PERSON = "gdzie jestem"


@dataclass
class Page:
    """An agent's page, with a conversation open."""

    http: httpx.AsyncClient
    talk: str
    marks: dict[str, str] = field(default_factory=dict[str, str])
    have: str = ""
    asked: int = 0
    queue_s: float = QUEUE_S

    async def open(self) -> None:
        self._saw((await self.http.get(f"/desk/c/{self.talk}")).raise_for_status().text)

    async def refresh(self) -> None:
        """What the page asks for at news of its conversation."""
        headers = {"hx-request": "true"} | ({"okienko-lines": self.have} if self.have else {})
        await self._ask(f"/desk/c/{self.talk}/parts", headers)

    async def refresh_queue(self) -> None:
        """What it asks for at news of the queue."""
        await self._ask(f"/desk/queue?open={self.talk}", {"hx-request": "true"})

    async def _ask(self, path: str, headers: dict[str, str]) -> None:
        marks = "&".join(f"mark={mark}" for mark in self.marks.values())
        answer = await self.http.get(f"{path}{'&' if '?' in path else '?'}{marks}", headers=headers)
        self._saw(answer.raise_for_status().text)
        self.asked += 1

    def _saw(self, page: str) -> None:
        self.marks |= {name: mark for mark, name in _MARK.findall(page)}
        if found := _HAVE.search(page):
            self.have = ".".join(found.groups()) + "."

    async def watch(self) -> None:
        """Follows the stream until cancelled."""
        news: set[str] = set()
        async with (
            self.http.stream("GET", f"/desk/events?c={self.talk}", timeout=None) as told,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(self._answer(news))
            async for line in told.aiter_lines():
                if line.startswith("event: "):
                    news.add(line.removeprefix("event: "))

    async def _answer(self, news: set[str]) -> None:
        asked = 0.0
        while True:
            await asyncio.sleep(TOGETHER_S)
            if "talk" in news:
                news.discard("talk")
                await self.refresh()
            if "queue" in news and time.perf_counter() - asked >= self.queue_s:
                news.discard("queue")
                asked = time.perf_counter()
                await self.refresh_queue()


async def logged_in(url: str, login: str) -> httpx.AsyncClient:
    """An agent's browser."""
    http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=60)
    fields = dict(_FIELD.findall((await http.get("/desk/login")).text))
    fields |= {"login": login, "password": "sandbox", "next": "/desk"}
    headers = {"origin": url, "sec-fetch-site": "same-origin", "accept": "text/html"}
    answer = await http.post("/desk/login", data=fields, headers=headers)
    if answer.status_code != 303:
        raise SystemExit(f"{login} can't log in: {answer.status_code}")
    return http


@dataclass
class Bench:
    """One desk and whoever talks to it."""

    desk: Desk
    customers: httpx.AsyncClient
    said: int = 0

    async def say(self, sender: str, words: str) -> None:
        self.said += 1
        body = {"sender": sender, "message": words, "metadata": {"message_id": f"{sender}-{self.said}"}}
        (await self.customers.post("/webhooks/rest/webhook", json=body)).raise_for_status()

    async def waits(self, sender: str, lines: int = 0) -> None:
        """A customer who waits for a person, after so many lines."""
        await self.say(sender, "/start")
        await self.say(sender, "start:buy")
        for _ in range(lines // 2):
            await self.say(sender, PERSON)
        await self.say(sender, "/agent")

    async def refreshes(
        self, asked: Sequence[tuple[str, Callable[[], Awaitable[None]]]], rounds: int
    ) -> list[tuple[float, float]]:
        """For each of these: median milliseconds and mean CPU of what a page asks for after one more message."""
        took: list[list[tuple[float, float]]] = [[] for _ in asked]
        for _ in range(rounds):
            for (sender, refresh), mine in zip(asked, took, strict=True):
                await self.say(sender, PERSON)
                used, begun = cpu_s(self.desk.process), time.perf_counter()
                await refresh()
                mine.append((time.perf_counter() - begun, cpu_s(self.desk.process) - used))
        return [
            (median(one for one, _ in mine) * 1000, sum(cpu for _, cpu in mine) / len(mine) * 1000) for mine in took
        ]

    async def turns(self, senders: Sequence[str], clients: int, seconds: float) -> tuple[float, float, float]:
        """Turns a second, median milliseconds, CPU milliseconds a turn: customers who say one thing after another."""
        took: list[float] = []
        used, begun = cpu_s(self.desk.process), time.perf_counter()

        async def customer(n: int) -> None:
            while (now := time.perf_counter()) - begun < seconds:
                await self.say(senders[(n + len(took)) % len(senders)], PERSON)
                took.append(time.perf_counter() - now)

        await asyncio.gather(*(customer(n * 7) for n in range(clients)))
        lasted = time.perf_counter() - begun
        return len(took) / lasted, median(took) * 1000, (cpu_s(self.desk.process) - used) / len(took) * 1000


async def watched(pages: Sequence[Page]) -> list["asyncio.Task[None]"]:
    """The pages' streams, open."""
    tasks = [asyncio.create_task(page.watch()) for page in pages]
    await asyncio.sleep(2)
    return tasks


async def stop(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Closes them."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError, Exception):
            await task


async def measure(desk: Desk, given: argparse.Namespace) -> None:
    """Prints all of it."""
    async with httpx.AsyncClient(base_url=desk.url, trust_env=False, timeout=60) as customers:
        bench = Bench(desk, customers)
        senders = [f"bench-waiting-{n:08d}" for n in range(given.waiting)]
        lengths = {20: "bench-talk-of-20-lines", 500: "bench-talk-of-500-lines"}
        places: dict[int, str] = {}
        anna = await logged_in(desk.url, "anna")
        seen: set[str] = set()
        for length, sender in lengths.items():
            await bench.waits(sender, length)
            rows = set(_ROW.findall((await anna.get("/desk")).text))
            [places[length]] = rows - seen
            seen = rows
        for n in range(0, len(senders), 8):
            await asyncio.gather(*(bench.waits(sender) for sender in senders[n : n + 8]))
        rows = _ROW.findall((await anna.get("/desk")).text)
        print(f"{len(rows)} conversations wait")
        pages = [Page(anna, places[n]) for n in lengths]
        for page in pages:
            await page.open()
        asked = [(lengths[n], page.refresh) for n, page in zip(lengths, pages, strict=True)]
        short, long, queue = await bench.refreshes([*asked, (lengths[20], pages[0].refresh_queue)], given.rounds)
        print(f"a refresh after one message, 20 lines: {short[0]:.1f} ms, {short[1]:.1f} ms of CPU")
        print(f"a refresh after one message, 500 lines: {long[0]:.1f} ms, {long[1]:.1f} ms of CPU")
        print(f"500 lines : 20 lines = {long[0] / short[0]:.2f} in time, {long[1] / max(short[1], 0.01):.2f} in CPU")
        print(f"a refresh of the queue after one message: {queue[0]:.1f} ms, {queue[1]:.1f} ms of CPU")
        await under_load(bench, senders, [one for one in rows if one not in places.values()], given)


async def under_load(bench: Bench, senders: Sequence[str], talks: Sequence[str], given: argparse.Namespace) -> None:
    """Turns with nobody and with everybody watching, in turn."""
    browsers = [await logged_in(bench.desk.url, ("anna", "marek")[n % 2]) for n in range(given.agents)]
    pages = [Page(http, talk, queue_s=given.queue_s) for http, talk in zip(browsers, talks, strict=False)]
    for page in pages:
        await page.open()
    others = [f"bench-of-the-bot-{n:08d}" for n in range(32)]
    for sender in others:
        await bench.say(sender, "/start")
    print("| whose turns | agents watching | turns/s | p50 ms | CPU ms a turn | refreshes a second |")
    print("|---|---|---|---|---|---|")
    for _ in range(given.repeat):
        for whose, crowd in (("the bot's", others), ("of those who wait", senders)):
            for watching in (0, given.agents):
                tasks = await watched(pages[:watching])
                asked, begun = sum(page.asked for page in pages), time.perf_counter()
                rate, p50, cpu = await bench.turns(crowd, given.clients, given.seconds)
                each = (sum(page.asked for page in pages) - asked) / (time.perf_counter() - begun)
                print(f"| {whose} | {watching} | {rate:.0f} | {p50:.0f} | {cpu:.1f} | {each:.0f} |", flush=True)
                await stop(tasks)


def main() -> None:
    """One desk, measured."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--waiting", type=int, default=200)
    asked.add_argument("--agents", type=int, default=20)
    asked.add_argument("--rounds", type=int, default=60, help="refreshes of each conversation")
    asked.add_argument("--clients", type=int, default=8)
    asked.add_argument("--seconds", type=float, default=10)
    asked.add_argument("--repeat", type=int, default=2)
    asked.add_argument("--queue-s", type=float, default=QUEUE_S, help="as far apart pages ask for the queue")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), 1, None, None) as desk:
        asyncio.run(measure(desk, given))


if __name__ == "__main__":
    main()
