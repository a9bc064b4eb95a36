"""Held log-ins: the password was right on a page that doesn't hold its chat, and the chat hasn't said its digits yet.

Two digits stand on that page alone. They follow from the desk's key and the log-in, so that a form sent once more shows
the same ones and the store has none. One answer ends it, right or wrong, and so do five minutes; until then nothing
ties the conversation to the account.
"""

import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa

from services import keyed_hash
from services.accounts import one_time_links
from services.store.tables.accounts import one_time_link
from values.codes import PAIR_LENGTH

LASTS = timedelta(minutes=5)
_OPEN = sa.select(one_time_link.c.id, one_time_link.c.account_id).where(
    one_time_link.c.conversation_id == sa.bindparam("of"),
    one_time_link.c.purpose == "log_in_digits",
    one_time_link.c.state == "open",
)


def digits(server_key: bytes, held_id: str) -> str:
    """Return the two digits of a held log-in: for the page of whoever knew the password, and nowhere else."""
    number = int.from_bytes(
        keyed_hash.hash_with_key(keyed_hash.key_of(server_key, held_id), "digits of a log-in", held_id)[:16], "big"
    )
    return f"{number % 10**PAIR_LENGTH:0{PAIR_LENGTH}d}"


def hold(
    connection: sa.Connection, *, held_id: str, account_id: str, conversation_id: str, server_key: bytes, now: datetime
) -> None:
    """Hold a log-in until its chat has said the digits. Of one conversation the newest alone is held."""
    one_time_links.issue(
        connection,
        link_id=held_id,
        purpose="log_in_digits",
        conversation_id=conversation_id,
        account_id=account_id,
        data={},
        server_key=server_key,
        now=now,
        ttl=LASTS,
    )


def find_held_log_in(connection: sa.Connection, held_id: str, now: datetime) -> one_time_links.OneTimeLink | None:
    """Return the held log-in, whatever became of it; None for an unknown one."""
    return one_time_links.get(connection, link_id=held_id, now=now)


def answer(connection: sa.Connection, *, held_id: str, typed: str, server_key: bytes, now: datetime) -> bool | None:
    """Use up the one answer; return whether it was right, None if none is awaited any more."""
    if not one_time_links.use(connection, link_id=held_id, now=now):
        return None
    return hmac.compare_digest(digits(server_key, held_id).encode(), typed.encode())


def end(connection: sa.Connection, conversation_id: str, *, but_of: str | None = None) -> tuple[str, ...]:
    """End what is held in a conversation; return the accounts whose log-in came to nothing by this, but one."""
    known = connection.execute(_OPEN, {"of": conversation_id}).all()
    one_time_links.cancel(connection, conversation_id=conversation_id, purpose="log_in_digits")
    return tuple(account_id for _, account_id in known if account_id not in (None, but_of))
