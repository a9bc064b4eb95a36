"""Waiting between attempts: the durable back-off, a sleep that a wake-up ends, and the end of a loop."""

import asyncio
from datetime import timedelta
from typing import Any

STEPS = (
    timedelta(seconds=2),
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
)
"""The pauses after the first, second … attempt; the last one repeats."""


def pause(attempts: int) -> timedelta:
    """Return the pause after so many attempts (1, 2 …)."""
    if attempts < 1:
        raise ValueError("nothing was attempted yet")
    return STEPS[min(attempts, len(STEPS)) - 1]


def patience(tries: int) -> timedelta:
    """Return how long so many tries take."""
    return sum((pause(n) for n in range(1, min(tries, 1000))), timedelta(0))


async def cancel(*tasks: asyncio.Future[Any] | None) -> None:
    """Cancel the tasks and wait for their ends, whatever these are; None is one that was never begun."""
    begun = [task for task in tasks if task is not None]
    for task in begun:
        task.cancel()
    await asyncio.gather(*begun, return_exceptions=True)


class Waker:
    """An alarm clock for one loop: `listen`, look what is due, `sleep`.

    A wake-up that comes after `listen` is never lost, whenever it comes: forgetting the earlier ones only *after* the
    look would lose one that arrives during it.
    """

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """End the present sleep, or the next one if none is under way."""
        self._woken.set()

    def listen(self) -> None:
        """From now on wake-ups count; to be called before each look."""
        self._woken.clear()

    async def sleep(self, seconds: float) -> None:
        """Return at a wake-up, at the latest after so many seconds (of real time)."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass
