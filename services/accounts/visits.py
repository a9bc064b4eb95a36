"""Visits: whose a conversation was, from which line of its journal to which.

A visit begins where the one before it ended, so that what was written on the way into an account is that account's;
the first one begins with the conversation.
"""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict

from services.store.statements import PerDialect, columns
from services.store.tables.accounts import visit as table
from services.store.tables.core import conversation, journal


class AccountVisit(Struct, frozen=True):
    """The lines above `after_line` up to `until_line`; None: the account is still logged in there.

    `began_at` is None for a visit that began before its time was kept. `told_by`: the site's key, or the start link, by
    which the account was known; None: a log-in.
    """

    conversation_id: str
    account_id: str
    after_line: int
    until_line: int | None
    began_at: datetime | None
    told_by: str | None = None


_ALL = sa.select(*columns(table, AccountVisit))
_IN = _ALL.where(table.c.conversation_id == sa.bindparam("at")).order_by(table.c.after_line)
_OF = _ALL.where(table.c.account_id == sa.bindparam("of")).order_by(table.c.conversation_id, table.c.after_line)
_BEGIN = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["conversation_id", "account_id", "after_line"],
        set_={name: insert.excluded[name] for name in ("until_line", "began_at", "told_by")},
    ),
)
_NOTE = PerDialect(table, lambda insert: insert.on_conflict_do_nothing())
_LAST_LINE = sa.select(sa.func.coalesce(sa.func.max(journal.c.id), 0)).where(
    journal.c.conversation_id == sa.bindparam("at")
)
_KNOWN = sa.select(conversation.c.id).where(conversation.c.id == sa.bindparam("at"))


def begin(
    connection: sa.Connection, *, conversation_id: str, account_id: str, now: datetime, told_by: str | None = None
) -> None:
    """Note a log-in, or who was told of; it ends the visit of any other account. Nobody is told of who is logged in."""
    known = _in(connection, conversation_id)
    here = next((visit for visit in known if visit.until_line is None), None)
    if here is not None and here.account_id == account_id and here.told_by in (None, told_by):
        return
    if connection.execute(_KNOWN, {"at": conversation_id}).first() is None:
        return
    end(connection, conversation_id=conversation_id)
    fresh = AccountVisit(conversation_id, account_id, _last_end(connection, conversation_id), None, now, told_by)
    connection.execute(_BEGIN.of(connection), asdict(fresh))


def begin_without_log_in(connection: sa.Connection, *, conversation_id: str, account_id: str, now: datetime) -> None:
    """Note that the account was made in a conversation that isn't logged in yet: a visit without a line."""
    if connection.execute(_KNOWN, {"at": conversation_id}).first() is None:
        return
    at = _last_end(connection, conversation_id)
    connection.execute(_NOTE.of(connection), asdict(AccountVisit(conversation_id, account_id, at, at, now)))


def end(connection: sa.Connection, *, conversation_id: str) -> None:
    """End the conversation's visit; lines written from now on belong to nobody, or to the next visit."""
    last = connection.execute(_LAST_LINE, {"at": conversation_id}).scalar_one()
    connection.execute(
        sa.update(table)
        .where(table.c.conversation_id == conversation_id, table.c.until_line.is_(None))
        .values(until_line=last)
    )


def of_account(connection: sa.Connection, account_id: str) -> tuple[AccountVisit, ...]:
    """Return all visits of an account, by conversation and in their order."""
    return tuple(AccountVisit(*row) for row in connection.execute(_OF, {"of": account_id}))


def forget(connection: sa.Connection, account_id: str) -> None:
    """Drop an account's visits: what they were about is gone."""
    connection.execute(sa.delete(table).where(table.c.account_id == account_id))


def in_conversation(connection: sa.Connection, conversation_id: str) -> tuple[AccountVisit, ...]:
    """Return all visits in a conversation, in their order."""
    return _in(connection, conversation_id)


def _last_end(connection: sa.Connection, conversation_id: str) -> int:
    """Return the line at which the conversation's last visit ended; 0 before the first."""
    ends = (visit.until_line for visit in _in(connection, conversation_id) if visit.until_line is not None)
    return max(ends, default=0)


def _in(connection: sa.Connection, conversation_id: str) -> tuple[AccountVisit, ...]:
    return tuple(AccountVisit(*row) for row in connection.execute(_IN, {"at": conversation_id}))
