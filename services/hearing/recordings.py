"""Recordings until their words are there: encrypted under the desk's key, deleted with the result.

Those that agents may play stand in the same table, with a state (`for_agents.py`); nothing here deletes them.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services import limits
from services.keyed_hash import seal, unseal
from services.store.tables.support import recording as table
from values.private import Private, PrivateStruct
from values.recording import KEPT_FOR, AudioType

PURPOSE = "a recording"
OF_CONVERSATION = limits.Rule("recordings of a conversation", 30, timedelta(hours=1))
OF_NETWORK = limits.Rule("recordings of a network", 60, timedelta(hours=1))
_WAITS = table.c.state.is_(None)


class Recording(PrivateStruct):
    """A recording as it came."""

    audio: Private[bytes]
    kind: AudioType


def store_recording(
    connection: sa.Connection,
    note: str,
    conversation_id: str,
    recording: Recording,
    *,
    server_key: bytes,
    now: datetime,
) -> None:
    """Store a recording under the name `note`, encrypted."""
    sealed = seal(server_key, PURPOSE, note, recording.audio)
    row = {"id": note, "conversation_id": conversation_id, "kind": str(recording.kind), "sealed": sealed, "at": now}
    connection.execute(sa.insert(table), row)


def get(connection: sa.Connection, note: str, *, server_key: bytes) -> Recording | None:
    """Return a recording; None if it is gone, or was encrypted under another key."""
    row = connection.execute(sa.select(table).where(table.c.id == note)).first()
    return None if row is None else of_row(row, server_key)


def of_row(row: sa.Row[Any], server_key: bytes) -> Recording | None:
    """Return the recording of a table's row; None for one without sound, or encrypted under another key."""
    audio = unseal(server_key, PURPOSE, row.id, row.sealed) if row.sealed else None
    return None if audio is None else Recording(audio, AudioType(row.kind))


def drop(connection: sa.Connection, note: str) -> None:
    """Delete a recording that waited to be heard."""
    connection.execute(sa.delete(table).where(table.c.id == note, _WAITS))


def forget_before(connection: sa.Connection, now: datetime, conversation_id: str | None = None) -> None:
    """Delete recordings whose time is over and that nothing has deleted, all of them or those of a conversation."""
    over = sa.delete(table).where(_WAITS, table.c.at <= now - KEPT_FOR)
    connection.execute(over if conversation_id is None else over.where(table.c.conversation_id == conversation_id))
