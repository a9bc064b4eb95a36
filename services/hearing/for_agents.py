"""Recordings that a customer makes for an agent, who may play them for as long as the profile says.

They stand in the table of recordings beside those that wait for the recogniser, with a state of their own. A row is
there from the turn on that takes the message; one that is gone was deleted.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, cast

import sqlalchemy as sa
from msgspec import Struct

from services.hearing.recordings import PURPOSE, Recording, of_row
from services.keyed_hash import ServerKey, seal, unseal
from services.store.tables.support import recording as table
from values.private import Private, PrivateStruct
from values.recording import KEPT_FOR

State = Literal["waiting", "coming", "kept", "lost", "no_sound", "limited"]
"""`waiting`: for the recogniser, it is no agent's; `coming`: it is being fetched or written down; `lost`: its channel
didn't give it; `no_sound`: a file of another kind or too large a one; `limited`: one of too many."""


class KeptRecording(PrivateStruct):
    """A recording without its sound. `words`: as a recogniser wrote them down, if one did."""

    state: State
    sounds: bool
    words: Private[str]

    @property
    def is_due(self) -> bool:
        """Return whether it isn't settled yet what becomes of it."""
        return self.state == "coming"


class ComingRecording(Struct, frozen=True):
    """A recording whose job isn't done; `recording` is None until it was fetched."""

    recording: Recording | None


class PlayedRecording(PrivateStruct):
    """A recording with its sound, when it came, and its words, if they were written down."""

    recording: Recording
    at: datetime
    words: Private[str]


_KNOWN = sa.select(table.c.id, table.c.state, sa.func.length(table.c.sealed).label("size"), table.c.words)


def keep(
    connection: sa.Connection,
    note: str,
    conversation_id: str,
    recording: Recording | None,
    state: State,
    *,
    server_key: bytes,
    now: datetime,
) -> None:
    """Store a message with a recording under the name `note`; None for the sound where there is none (yet)."""
    row = {"id": note, "conversation_id": conversation_id, "state": state, "at": now}
    connection.execute(sa.insert(table), {**row, **_sealed(server_key, note, recording)})


def hand_over(connection: sa.Connection, conversation_id: str, now: datetime) -> None:
    """Let agents play what waits to be heard at this moment."""
    waiting = table.c.conversation_id == conversation_id, table.c.state.is_(None), table.c.at > now - KEPT_FOR
    connection.execute(sa.update(table).where(*waiting).values(state="kept"))


def find_coming_recording(connection: sa.Connection, note: str, *, server_key: bytes) -> ComingRecording | None:
    """Return a recording whose job isn't done; None for any other, also for one that was deleted."""
    row = connection.execute(sa.select(table).where(table.c.id == note, table.c.state == "coming")).first()
    return None if row is None else ComingRecording(of_row(row, server_key))


def store_fetched_sound(connection: sa.Connection, note: str, recording: Recording, *, server_key: bytes) -> None:
    """Store the sound of a recording that is coming; one that was deleted meanwhile stays so."""
    _change(connection, note, **_sealed(server_key, note, recording))


def settle(connection: sa.Connection, note: str, fault: State = "lost", words: str | None = None) -> None:
    """End the wait for a recording: with its sound it is kept, without one the line says the `fault`."""
    ended = sa.case((sa.func.length(table.c.sealed) > 0, "kept"), else_=fault)
    _change(connection, note, state=ended, words=words)


def of_conversation(connection: sa.Connection, conversation_id: str) -> Mapping[str, KeptRecording]:
    """Return the conversation's recordings by their names."""
    rows = connection.execute(_KNOWN.where(table.c.conversation_id == conversation_id))
    return {row.id: KeptRecording(cast("State", row.state or "waiting"), row.size > 0, row.words or "") for row in rows}


def load_sound(
    connection: sa.Connection, note: str, conversation_id: str, *, server_key: bytes
) -> PlayedRecording | None:
    """Return a recording of this conversation with its sound; None if there is none, or if it isn't for agents."""
    asked = table.c.id == note, table.c.conversation_id == conversation_id, table.c.state.is_not(None)
    row = connection.execute(sa.select(table).where(*asked)).first()
    found = of_row(row, server_key) if row is not None else None
    return None if row is None or found is None else PlayedRecording(found, row.at, row.words or "")


def reseal(connection: sa.Connection, key: ServerKey) -> None:
    """Encrypt anew what is encrypted under a key that this one replaces: it is kept for longer than that one."""
    for note in connection.execute(sa.select(table.c.id).where(table.c.state.is_not(None))).scalars().all():
        row = connection.execute(sa.select(table).where(table.c.id == note)).one()
        if row.sealed and unseal(bytes(key), PURPOSE, note, row.sealed) is None:
            found = of_row(row, key)
            if found is not None:
                sealed = seal(key, PURPOSE, note, found.audio)
                connection.execute(sa.update(table).where(table.c.id == note).values(sealed=sealed))


def _change(connection: sa.Connection, note: str, **values: object) -> None:
    connection.execute(sa.update(table).where(table.c.id == note, table.c.state == "coming").values(**values))


def _sealed(server_key: bytes, note: str, recording: Recording | None) -> dict[str, object]:
    if recording is None:
        return {"kind": "", "sealed": b""}
    return {"kind": str(recording.kind), "sealed": seal(server_key, PURPOSE, note, recording.audio)}
