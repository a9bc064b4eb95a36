"""The first proof of an account's mailbox, by somebody who was never in the account.

Until then anybody may have signed up with the address, and what they left in the account is a way back into it.
"""

from datetime import datetime

import sqlalchemy as sa

from services.accounts.accounts import AccountRecord
from services.companies import companies
from services.contacts import contacts
from services.einvoicing import einvoices
from services.payments import methods


def drop_what_was_left(connection: sa.Connection, mine: AccountRecord, now: datetime) -> tuple[str, ...]:
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
