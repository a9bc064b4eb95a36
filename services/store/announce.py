"""Announcements of one process to all others on its database, at the moment of its commit: by PostgreSQL's NOTIFY.

On SQLite there is no other process to tell.
"""

import json
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from services.store.prepared import Prepared
from services.store.tables.base import storable

NEWS = "okienko_news"
"""A conversation has news."""

CLOCK = "okienko_clock"
"""The sandbox's clock was moved."""

FLOODS = "okienko_floods"
"""What a process has counted of visitors who come often."""

PEOPLE = "people"
"""What is told about besides, where a conversation is a person's affair."""


def typing_in(conversation_id: str) -> str:
    """Return the subject announced while a customer writes: for a moment, stored nowhere."""
    return f"typing:{conversation_id}"


def agent_writing_in(conversation_id: str) -> str:
    """Return the subject announced while the agent who has a conversation writes: for a moment, stored nowhere."""
    return f"writing:{conversation_id}"


CHANNELS = (NEWS, CLOCK, FLOODS)

_LONGEST = 7000  # bytes; PostgreSQL takes no more than 8000

_notify = Prepared(
    sa.select(sa.func.pg_notify(sa.bindparam("channel", type_=sa.Text), sa.bindparam("payload", type_=sa.Text)))
)


class Announcement(Struct, frozen=True):
    """An announcement: its channel, the process that sent it, and its subjects."""

    channel: str
    sender: str
    about: tuple[str, ...]


def tell(connection: sa.Connection, channel: str, sender: str, *about: str) -> None:
    """Tells all processes, this one included, once the transaction is committed; never if it is not.

    What is too long to be told is left out: listeners look again now and then by themselves.
    """
    if connection.dialect.name != "postgresql":
        return
    kept = [text for text in about if len(text.encode("utf-8", "replace")) < _LONGEST // len(about)]
    payload = json.dumps([sender, *map(storable, kept)])
    _notify.send(connection, {"channel": channel, "payload": payload})


def parse_announcement(channel: str, payload: str) -> Announcement | None:
    """Parse an announcement; None for one that isn't ours."""
    try:
        said: Any = json.loads(payload)
    except ValueError:
        return None
    if not isinstance(said, list) or not said or not all(isinstance(text, str) for text in said):
        return None
    sender, *about = said
    return Announcement(channel, sender, tuple(about))
