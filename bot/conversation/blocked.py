"""Messages from a blocked address: that something came is kept, not what; it is answered once, and then no more."""

from datetime import datetime

import sqlalchemy as sa

from bot.conversation.turn import Cause, Turn, TurnResult
from services.store.conversations import StoredConversation
from services.support import blocklist

BLOCKED = "blocked"
"""The kind of the journal's line."""
ASKED = frozenset({"rest", "terminal"})
"""Channels whose every message waits for an answer, so that it gets the same sentence each time."""


def turned_away(
    connection: sa.Connection, turn: Turn, conversation: StoredConversation, root: str, now: datetime
) -> TurnResult | None:
    """What takes the turn's place if the address is blocked; None, after one look-up by key, if it isn't."""
    at = {"channel": conversation.channel, "address": conversation.address}
    if blocklist.of(connection, **at, now=now) is None:
        return None
    first = blocklist.tell(connection, **at, now=now)
    tell = first or conversation.channel in ASKED
    return turn.turn_away(connection, conversation, Cause(BLOCKED, {}, root), now, tell=tell)
