"""Proofs of an account's mailbox, and what they change.

By the first one, of somebody who was never in the account, what others left in it goes: until then anybody may have
signed up with the address, and it is a way back in. Another e-mail takes the first one's place once it is proven, too.
"""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from services.accounts import accounts
from services.companies import companies
from services.contacts import contacts
from services.directory import directory_accounts
from services.einvoicing import einvoices
from services.payments import methods
from services.store import conversations
from services.store.tables.accounts import account


def drop_what_was_left(connection: sa.Connection, mine: accounts.AccountRecord, now: datetime) -> tuple[str, ...]:
    """Drop phones, addresses of invoices but the account's own, and kept ways to pay; return the ids of those ways."""
    for known in contacts.of_account(connection, mine.id):
        if known.kind == "phone":
            contacts.release(connection, account_id=mine.id, kind="phone", key=known.key)
    if einvoices.of_account(connection, mine.id).email:
        einvoices.set_email(connection, account_id=mine.id, email=mine.email)
    companies.drop_emails(connection, account_id=mine.id, but=mine.email)
    ways = methods.of_account(connection, mine.id)
    for way in ways:
        methods.forget(connection, account_id=mine.id, method_id=way.id, now=now)
        if not way.is_stored:
            methods.remove(connection, account_id=mine.id, method_id=way.id)
    return tuple(way.id for way in ways if way.is_stored)


class Replaced(Struct, frozen=True):
    """The account has the new address. `conversations` are all that are the account's."""

    old: str
    conversations: tuple[str, ...]


def replace_email(
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
