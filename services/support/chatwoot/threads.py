"""Conversations in the seller's own help desk: which of ours each stands for, and how far it was read there.

Webhooks, which any process takes, only count: `knocked` is how many have come, `heard` how many had come at the last
look.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct

from services.store.tables.support import helpdesk_conversation as table
from services.support.mirrors import OPENED, MirrorState, MirrorTable


class Thread(Struct, frozen=True):
    """One conversation there; `outside_id` None: deleted there."""

    conversation_id: str
    account_id: int
    inbox_id: int
    contact_id: int
    own_contact: bool
    outside_id: int | None
    carded: bool
    mirrored_id: int
    seen_id: int
    told_status: str
    assignee_id: int | None
    knocked: int
    heard: int
    state: MirrorState


class ThreadTable(MirrorTable[Thread]):
    """The conversations there; their place is the account and the inbox."""

    def standing(self, connection: sa.Connection, place: Sequence[int]) -> list[str]:
        """Return conversations that stand open there."""
        standing = sa.select(table.c.conversation_id).where(self._here, table.c.state == OPENED)
        return list(connection.execute(standing, self._at(place)).scalars())

    def knock(self, connection: sa.Connection, account_id: int, outside_id: int) -> bool:
        """Count a webhook; False if it is about none of our conversations."""
        mine = table.c.account_id == account_id, table.c.outside_id == outside_id
        return connection.execute(sa.update(table).where(*mine).values(knocked=table.c.knocked + 1)).rowcount == 1

    def others_of_contact(self, connection: sa.Connection, thread: Thread) -> int:
        """Return how many other conversations of ours the contact has there."""
        same = (
            table.c.account_id == thread.account_id,
            table.c.contact_id == thread.contact_id,
            table.c.conversation_id != thread.conversation_id,
        )
        return connection.execute(sa.select(sa.func.count()).where(*same)).scalar_one()


THREADS = ThreadTable(
    table,
    Thread,
    place=("account_id", "inbox_id"),
    number="outside_id",
    state="state",
    lost={"carded": False, "seen_id": 0, "assignee_id": None},
    lines_before=60,
    also=(table.c.knocked > table.c.heard,),
)
