"""The narrow port between a turn and whatever runs its jobs: put a job, execute it, hear its outcome."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from msgspec import Struct


class StoredJob(Struct, frozen=True):
    """Something to be done outside, because of a decision.

    `key` is unique for ever and is sent to the provider where it takes one, so that a repeat is known as such. `root`
    names the message that caused it (None: a timer or a person). `background`: nobody waits for the result.
    `attempts` counts how often it was begun, this time included; 0 while it only waits. `outcome`, of an open one:
    `since` when its tries have failed, and at which `provider`.
    """

    key: str
    conversation_id: str
    root: str | None
    kind: str
    payload: dict[str, Any]
    background: bool
    due_at: datetime
    attempts: int = 0
    outcome: dict[str, Any] | None = None

    def __repr__(self) -> str:
        """Without the payload, which holds addresses and texts."""
        return f"Call(key={self.key!r}, kind={self.kind!r}, due_at={self.due_at.isoformat()}, attempts={self.attempts})"


class Done(Struct, frozen=True):
    """The far end did it, or answered; `result` is what the turn needs to know of it."""

    result: dict[str, Any]


class TryLater(Struct, frozen=True):
    """Not now. `after` is what the far end asked for, None leaves it to the back-off; no personal data in `reason`.

    `provider`: the far end that didn't do its part; None where only this job failed. Not `failed`: there is something
    to wait for.
    """

    after: timedelta | None
    reason: str
    provider: str | None = None
    failed: bool = True


class GaveUp(Struct, frozen=True):
    """The outcome of a job that won't be done. `reason` is a short machine word, without personal data."""

    reason: str


Outcome = Done | TryLater | GaveUp

Execute = Callable[[StoredJob], Awaitable[Outcome]]
"""Does the job. May be run again with the same key, also after having done it."""

Finish = Callable[[StoredJob, Done | GaveUp], Awaitable[None]]
"""Runs the result's turn, which ends the job in its own transaction. Raises only if that couldn't be stored."""


class Outbox(Protocol):
    """The store of a turn's jobs, inside the turn's transaction."""

    def put(self, connection: sa.Connection, job: StoredJob) -> bool:
        """Store the job with the turn. True: this process is to run it (`Engine.submit`) right after the commit."""
        ...

    def leave(self, connection: sa.Connection, job: StoredJob) -> None:
        """Store a job that nobody waits for: whichever process looks first does it, within a second or so."""


class Engine(Protocol):
    """Runs stored jobs, each at least once: `Worker` on SQLite, `QueueEngine` on PostgreSQL."""

    async def start(self) -> None:
        """Begins to take what is due."""

    async def stop(self, grace: timedelta = timedelta(seconds=5)) -> None:
        """Take nothing more, let jobs under way end for `grace`, then break them off and give them back."""

    def submit(self, leased: Iterable[StoredJob]) -> None:
        """Run jobs just committed by this process: exactly those for which `Outbox.put` returned True."""

    def wake(self) -> None:
        """Look at once for what is due: a job was stored, or the clock was moved."""

    async def is_idle(self) -> bool:
        """Return whether no job is at hand here and no open job of any process is due. Raises StoreUnavailable."""
        ...

    async def idle(self) -> None:
        """Return once `is_idle`; what is put off till later isn't waited for. Raises StoreUnavailable."""
