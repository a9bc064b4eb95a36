"""The trail of who saw and did what at the desk: ids and counts, never what a person is called or wrote.

But the answer that an agent put right is kept beside it, old and new, until its person is erased.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from services.store.statements import columns
from services.store.tables.agents import audit as table
from values.private import Private, PrivateStruct

Detail = str | int | bool | None

_LONGEST = 100
_LONGEST_ANSWER = 500
PERSONAL = frozenset(
    "address company email login name nip note password phone secret tax_number text token value words".split()
)
"""Details of these names would be personal or secret; ids, kinds and counts are told instead."""

SEEN = "conversation_seen"
CONTACTS_OPENED = "contacts_opened"
CONTACTS_READ = "contacts_read"


class AuditEntry(PrivateStruct):
    """One line. `agent_id` is None where the command line or the desk itself did it.

    `before` and `after`: the answer that was put right.
    """

    id: int
    at: datetime
    agent_id: str | None
    what: str
    conversation_id: str | None
    account_id: str | None
    details: Mapping[str, Detail]
    before: Private[str | None] = None
    after: Private[str | None] = None


_COLUMNS = columns(table, AuditEntry)


def note(
    connection: sa.Connection,
    *,
    agent_id: str | None,
    what: str,
    at: datetime,
    conversation_id: str | None = None,
    account_id: str | None = None,
    details: Mapping[str, Detail] | None = None,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """Add a line, in the transaction of what it tells of.

    Errors: ValueError for a detail whose name says that it is personal, or whose text is longer than an id.
    """
    told = dict(details or {})
    for name, value in told.items():
        if name in PERSONAL or (isinstance(value, str) and len(value) > _LONGEST):
            raise ValueError(f"{name} is nothing for the trail")
    connection.execute(
        sa.insert(table).values(
            at=at,
            agent_id=agent_id,
            what=what,
            conversation_id=conversation_id,
            account_id=account_id,
            details=told,
            before=None if before is None else before[:_LONGEST_ANSWER],
            after=None if after is None else after[:_LONGEST_ANSWER],
        )
    )


def page(connection: sa.Connection, *, before: int | None = None, most: int = 50) -> list[AuditEntry]:
    """Up to `most` lines, the newest first; `before` is the id of the last line of the page before."""
    query = sa.select(*_COLUMNS).order_by(table.c.id.desc()).limit(most)
    if before is not None:
        query = query.where(table.c.id < before)
    return [AuditEntry(*row) for row in connection.execute(query)]


def noted_since(connection: sa.Connection, what: str, *, agent_id: str, conversation_id: str, since: datetime) -> bool:
    """Return whether the trail has this act of the agent on the conversation, at `since` or later."""
    query = sa.select(table.c.id).where(
        table.c.conversation_id == conversation_id,
        table.c.agent_id == agent_id,
        table.c.what == what,
        table.c.at >= since,
    )
    return connection.execute(query.limit(1)).first() is not None


def forget_answers(connection: sa.Connection, conversation_ids: Sequence[str]) -> None:
    """Forget which answers were put right in these conversations; who did it, and when, stays."""
    about = table.c.conversation_id.in_(conversation_ids), table.c.after.is_not(None)
    connection.execute(sa.update(table).where(*about).values(before=None, after=None))


def forget_before(connection: sa.Connection, before: datetime) -> None:
    """Drop lines whose time is over."""
    connection.execute(sa.delete(table).where(table.c.at < before))
