"""The process's background tasks: loops that are begun again when they fail, and tasks whose failure is told.

Every task of the desk is made here (`tests/architecture/test_tasks.py`), so that none can end without a word. A desk is
a process of its own, and so are its loops: `loops` lists those of this process, for `/readyz` and `/metrics`.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakSet

import structlog

from services.errors import describe
from services.store.errors import StoreUnavailable

_log = structlog.get_logger(__name__)
_Result = TypeVar("_Result")

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
STEADY_S = 60.0
"""A loop that ran so long before it failed begins again after the first pause."""

_jitter = random.SystemRandom()


@dataclass(eq=False)
class Loop:
    """A loop of this process. `down_since` is monotonic, in seconds; None while it runs."""

    name: str
    failures: int = 0
    down_since: float | None = None

    @property
    def is_up(self) -> bool:
        """True while it runs, False in the pause after a failure."""
        return self.down_since is None


_kept: WeakSet[Loop] = WeakSet()


def loops() -> dict[str, list[Loop]]:
    """Return this process's loops, by name: several of one name where it runs several desks, or several workers."""
    found: dict[str, list[Loop]] = {}
    for loop in sorted(_kept, key=lambda loop: loop.name):
        found.setdefault(loop.name, []).append(loop)
    return found


def keep(name: str, body: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    """Run `body` until it returns or is cancelled; whenever it raises, log that, pause and begin it again.

    The alarm names the loop, the error's kind and its place. The database being away raises none: the desk tells of
    that by itself, and the loop goes on when it is back.
    """
    loop = Loop(name)
    _kept.add(loop)
    return asyncio.create_task(_keep(loop, body), name=name)


def spawn(name: str, work: Coroutine[Any, Any, _Result], *, awaited: bool = False) -> asyncio.Task[_Result]:
    """Run `work` once, in the background; its failure is logged, with an alarm.

    With `awaited` the caller takes its result, and its failure with it. The caller holds the task either way: the event
    loop alone doesn't keep it alive.
    """
    task = asyncio.create_task(work, name=name)
    if not awaited:
        task.add_done_callback(_tell_of_failure)
    return task


async def _keep(loop: Loop, body: Callable[[], Awaitable[None]]) -> None:
    clock, pause = asyncio.get_running_loop().time, FIRST_PAUSE_S
    try:
        while True:
            began = clock()
            loop.down_since = None
            try:
                await body()
                return
            except Exception as error:
                loop.failures += 1
                loop.down_since = clock()
                _tell(loop.name, error, loop.failures)
                pause = FIRST_PAUSE_S if clock() - began > STEADY_S else pause
            await asyncio.sleep(pause * _jitter.uniform(0.8, 1.2))
            pause = min(pause * 2, LONGEST_PAUSE_S)
    finally:
        _kept.discard(loop)


def _tell(name: str, error: Exception, failures: int) -> None:
    if isinstance(error, StoreUnavailable):
        _log.warning("loop_waits_for_the_database", loop=name)
    else:
        _log.error("loop_failed", alarm=True, loop=name, attempts=failures, **describe(_first(error)))


def _tell_of_failure(task: asyncio.Task[Any]) -> None:
    if task.cancelled() or (error := task.exception()) is None:
        return
    if isinstance(error, StoreUnavailable):
        _log.warning("task_without_the_database", task=task.get_name())
    else:
        _log.error("task_failed", alarm=True, task=task.get_name(), **describe(_first(error)))


def _first(error: BaseException) -> BaseException:
    """Return what was raised first: a group's own place says nothing."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
