"""Log-ins that end from outside: the account's conversations are nobody's any more, and are told.

Only the log-in ends: what is known there waits for whoever logs in to the account again
(`dialogs/account/own_data.py`).
"""

import sqlalchemy as sa

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from dialogs.messages.own_data import LogInOver
from services.accounts import accounts, links
from services.store import conversations


def end_log_ins(tx: UnitOfWork, account_id: str, why: str = "", *, but: str | None = None) -> None:
    """Logs the account out of every conversation but `but`, and tells them why."""
    event = LogInOver(why)
    for id in unbind(tx.connection, account_id, but=but):
        tx.tell(id, codec.name_of(event), codec.to_json(event))


def unbind(connection: sa.Connection, account_id: str, *, but: str | None = None) -> tuple[str, ...]:
    """Logs the account out of every conversation but `but`; gives those that are to be told."""
    ids = sorted(one.id for one in conversations.of_account(connection, account_id) if one.id != but)
    for id in ids:
        conversations.load(connection, id, lock=True)
        unbind_one(connection, id, account_id)
    return tuple(ids)


def unbind_one(connection: sa.Connection, conversation_id: str, account_id: str | None) -> None:
    """Logs one conversation out; the pages that it had opened for whoever is logged in die with it."""
    accounts.unbind_conversation(connection, conversation_id=conversation_id)
    if account_id is not None:
        links.cancel_inside(connection, conversation_id=conversation_id, account_id=account_id)
