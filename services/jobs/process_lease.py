"""This process as a holder of leases: prolongs them while it lives, and knows which of them are still its own."""

import asyncio
import secrets
from datetime import timedelta

import structlog

from services import tasks
from services.errors import describe
from services.jobs.backoff import cancel
from services.store import leases
from services.store.database import Store
from services.store.errors import StoreUnavailable

LEASE = timedelta(seconds=5)
"""How long a dead or frozen process keeps what it held (promise: another goes on within 10 s)."""

_log = structlog.get_logger(__name__)


class ProcessLease:
    """`id` names the process; it is never given twice.

    What is held is known by this process's own, monotonic time since the last renewal *began*: so it never believes to
    hold what another may have taken. A process with the store to itself holds whatever it likes.
    """

    def __init__(self, store: Store, lasting: timedelta = LEASE) -> None:
        self.id = secrets.token_hex(8)
        self.lasting = lasting
        self._store = store
        self._until: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to prolong what is held."""
        if not self._store.exclusive:
            self._task = tasks.keep("leases", self._keep)

    async def stop(self) -> None:
        """Give everything back: others need not wait until it runs out."""
        if self._task is None:
            return
        await cancel(self._task)
        names, self._until = list(self._until), {}
        try:
            await self._store.write(lambda connection: leases.free(connection, names, self.id))
        except StoreUnavailable:
            _log.warning("leases_kept", count=len(names))  # they run out by themselves

    def holds(self, name: str) -> bool:
        """Return whether this process surely still holds the lease."""
        return self._store.exclusive or self._until.get(name, 0.0) > self._time()

    async def take(self, name: str) -> bool:
        """Hold it already, or takes it if it is free. Raises StoreUnavailable."""
        if self.holds(name):
            return True
        begun = self._time()
        if taken := await self._store.write(lambda c: leases.take(c, name, self.id, self.lasting)):
            self._until[name] = begun + self.lasting.total_seconds()
        return taken

    def taken(self, name: str) -> None:
        """Prolong from here on a lease taken just now in another transaction (`leases.take`)."""
        self._until[name] = self._time() + self.lasting.total_seconds() / 2

    def drop(self, name: str) -> None:
        """Prolong it no more: it was given back, or may run out."""
        self._until.pop(name, None)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self.lasting.total_seconds() / 3)
            if not (names := list(self._until)):
                continue
            begun = self._time()
            try:
                kept = await self._store.write(lambda c, names=names: leases.renew(c, names, self.id, self.lasting))
            except Exception as error:  # not renewed: `holds` turns false by itself when the time is over
                _log.warning("leases_not_renewed", count=len(names), **describe(error))
                continue
            for name in names:
                if name not in self._until:
                    continue
                if name in kept:
                    self._until[name] = begun + self.lasting.total_seconds()
                else:  # given back at this very moment, or run out while the process or the store stood still
                    _log.info("lease_gone", kind=name.partition(":")[0])
                    del self._until[name]

    def _time(self) -> float:
        return asyncio.get_running_loop().time()
