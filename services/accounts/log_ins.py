"""Log-ins of an account: the conversations it is logged in to now, and whether one is its first.

They are read from visits; `accounts.bind_conversation` and `unbind_conversation` begin and end them.
"""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from services import keyed_hash
from services.store.tables.accounts import visit
from services.store.tables.core import conversation

_ID = 20  # hexadecimal digits: few enough for a button, and nothing is found by them outside the account


class StandingLogIn(Struct, frozen=True):
    """A conversation that is logged in. `began_at` is None where the time wasn't kept, as before 0.14.0.

    `id` names this log-in alone: the next one of the same conversation has another.
    """

    id: str
    conversation_id: str
    channel: str
    began_at: datetime | None
    used_at: datetime | None


_STANDING = (
    sa.select(
        visit.c.conversation_id,
        visit.c.after_line,
        visit.c.began_at,
        conversation.c.channel,
        conversation.c.customer_at,
    )
    .join(conversation, conversation.c.id == visit.c.conversation_id)
    .where(
        visit.c.account_id == sa.bindparam("of"),
        visit.c.until_line.is_(None),
        conversation.c.account_id == sa.bindparam("of"),
    )
    .order_by(conversation.c.customer_at.desc(), conversation.c.id)
)
_EARLIER = (
    sa.select(visit.c.after_line)
    .where(
        visit.c.account_id == sa.bindparam("of"),
        visit.c.conversation_id == sa.bindparam("at"),
        visit.c.told_by.is_(None),
    )
    .limit(1)
)


def is_first(connection: sa.Connection, *, account_id: str, conversation_id: str) -> bool:
    """Return whether the account was never logged in to this conversation, nor made in it; being told of it is neither.

    Read it before the log-in begins.
    """
    return connection.execute(_EARLIER, {"of": account_id, "at": conversation_id}).first() is None


def list_log_ins(connection: sa.Connection, account_id: str) -> tuple[StandingLogIn, ...]:
    """Return the account's log-ins, the one used last first."""
    rows = connection.execute(_STANDING, {"of": account_id})
    return tuple(
        StandingLogIn(
            keyed_hash.sha256_hex(f"{row.conversation_id} {account_id} {row.after_line} {row.began_at}")[:_ID],
            row.conversation_id,
            row.channel,
            row.began_at,
            row.customer_at,
        )
        for row in rows
    )
