"""The desk is dropped at every point where it touches the outside; its customers go on as if nothing had been.

The points are counted by what the desk does there and what its customer was about: once at each.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.desk.mortal import MortalDesk, free_port
from tests.desk.running import Running
from tests.desk.stubborn import Insistent, Stubborn, judged
from tests.desk.telegram_chat import Chat, bot_api
from tests.desk.test_telegram_journey import pay, sign_up, to_the_order

pytestmark = pytest.mark.anyio

#: What a desk does when it begins; the same at every step.
AT_THE_START = ("Worker.start", "Installation.start", "release_all")


@dataclass
class Fate:
    """Lets each life end at a point where none has ended yet."""

    doing: str = ""
    met: set[str] = field(default_factory=set[str])

    def deadly(self, point: str) -> bool:
        beginning = any(name in point for name in AT_THE_START)
        where = point if beginning else f"{self.doing}: {point}"
        return where not in self.met and not self.met.add(where)

    def acting(self, what: str) -> None:
        self.doing = what


async def live_and_die(
    folder: Path, port: int, fate: Fate, journey: "asyncio.Task[Any]", after: Callable[[], Any], **settings: Any
) -> int:
    """One life after the other until the journey is over; the last one is still there for `after`. How many died."""
    deaths = 0
    while True:
        desk = MortalDesk(folder, port, fate.deadly, **settings)
        try:
            if await desk.live():
                death = asyncio.create_task(desk.death())
                await asyncio.wait({journey, death}, return_when=asyncio.FIRST_COMPLETED)
                death.cancel()
                if journey.done():
                    await journey
                    await after()
                    return deaths
        finally:
            await desk.bury()
        deaths += 1


async def test_dropped_at_every_point_of_the_journey(tmp_path: Path) -> None:
    port, fate = free_port(), Fate()
    async with Insistent(f"http://127.0.0.1:{port}") as http:
        customer = Stubborn(http, acting=fate.acting)
        journey = asyncio.create_task(customer.run())
        deaths = await live_and_die(tmp_path, port, fate, journey, lambda: judged(customer))
    assert deaths > 100, "the points weren't found"
    for point in ("before call SendCode", "after call SendCode", "before POST sms.do", "before POST register"):
        assert any(point in where for where in fate.met), point


async def test_dropped_at_every_point_of_the_journey_on_telegram(tmp_path: Path) -> None:
    port, fate = free_port(), Fate()
    email = "jan.nowak@example.com"

    async with bot_api() as api, Insistent(f"http://127.0.0.1:{port}") as http:
        chat = Chat(api, Running(None, http), 900)  # type: ignore[arg-type]

        async def talk() -> None:
            await sign_up(chat, email)
            await to_the_order(chat)
            await pay(chat, email)
            await chat.press("einvoice:activate")
            await chat.sees(lambda: chat.button("zone:my_account"))

        async def judge() -> None:
            card = await chat.desk.card(email)
            assert [order["status"] for order in card["orders"]] == ["paid"]
            assert card["einvoice"]["status"] == "active"
            assert len(await chat.desk.outbox("+48512000999")) == 1
            # At least once, and twice only where it died between sending and noting that.
            lost_notes = sum("mark_sent" in where for where in fate.met)
            assert 0 <= len(chat.texts) - len(set(chat.texts)) <= lost_notes + 2

        bot = {"telegram_token": "123456:test-token", "telegram_base_url": api.base_url}
        deaths = await live_and_die(tmp_path, port, fate, asyncio.create_task(talk()), judge, **bot)
    assert deaths > 20
