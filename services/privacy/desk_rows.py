"""Rows of the agents' desk about a person, beside the conversation: their export, erasure and expiry.

Lines to be found and labels of sentences need nothing here: they go with their lines of the journal.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.agents import audit
from services.privacy.sections import exported_columns, list_blanks
from services.store.conversations import StoredConversation
from services.store.tables.support import answer_letter, blocked_address, desk_note, recording
from services.support import blocked_networks
from services.support.chatwoot.threads import THREADS
from services.support.topics import TOPICS

ENDED_BLOCKS = timedelta(days=30)
"""So long a block that is over may be looked up."""

_NOTES = (
    sa.select(*exported_columns(desk_note))
    .where(desk_note.c.conversation_id == sa.bindparam("wanted"))
    .order_by(desk_note.c.at, desk_note.c.id)
)
_LETTERS = (
    sa.select(*exported_columns(answer_letter))
    .where(answer_letter.c.conversation_id == sa.bindparam("wanted"))
    .order_by(answer_letter.c.first_seq)
)
_BLOCKS = sa.select(*exported_columns(blocked_address)).where(
    blocked_address.c.channel == sa.bindparam("on"), blocked_address.c.address == sa.bindparam("at_address")
)


def notes(connection: sa.Connection, conversation_id: str) -> list[dict[str, Any]]:
    """Return the agents' notes for the export, without the agent."""
    return [dict(row) for row in connection.execute(_NOTES, {"wanted": conversation_id}).mappings()]


def letters(connection: sa.Connection, conversation_id: str) -> list[dict[str, Any]]:
    """Return what became of e-mails with agents' answers, for the export; their words are among the messages."""
    return [dict(row) for row in connection.execute(_LETTERS, {"wanted": conversation_id}).mappings()]


def blocks(connection: sa.Connection, *, channel: str, address: str) -> list[dict[str, Any]]:
    """Return the address's block with its reason, for the export; empty without one."""
    return [dict(row) for row in connection.execute(_BLOCKS, {"on": channel, "at_address": address}).mappings()]


def erase(connection: sa.Connection, one: StoredConversation) -> None:
    """Delete the notes on the conversation, its recordings and its letters, whomever of several people they are about.

    Its topic in the agents' Telegram group goes, too. A block stays, for it is about the address; why, is
    forgotten.
    """
    for table in (desk_note, answer_letter):
        connection.execute(sa.delete(table).where(table.c.conversation_id == one.id))
    erase_copies(connection, one.id)
    here = blocked_address.c.channel == one.channel, blocked_address.c.address == one.address
    connection.execute(sa.update(blocked_address).where(*here).values(**list_blanks(blocked_address)))


def erase_copies(connection: sa.Connection, conversation_id: str) -> None:
    """Delete answers in the agents' trail, the conversation's topic in Telegram and thread at the help desk.

    So are its recordings, in which nobody can look for a name.
    """
    connection.execute(sa.delete(recording).where(recording.c.conversation_id == conversation_id))
    audit.forget_answers(connection, [conversation_id])
    THREADS.erase(connection, conversation_id)
    TOPICS.erase(connection, conversation_id)


def forget_blocks(connection: sa.Connection, now: datetime) -> None:
    """Drop blocks that ended long ago."""
    connection.execute(sa.delete(blocked_address).where(blocked_address.c.until < now - ENDED_BLOCKS))
    blocked_networks.forget_before(connection, now - ENDED_BLOCKS)
