"""Conversations in the seller's own help desk: which of ours each stands for, and how far.

The process that holds the help desk's lease writes here; webhooks, which any process takes, only count their knocks.
"""

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from services.store import journal
from services.store.statements import PerDialect, columns
from services.store.tables.support import helpdesk_conversation as table
from services.support.mirrors import ERASE, OPENED, MirrorQueue, both

State = Literal["open", "closed", "erase"]
#: So much of what was said before a person was wanted is told.
LINES_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Outside:
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
    state: State


_COLUMNS = columns(table, Outside)
_ALL = sa.select(*_COLUMNS)
_MAKE = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["conversation_id"],
        set_={name: insert.excluded[name] for name in Outside.__slots__ if name != "conversation_id"},
    ),
)
_ACCOUNT, _INBOX = (sa.bindparam(name, type_=sa.BigInteger) for name in ("of_account", "of_inbox"))
_HERE = sa.and_(table.c.account_id == _ACCOUNT, table.c.inbox_id == _INBOX)
_MIRROR = MirrorQueue(table, _HERE, table.c.outside_id, table.c.state)
_WANTED, _TO_DO = _MIRROR.wanted(), _MIRROR.to_do(table.c.knocked > table.c.heard)
_STANDING = sa.select(table.c.conversation_id).where(_HERE, table.c.state == OPENED)


def of(connection: sa.Connection, conversation_id: str) -> Outside | None:
    """Return the conversation's counterpart, in whatever account and state."""
    row = connection.execute(_ALL.where(table.c.conversation_id == conversation_id)).first()
    return None if row is None else Outside(*row)


def to_do(connection: sa.Connection, account_id: int, inbox_id: int, most: int = 100) -> list[str]:
    """Conversations for which something is to be done: those that have waited longest come first."""
    given = {"of_account": account_id, "of_inbox": inbox_id, "most": most}
    return both(connection, _WANTED, _TO_DO, given)


def standing(connection: sa.Connection, account_id: int, inbox_id: int) -> list[str]:
    """Conversations that stand open there."""
    return list(connection.execute(_STANDING, {"of_account": account_id, "of_inbox": inbox_id}).scalars())


def begin(connection: sa.Connection, conversation_id: str) -> int:
    """Return the line of the journal after which what is told begins."""
    return journal.before_last_said(connection, conversation_id, LINES_BEFORE)


def make(connection: sa.Connection, one: Outside) -> None:
    """Note one that was made, or found, there."""
    connection.execute(_MAKE.of(connection), {name: getattr(one, name) for name in Outside.__slots__})


def note(connection: sa.Connection, one: Outside, **changed: Any) -> bool:
    """Note what became of this one; False if it isn't the conversation's any more, or is to be erased."""
    mine = (
        table.c.conversation_id == one.conversation_id,
        table.c.outside_id == one.outside_id,
        table.c.state != ERASE,
    )
    return connection.execute(sa.update(table).where(*mine).values(**changed)).rowcount == 1


def knock(connection: sa.Connection, account_id: int, outside_id: int) -> bool:
    """Something happened there; False if it stands for none of ours."""
    mine = table.c.account_id == account_id, table.c.outside_id == outside_id
    return connection.execute(sa.update(table).where(*mine).values(knocked=table.c.knocked + 1)).rowcount == 1


def lost(connection: sa.Connection, one: Outside) -> None:
    """Note that it is there no more: another is made, which begins with what was said before."""
    start = min(one.mirrored_id, begin(connection, one.conversation_id))
    note(connection, one, outside_id=None, carded=False, mirrored_id=start, seen_id=0, assignee_id=None)


def forget(connection: sa.Connection, conversation_id: str) -> None:
    """Drop the row: the conversation is gone there, and none is wanted."""
    connection.execute(sa.delete(table).where(table.c.conversation_id == conversation_id))


def erase(connection: sa.Connection, conversation_id: str) -> None:
    """Mark the conversation to be deleted there, as soon as that can be done."""
    connection.execute(sa.update(table).where(table.c.conversation_id == conversation_id).values(state=ERASE))


def others_of_contact(connection: sa.Connection, one: Outside) -> int:
    """How many other conversations of ours the contact has there."""
    same = (
        table.c.account_id == one.account_id,
        table.c.contact_id == one.contact_id,
        table.c.conversation_id != one.conversation_id,
    )
    return connection.execute(sa.select(sa.func.count()).where(*same)).scalar_one()
