"""Which engine a desk has: its database decides."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from services.clock import Clock
from services.jobs.port import Engine, Execute, Finish, Outbox
from services.jobs.timers import Fire, SweptTimers, TimerLoop
from services.jobs.worker import SqliteOutbox, Worker
from services.store.database import Store

_QUEUE = "postgresql"


def open_outbox(store: Store, clock: Clock) -> Outbox:
    if store.dialect == _QUEUE:
        return _by_name("queue_jobs").QueueOutbox(clock)
    return SqliteOutbox(clock)


def open_engine(
    store: Store,
    clock: Clock,
    url: str,
    *,
    execute: Execute,
    finish: Finish,
    fire: Fire,
    tries: Callable[[str], int],
) -> tuple[Engine, TimerLoop]:
    """Return the engine of the jobs and the loop of the timers; `url` is the address of the store's database."""
    if store.dialect == _QUEUE:
        timers = SweptTimers(store, clock, fire)
        made = _by_name("queue_engine").QueueEngine
        return made(store, clock, execute, finish, tries=tries, sweep_timers=timers.run_due, url=url), timers
    return Worker(store, clock, execute, finish, tries=tries), TimerLoop(store, clock, fire)


def _by_name(module: str) -> Any:
    # The queue's package is an extra that a desk on SQLite does without.
    return import_module(f"services.jobs.{module}")
