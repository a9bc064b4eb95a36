"""The recordings of a conversation as a place outside of the desk is given them: the agents' group, the help desk."""

from collections.abc import Container, Iterable, Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.usecases.agents.lines_outside import OutsideLine
from bot.web.page_texts import PageWords
from services.hearing import for_agents
from services.hearing.for_agents import KeptRecording, State
from services.hearing.recordings import Recording
from services.store.database import Store

Fate = Literal["lost", "no_sound", "limited"]
FATES: tuple[Fate, ...] = ("lost", "no_sound", "limited")
"""States of a recording that will never have a sound; each is told by the words `recording.STATE`."""


class OutsideSounds(Struct, frozen=True):
    """Reads recordings for a place outside. Each method may raise StoreUnavailable."""

    store: Store
    server_key: bytes

    async def known(self, conversation_id: str) -> Mapping[str, KeptRecording]:
        """Return the conversation's recordings by their names, without their sounds."""
        return await self.store.read(lambda c: for_agents.of_conversation(c, conversation_id))

    async def sound(self, conversation_id: str, note: str) -> Recording | None:
        """Return a recording; None for one that was deleted, has no sound (yet) or is no agent's."""
        key = self.server_key
        played = await self.store.read(lambda c: for_agents.played(c, note, conversation_id, server_key=key))
        return None if played is None else played.recording


def with_fates(
    t: PageWords, lines: Iterable[OutsideLine], known: Mapping[str, KeptRecording], passed: Container[State]
) -> list[OutsideLine]:
    """Return the lines, each with its recording only if that is in one of the states `passed`.

    A recording that will never have a sound is told of below its line.
    """
    told: list[OutsideLine] = []
    for line in lines:
        found = known.get(line.sound.note) if line.sound is not None else None
        state = found.state if found is not None else None
        told.append(line if state is not None and state in passed else replace(line, sound=None))
        if state in FATES:
            told.append(OutsideLine(line.id, t(f"recording.{state}"), own=False))
    return told
