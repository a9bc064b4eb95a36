"""The ceiling of new conversations from one network: a message that would begin one more stores nothing.

Conversations that have begun aren't hindered. Counted are those that were stored, as rows, so that all processes count
together; looked at first is what stands there, so that a flood is refused without a transaction.
"""

from datetime import datetime, timedelta
from typing import Self

import sqlalchemy as sa
from msgspec import Struct

from services import limits

NEW_CHATS = (
    limits.Rule("new chats of a network", 60, timedelta(hours=1)),
    limits.Rule("new chats of a network, a day", 300, timedelta(days=1)),
)
"""What an office behind one address needs, and no more."""


class NoNewChat(Exception):
    """No conversation was begun, and nothing was stored.

    `retry_after` are the seconds until one may begin, `until` the end of a block; `words` say it to the customer.
    """

    def __init__(self, retry_after: int, until: datetime | None = None) -> None:
        super().__init__("no new conversation from this network")
        self.retry_after = retry_after
        self.until = until
        self.words = ""

    @classmethod
    def blocked(cls, until: datetime, now: datetime) -> Self:
        """Return the refusal of a network that is blocked until then."""
        return cls(max(1, round((until - now).total_seconds())), until)


class NewChats(Struct, frozen=True):
    """Counts new conversations; `quotas`: rate limits are enforced."""

    server_key: bytes
    quotas: bool

    def look(self, connection: sa.Connection, network: str | None, now: datetime) -> None:
        """Raise NoNewChat where there is no room for one more; nothing is counted."""
        waits = [
            free
            for rule, of in self._counted(network)
            if (free := limits.free_at(connection, rule, of, server_key=self.server_key, now=now)) is not None
        ]
        if waits:
            raise NoNewChat(max(1, round((max(waits) - now).total_seconds())))

    def count(self, connection: sa.Connection, network: str | None, now: datetime) -> None:
        """Count one that begins in this transaction, or raise NoNewChat."""
        held = limits.count_try(connection, self._counted(network), server_key=self.server_key, now=now)
        if held is not None:
            raise NoNewChat(held.retry_after)

    def _counted(self, network: str | None) -> limits.Counted:
        return () if network is None or not self.quotas else tuple((rule, network) for rule in NEW_CHATS)
