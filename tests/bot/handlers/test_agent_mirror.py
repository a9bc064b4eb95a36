"""The loop that mirrors conversations outside: rests, skipped conversations, leases, a stop in the middle."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.handlers.agent_mirror import AgentMirror, MirrorPlace
from services.jobs.backoff import Waker
from tests.kit.clock import ManualClock


class Place(MirrorPlace):
    """Conversations to bring, and what bringing each of them raises; a place that is away raises TimeoutError."""

    name = lease = "place"
    most_passes = 3

    def __init__(self, *wanted: str) -> None:
        self.wanted = list(wanted)
        self.raises: dict[str, Exception] = {}
        self.brought: list[str] = []
        self.held = True
        self.missed = 0

    async def due(self) -> list[str]:
        return list(self.wanted)

    async def bring(self, conversation_id: str) -> None:
        self.brought.append(conversation_id)
        await asyncio.sleep(0)
        if conversation_id in self.raises:
            raise self.raises[conversation_id]
        self.wanted.remove(conversation_id)

    async def failed(self, conversation_id: str, error: Exception, failures: int) -> timedelta | None:
        return timedelta(seconds=30 * failures) if isinstance(error, TimeoutError) else None

    def lease_missed(self) -> None:
        self.missed += 1

    async def take(self, name: str) -> bool:
        return self.held

    def holds(self, name: str) -> bool:
        return self.held


class Steps(Waker):
    """Lets the loop look once for each wake, and says when it has looked."""

    def __init__(self) -> None:
        super().__init__()
        self.woken, self.idle = asyncio.Event(), asyncio.Event()

    def wake(self) -> None:
        self.idle.clear()
        self.woken.set()

    def listen(self) -> None:
        self.woken.clear()

    async def sleep(self, seconds: float) -> None:
        self.idle.set()
        await self.woken.wait()


@asynccontextmanager
async def mirror_of(place: Any) -> AsyncGenerator[tuple[Callable[..., Any], ManualClock, AgentMirror]]:
    @asynccontextmanager
    async def people() -> AsyncGenerator[Any]:
        yield type("Silent", (), {"changed": lambda _self: asyncio.Event().wait()})()

    clock, steps = ManualClock(datetime(2026, 11, 20, tzinfo=UTC)), Steps()
    mirror = AgentMirror(clock, place, people, place)
    mirror._waker = steps

    async def looks(seconds: float = 0) -> list[str]:
        """Return what one look brings, so many seconds later."""
        clock.advance(seconds)
        place.brought.clear()
        mirror.wake()
        await steps.idle.wait()
        return list(place.brought)

    mirror.start()
    yield looks, clock, mirror
    await mirror.stop()


async def test_a_conversation_that_fails_is_left_out_for_a_minute_and_the_others_go_on() -> None:
    place = Place("a", "b")
    place.raises["a"] = ValueError()
    async with mirror_of(place) as (looks, _, _):
        assert await looks() == ["a", "b"]
        assert await looks(59) == []
        assert await looks(1) == ["a"]


async def test_a_place_that_is_away_is_left_alone_ever_longer() -> None:
    place = Place("a", "b")
    place.raises["a"] = TimeoutError()
    async with mirror_of(place) as (looks, clock, mirror):
        await looks()
        assert await looks(29) == []
        assert await looks(1) == ["a"], "and nothing behind it"
        assert await looks(59) == []
        mirror.mended()
        assert await looks() == ["a"], "somebody has mended it"
        clock.advance(-3600)
        del place.raises["a"]
        assert await looks() == ["a", "b"], "a clock set back makes no rest longer"


async def test_without_the_lease_nothing_is_brought() -> None:
    place = Place("a")
    place.held = False
    async with mirror_of(place) as (looks, _, _):
        assert await looks() == []
        assert place.missed
        place.held = True
        assert await looks() == ["a"]
