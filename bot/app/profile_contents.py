"""Processes of one seller with other contents: told, once it is no rollout any more.

Each process notes in the table `installation` what its profile holds, by a digest, and when it last said so. A rollout
replaces one process after the other; two contents beside each other for longer are two prices, two sets of words.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog

from services import tasks
from services.clock import Clock
from services.jobs.backoff import cancel
from services.store import installation_rows
from services.store.database import Store
from services.store.errors import StoreUnavailable

_log = structlog.get_logger(__name__)

EVERY_S = 30.0
ROLLOUT = timedelta(minutes=10)
"""For so long two contents beside each other are a rollout."""
GONE = timedelta(minutes=2)
"""A process that hasn't noted anything for so long is gone."""
_NOTES = "profile_of:"
_UNSEEN = ("tests", "__pycache__")


def digest(folder: Path) -> str:
    """Return what tells the profile's contents from others, the same on every machine; its own tests don't count."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and parts[0] not in _UNSEEN and not any(part.startswith(".") for part in parts):
            found.update("/".join(parts).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]


class ProfileWatch:
    """Compares this process's profile with those of the others on its database. `process` names this process."""

    def __init__(self, store: Store, clock: Clock, process: str, contents: str) -> None:
        self._store = store
        self._clock = clock
        self._process = process
        self._contents = contents
        self._differ_since: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; a process that has its database alone has nobody to differ from."""
        if not self._store.exclusive:
            self._task = tasks.keep("profile-watch", self._run)

    async def stop(self) -> None:
        """Take the note back."""
        if self._task is None:
            return
        await cancel(self._task)
        try:
            await self._store.write(lambda connection: installation_rows.drop(connection, self._key))
        except StoreUnavailable:
            _log.info("profile_note_kept")  # others leave it out when it is old

    async def look(self) -> None:
        """Note what this process has, and raise the alarm where another has had something else for too long.

        Raises StoreUnavailable.
        """
        now = self._clock.now()
        others = await self._store.write(lambda connection: self._noted(connection, now))
        differing = sorted({contents for contents in others.values() if contents != self._contents})
        if not differing:
            self._differ_since = None
            return
        self._differ_since = self._differ_since or now
        if now - self._differ_since > ROLLOUT:
            _log.error("profile_differs", alarm=True, ours=self._contents, theirs=differing, processes=sorted(others))

    async def _run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    def _noted(self, connection: sa.Connection, now: datetime) -> Mapping[str, str]:
        """Write this process's note; return what the other living ones have, by process."""
        note = json.dumps({"contents": self._contents, "at": now.isoformat()})
        installation_rows.replace_value(connection, self._key, note)
        living: dict[str, str] = {}
        for process, value in installation_rows.read_values_under(connection, _NOTES).items():
            said = json.loads(value)
            if abs(now - datetime.fromisoformat(said["at"])) > GONE:
                installation_rows.drop(connection, f"{_NOTES}{process}")
            elif process != self._process:
                living[process] = said["contents"]
        return living

    @property
    def _key(self) -> str:
        return f"{_NOTES}{self._process}"
