"""A desk that is a process of its own, on SQLite at one port, killed by `kill -9` and begun anew as often as wanted."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from services.agents import audit
from services.store import journal
from tests.crash.process import Process, free_port
from tests.desk.running import Running, telegram_as
from tests.desk.stubborn import Insistent


@dataclass
class KilledDesk:
    """One desk in many lives. `http` asks it until it answers; `deaths` counts the lives that were ended."""

    process: Process
    http: Insistent
    store: sa.Engine
    deaths: int = 0

    @property
    def url(self) -> str:
        return self.process.url

    @property
    def running(self) -> Running:
        """As the helpers of journeys want it: an address, and a client for it."""
        return Running(None, self.http)  # type: ignore[arg-type]

    @asynccontextmanager
    async def away(self) -> AsyncGenerator[None]:
        """It is killed; what is done now meets nobody. Afterwards it is back."""
        await self.process.kill()
        self.deaths += 1
        yield
        await self.process.start(self.http)

    async def dies(self) -> None:
        """It is killed, and begun anew at once."""
        async with self.away():
            pass

    def trail(self, conversation_id: str) -> list[str]:
        """What agents did with the conversation, in order."""
        with self.store.connect() as connection:
            page = reversed(audit.page(connection, most=1000))
        return [entry.what for entry in page if entry.conversation_id == conversation_id]

    def lines(self, conversation_id: str) -> list[journal.JournalEntry]:
        """The journal of the conversation."""
        with self.store.connect() as connection:
            return list(journal.read_all(connection, conversation_id))


@asynccontextmanager
async def killed_desk(folder: Path, **settings: str) -> AsyncGenerator[KilledDesk]:
    """Begun and ready. `settings` by the names they have in the environment, without OKIENKO_."""
    port = free_port()
    usual = {"data_dir": str(folder), "port": str(port), "rate_limits": "off", "log_level": "error"}
    named = {f"OKIENKO_{name.upper()}": value for name, value in (usual | telegram_as(settings) | settings).items()}
    process = Process("desk", ("run",), port, named, folder / "desk.log", "fork")
    async with Insistent(process.url) as http:
        desk = KilledDesk(process, http, sa.create_engine(f"sqlite:///{folder}/okienko.sqlite"))
        try:
            await process.start(http)
            yield desk
        finally:
            desk.store.dispose()
            await process.kill()
            print(process.said()[-3000:])


def said_once(lines: list[journal.JournalEntry]) -> None:
    """Nobody's words stand in the journal twice; a customer may answer two steps with the same ones."""
    said = [(line.data["text"], line.data["step"]) for line in lines if line.seq or line.kind == journal.CUSTOMER]
    assert len(said) == len(set(said)), said
