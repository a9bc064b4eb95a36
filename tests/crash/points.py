"""A crash at every point, literally: the desk dies at the n-th point of a run, for n = 1, 2, 3 … until none is left.

Each run is a whole journey of a new customer: the desk begins, dies at its n-th crash point, is built anew on the same
database and brings the journey to its end, which is judged. Points are counted over the run, whatever they are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bot.handlers.telegram.bot_api import TOKEN, BotApi
from tests.desk.lives import Fate, Lives, insistent, settled
from tests.desk.quick_starts import in_place, made_once, quick_starts
from tests.desk.running import Running
from tests.desk.stubborn import Insistent, judged, judged_letters, stubborn
from tests.desk.telegram_chat import bot_api
from tests.desk.traced_chat import TracedChat, judged_chat, walked


@dataclass
class Nth(Fate):
    """Ends the desk once, at the n-th point of a run."""

    left: int = 0
    at: str | None = None
    deaths: list[str] = field(default_factory=list[str])

    def aim(self, n: int) -> None:
        """A new run."""
        self.left, self.at = n, None

    def _is_new(self, point: str) -> bool:
        self.left -= 1
        if self.left != 0:
            return False
        self.at = point
        self.deaths.append(f"{self.doing}: {point}")
        return True


async def crash_at_every_point(
    folder: Path, *, first: int = 1, told: Callable[[int, str], None] = lambda _n, _point: None, **settings: Any
) -> list[str]:
    """Journeys on REST, until one has fewer points than it is to die at; returns the points, in order.

    `settings` are the desk's, `database_url` among them; `told` hears of every crash that was judged and found right.
    """
    fate = Nth()
    async with insistent() as http:

        async def journey(_n: int, lives: Lives) -> None:
            customer = stubborn(http, acting=fate.acting)
            await customer.run()
            await judged(customer, lives.seen)

        return await _runs(folder, http, fate, journey, first, told, settings)


async def crash_at_every_point_on_telegram(
    folder: Path, *, first: int = 1, told: Callable[[int, str], None] = lambda _n, _point: None, **settings: Any
) -> list[str]:
    """The same in Telegram chats."""
    fate = Nth()
    async with bot_api() as api, insistent() as http:

        async def journey(n: int, lives: Lives) -> None:
            chat = TracedChat(api, _desk(http), 900 + n, acting=fate.acting)
            cut = fate.cut
            await walked(chat)
            await judged_chat(chat, lambda: fate.cut - cut)
            judged_letters(await chat.desk.outbox(chat.email), lives.seen)

        return await _runs(folder, http, fate, journey, first, told, {**settings, **_bot(api)})


def _desk(http: Insistent) -> Running:
    return Running(None, http)  # type: ignore[arg-type]


def _bot(api: BotApi) -> dict[str, Any]:
    return {"telegram_token": TOKEN, "telegram_base_url": api.base_url}


async def _runs(
    folder: Path,
    http: Insistent,
    fate: Nth,
    journey: Callable[[int, Lives], Any],
    first: int,
    told: Callable[[int, str], None],
    settings: dict[str, Any],
) -> list[str]:
    with in_place(made_once(folder / "schema.sqlite")), quick_starts():
        n = first
        while True:
            fate.aim(n)
            lives = Lives(folder, http, fate.deadly, fate.begin, settings)

            async def run(n: int = n, lives: Lives = lives) -> None:
                await journey(n, lives)
                await settled(http)

            await lives.during(run())
            if fate.at is None:
                return fate.deaths
            told(n, fate.at)
            n += 1
