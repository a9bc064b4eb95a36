"""Recordings until their words are there: encrypted under the desk's key, deleted with the result."""

from datetime import datetime

import sqlalchemy as sa

from services.sealing import seal, unseal
from services.store.tables.support import recording as table
from values.private import Private, PrivateStruct
from values.recording import KEPT_FOR, AudioType

_PURPOSE = "a recording"


class Recording(PrivateStruct):
    """A recording as it came."""

    audio: Private[bytes]
    kind: AudioType


def put(
    connection: sa.Connection,
    note: str,
    conversation_id: str,
    recording: Recording,
    *,
    server_key: bytes,
    now: datetime,
) -> None:
    """Store a recording under the name `note`, encrypted."""
    sealed = seal(server_key, _PURPOSE, note, recording.audio)
    row = {"id": note, "conversation_id": conversation_id, "kind": str(recording.kind), "sealed": sealed, "at": now}
    connection.execute(sa.insert(table), row)


def get(connection: sa.Connection, note: str, *, server_key: bytes) -> Recording | None:
    """Return a recording; None if it is gone, or was encrypted under another key."""
    row = connection.execute(sa.select(table.c.kind, table.c.sealed).where(table.c.id == note)).first()
    if row is None:
        return None
    audio = unseal(server_key, _PURPOSE, note, row.sealed)
    return None if audio is None else Recording(audio, AudioType(row.kind))


def drop(connection: sa.Connection, note: str) -> None:
    """Delete a recording."""
    connection.execute(sa.delete(table).where(table.c.id == note))


def forget_before(connection: sa.Connection, now: datetime, conversation_id: str | None = None) -> None:
    """Delete recordings whose time is over and that nothing has deleted, all of them or those of a conversation."""
    over = sa.delete(table).where(table.c.at <= now - KEPT_FOR)
    connection.execute(over if conversation_id is None else over.where(table.c.conversation_id == conversation_id))
