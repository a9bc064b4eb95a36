"""Another e-mail for an account whose first one is proven: it takes the first one's place once it is proven, too.

Until then nothing changes. The old address is free for others afterwards.
"""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from services.accounts import accounts
from services.contacts import contacts
from services.directory import directory_accounts
from services.store import conversations
from services.store.tables.accounts import account


class Replaced(Struct, frozen=True):
    """The account has the new address. `conversations` are all that are the account's."""

    old: str
    conversations: tuple[str, ...]


def replace(
    connection: sa.Connection, *, account_id: str, email: str, email_key: str, now: datetime
) -> Replaced | contacts.ContactTaken:
    """Put a proven e-mail in place of the account's; where that was the user name, so is this one.

    Errors: LookupError for an account that doesn't exist.
    """
    before = accounts.get(connection, account_id)
    if before is None:
        raise LookupError("no such account")
    proven = contacts.prove(connection, account_id=account_id, kind="email", value=email, key=email_key, now=now)
    if isinstance(proven, contacts.ContactTaken):
        return proven
    named = {"user_name": email, "user_name_key": email_key} if before.user_name == before.email else {}
    connection.execute(
        sa.update(account).where(account.c.id == account_id).values(email=email, email_key=email_key, **named)
    )
    directory_accounts.recognise(connection, account_id=account_id, email_key=email_key, now=now)
    if before.email_key != email_key:
        contacts.release(connection, account_id=account_id, kind="email", key=before.email_key)
    bound = conversations.of_account(connection, account_id)
    return Replaced(before.email, tuple(one.id for one in bound))
