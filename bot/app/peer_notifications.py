"""The other processes on the same database: what they announce goes to the desk's watchers and to the clock."""

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

from bot.app.virtual_clock import VirtualClock
from bot.conversation.desk import ConversationDesk
from services.store.announce import CLOCK, Announcement
from services.store.database import Store, parse_url

if TYPE_CHECKING:
    from services.store.listener import Listener


class PeerNotifications:
    """Listens to them; on SQLite there are none."""

    def __init__(self, store: Store, url: str, desk: ConversationDesk, clockwork: VirtualClock) -> None:
        self._desk = desk
        self._clockwork = clockwork
        self._listener = None if store.exclusive else self._listening(url)
        self._catching_up: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen."""
        if self._listener is not None:
            await self._listener.start()

    async def stop(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            await self._listener.stop()

    def _listening(self, url: str) -> "Listener":
        # By name, since the driver behind it is an extra that a desk on SQLite does without.
        return import_module("services.store.listener").Listener(parse_url(url), self._heard, self._missed)

    def _heard(self, announced: Announcement) -> None:
        (self._clockwork if announced.channel == CLOCK else self._desk).heard(announced)

    def _missed(self) -> None:
        self._desk.missed()
        self._catching_up = asyncio.create_task(self._clockwork.missed(), name="clock")
