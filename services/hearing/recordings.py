"""Recordings until their words are there: encrypted under the desk's key, deleted with the result."""

import os
from datetime import datetime, timedelta

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.keyed_hash import all_of, keyed
from services.store.tables.support import recording as table
from values.private import Private, PrivateStruct
from values.recording import AudioType

KEPT = timedelta(minutes=15)
"""So long a recording waits at most: the customer has typed it by then, or gone."""
_PURPOSE = "a recording"
_NONCE = 12  # bytes


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
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(keyed(server_key, _PURPOSE)).encrypt(nonce, recording.audio, note.encode())
    row = {"id": note, "conversation_id": conversation_id, "kind": str(recording.kind), "sealed": sealed, "at": now}
    connection.execute(sa.insert(table), row)


def get(connection: sa.Connection, note: str, *, server_key: bytes) -> Recording | None:
    """Return a recording; None if it is gone, or was encrypted under another key."""
    row = connection.execute(sa.select(table.c.kind, table.c.sealed).where(table.c.id == note)).first()
    if row is None:
        return None
    for key in all_of(server_key):
        try:
            audio = AESGCM(keyed(key, _PURPOSE)).decrypt(row.sealed[:_NONCE], row.sealed[_NONCE:], note.encode())
        except InvalidTag:
            continue
        return Recording(audio, AudioType(row.kind))
    return None


def drop(connection: sa.Connection, note: str) -> None:
    """Delete a recording."""
    connection.execute(sa.delete(table).where(table.c.id == note))


def forget_before(connection: sa.Connection, now: datetime, conversation_id: str | None = None) -> None:
    """Delete recordings whose time is over and that nothing has deleted, all of them or those of a conversation."""
    over = sa.delete(table).where(table.c.at <= now - KEPT)
    connection.execute(over if conversation_id is None else over.where(table.c.conversation_id == conversation_id))
