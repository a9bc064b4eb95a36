"""Accounts of customers on file: made once somebody has proven to be that customer, or as the seller says so.

The contacts are those on file; so such an account may have no e-mail at all (`email` is empty then) and is logged into
by the customer number. An e-mail that is another account's already is kept as a contact, and is no name to log in by.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.accounts import accounts, visits
from services.contacts import contacts
from services.directory import directory
from services.directory.directory import CustomerOnFile
from services.store import leases
from services.store.statements import demand_same_stored
from services.store.tables.accounts import account
from services.store.tables.seller import customer_on_file
from services.subscriptions import subscriptions
from values import email as emails


def open_account(
    connection: sa.Connection,
    customer: CustomerOnFile,
    *,
    account_id: str,
    credential_id: str | None,
    locale: str,
    proven: Sequence[contacts.Kind],
    now: datetime,
    conversation_id: str | None = None,
) -> str | None:
    """Return the account's id; None if the customer has an account already. It is active at once.

    `proven` are the kinds of contact on file that the customer has shown to be theirs, `conversation_id` where. A
    second call with the same `account_id` changes nothing. Errors: NameTaken.
    """
    if accounts.get(connection, account_id) is not None:
        demand_same_stored(connection, customer_on_file.c.id, customer.id, account_id=account_id)
        return account_id
    leases.serialize(connection, "customer on file", customer.id)
    current = directory.get(connection, customer.id)
    if current is None or current.account_id is not None:
        return None
    email_key = _own_key(connection, current)
    row = _row(current, email_key, locale, proven)
    connection.execute(sa.insert(account).values(id=account_id, credential_id=credential_id, created_at=now, **row))
    _give_contacts(connection, current, account_id, proven, email_key, now)
    connection.execute(
        sa.update(account)
        .where(account.c.id == account_id, account.c.status == "pending")
        .values(status="active", activated_at=now)
    )
    directory.tie_account(connection, customer_id=current.id, account_id=account_id)
    take_over(connection, current.id, account_id, now)
    if conversation_id is not None:
        visits.begin_without_log_in(connection, conversation_id=conversation_id, account_id=account_id, now=now)
    return account_id


def _row(customer: CustomerOnFile, email_key: str, locale: str, proven: Sequence[contacts.Kind]) -> dict[str, Any]:
    name = customer.user_name or (customer.email if email_key else None) or customer.customer_number or customer.ref
    return {
        "email": customer.email or "",
        "email_key": email_key,
        "user_name": name,
        "user_name_key": emails.key(name),
        "locale": locale,
        "demanded": list(proven),
        "status": "pending",
        "taken": False,
    }


def recognise(connection: sa.Connection, *, account_id: str, email_key: str, now: datetime) -> bool:
    """Tie the customer on file who has this proven e-mail to its account, with the programs they own.

    Whoever may read the mailbox is that customer: never call it for an address that isn't proven. An address that
    stands with several customers says of none that it is theirs; an account is one customer's.
    """
    mine = [known for known in directory.all_by_email(connection, email_key) if known.account_id is None]
    if len(mine) != 1 or directory.of_account(connection, account_id) is not None:
        return False
    tied = directory.tie_account(connection, customer_id=mine[0].id, account_id=account_id)
    if tied:
        take_over(connection, mine[0].id, account_id, now)
    return tied


def update_imported_account(connection: sa.Connection, customer: CustomerOnFile, now: datetime) -> None:
    """Bring the customer's account up to the file; where there is none yet, look for one by a proven e-mail."""
    if customer.account_id is not None:
        take_over(connection, customer.id, customer.account_id, now)
    elif customer.email_key and (owner := contacts.prover_of(connection, customer.email_key)) is not None:
        recognise(connection, account_id=owner, email_key=customer.email_key, now=now)


def take_over(connection: sa.Connection, customer_id: str, account_id: str, now: datetime) -> None:
    """Make the programs that the customer owns subscriptions of the account; called after each import, too."""
    for program in directory.programs_of(connection, customer_id):
        if program.subscription_ends_at is not None:
            subscriptions.adopt(
                connection,
                account_id=account_id,
                product=program.product,
                serial=program.serial,
                ends_at=program.subscription_ends_at,
                now=now,
            )


def _own_key(connection: sa.Connection, customer: CustomerOnFile) -> str:
    """Return the key of the e-mail on file; empty if there is none, or if it is another account's."""
    if not customer.email_key:
        return ""
    leases.serialize(connection, "contact", "email", customer.email_key)
    return "" if contacts.owner_of(connection, "email", customer.email_key) else customer.email_key


def _give_contacts(
    connection: sa.Connection,
    customer: CustomerOnFile,
    account_id: str,
    proven: Sequence[contacts.Kind],
    email_key: str,
    now: datetime,
) -> None:
    known: dict[contacts.Kind, tuple[str | None, str | None]] = {
        "email": (customer.email, customer.email_key),
        "phone": (customer.phone, customer.phone),
    }
    exclusive = contacts.EXCLUSIVE if email_key else frozenset[str]()
    for kind, (value, key) in known.items():
        if value is None or key is None:
            continue
        contacts.note_contact(connection, account_id=account_id, kind=kind, value=value, key=key, now=now)
        if kind in proven:
            contacts.prove(
                connection, account_id=account_id, kind=kind, value=value, key=key, now=now, exclusive=exclusive
            )
