"""Accounts: signing up, changing what isn't proven yet, tying an account to a conversation.

A sign-up with an e-mail that is another account's becomes a shadow (`taken`): it is answered like any other, stays
pending for ever, isn't found and can't order; the mail to that address tells its owner. So nobody learns who is a
customer here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict

from services.accounts import visits
from services.contacts import contacts
from services.orders import numbers
from services.store import leases
from services.store.statements import columns, demand_same_row
from services.store.tables.accounts import account, contact, credential
from services.store.tables.core import conversation
from values import email as emails
from values.account_view import ANSWERS, AccountAnswers, AccountStatus, answers
from values.private import Private
from values.rules import UserNames


class AccountRecord(AccountAnswers, frozen=True):
    """The row of an account. `conversation_id` is the one last bound to it."""

    id: str
    email: Private[str]
    email_key: Private[str]
    user_name: Private[str]
    credential_id: str | None
    locale: str
    status: AccountStatus
    taken: bool
    conversation_id: str | None
    created_at: datetime
    activated_at: datetime | None
    own_answers: Private[Mapping[str, Any] | None] = None  # to the seller's own questions
    person_name: Private[str | None] = None  # first and last, where the seller asks for it


class SignedUp(Struct, frozen=True):
    """The account exists, pending. `taken`: as a shadow, for its e-mail is another account's."""

    account_id: str
    taken: bool


class ChangedEmail(Struct, frozen=True):
    """The account has the other e-mail, not yet proven. `taken` as in `SignedUp`, and it may have been lifted."""

    taken: bool


class AlreadyProven(Struct, frozen=True):
    """The e-mail was proven before; it can't be changed this way."""


COLUMNS = (*columns(account, AccountRecord), *(account.c[name] for name in ANSWERS))
_USER_NAME_TAKEN = sa.select(account.c.id).where(account.c.user_name_key == sa.bindparam("wanted")).limit(1)
_GET = sa.select(*COLUMNS).where(account.c.id == sa.bindparam("wanted"))


def get(connection: sa.Connection, account_id: str) -> AccountRecord | None:
    row = connection.execute(_GET, {"wanted": account_id}).mappings().first()
    return None if row is None else AccountRecord(**row)


def sign_up(
    connection: sa.Connection,
    *,
    account_id: str,
    email: str,
    email_key: str,
    person_name: str | None = None,
    credential_id: str | None,
    locale: str,
    demanded: Sequence[contacts.Kind],
    conversation_id: str,
    now: datetime,
    names: UserNames | None = None,
) -> SignedUp:
    """Make a pending account whose user name is its e-mail, or one made by `names`.

    It becomes active once every demanded contact is proven.

    A second call with the same id changes nothing and gives the same answer. Errors: NameTaken.
    """
    if (known := get(connection, account_id)) is not None:
        demand_same_row("account", asdict(known), email_key=email_key, credential_id=credential_id)
        return SignedUp(account_id, known.taken)
    taken = _is_anothers(connection, email_key, account_id)
    user_name = email if names is None else _next_user_name(connection, names)
    connection.execute(
        sa.insert(account).values(
            id=account_id,
            email=email,
            email_key=email_key,
            person_name=person_name,
            user_name=user_name,
            user_name_key=emails.key(user_name),
            credential_id=credential_id,
            locale=locale,
            demanded=list(demanded),
            status="pending",
            taken=taken,
            created_at=now,
        )
    )
    contacts.note_contact(connection, account_id=account_id, kind="email", value=email, key=email_key, now=now)
    bind_conversation(connection, account_id=account_id, conversation_id=conversation_id, now=now)
    return SignedUp(account_id, taken)


def _next_user_name(connection: sa.Connection, names: UserNames) -> str:
    """Return the next name of the pattern that nobody has: customers on file may have names of the same pattern."""
    while True:
        name = names.of(numbers.take_next_count(connection, f"user name {names.pattern}") - 1)
        if connection.execute(_USER_NAME_TAKEN, {"wanted": emails.key(name)}).first() is None:
            return name


def change_email(
    connection: sa.Connection, *, account_id: str, email: str, email_key: str, now: datetime
) -> ChangedEmail | AlreadyProven:
    """Put another e-mail in place of one not yet proven; where that was the user name, too, so is this one.

    Errors: LookupError for an account that doesn't exist.
    """
    mine = get(connection, account_id)
    if mine is None:
        raise LookupError("no such account")
    proven = sa.select(contact.c.key).where(
        contact.c.account_id == account_id,
        contact.c.kind == "email",
        contact.c.key == mine.email_key,
        contact.c.verified_at.is_not(None),
    )
    if mine.status != "pending" or connection.execute(proven).first() is not None:
        return AlreadyProven()
    taken = _is_anothers(connection, email_key, account_id)
    named = {"user_name": email, "user_name_key": email_key} if mine.user_name == mine.email else {}
    connection.execute(
        sa.update(account)
        .where(account.c.id == account_id)
        .values(email=email, email_key=email_key, taken=taken, **named)
    )
    contacts.note_contact(connection, account_id=account_id, kind="email", value=email, key=email_key, now=now)
    return ChangedEmail(taken)


def set_password(connection: sa.Connection, *, account_id: str, credential_id: str) -> None:
    """Give the account another password (already stored as a credential); the old hash is deleted."""
    mine = get(connection, account_id)
    if mine is None or mine.credential_id == credential_id:
        return
    connection.execute(sa.update(account).where(account.c.id == account_id).values(credential_id=credential_id))
    if mine.credential_id is not None:
        connection.execute(sa.delete(credential).where(credential.c.id == mine.credential_id))


def drop_password(connection: sa.Connection, *, account_id: str) -> None:
    """Leave the account without a password: its holder sets another by way of a contact."""
    mine = get(connection, account_id)
    if mine is not None and mine.credential_id is not None:
        connection.execute(sa.update(account).where(account.c.id == account_id).values(credential_id=None))
        connection.execute(sa.delete(credential).where(credential.c.id == mine.credential_id))


def keep_answers(connection: sa.Connection, *, account_id: str, given: AccountAnswers) -> None:
    """Keep the answers that are given; one passed over ("") is none."""
    values = {name: value or None for name, value in answers(given).items() if value is not None}
    if values:
        connection.execute(sa.update(account).where(account.c.id == account_id).values(values))


def bind_conversation(connection: sa.Connection, *, account_id: str, conversation_id: str, now: datetime) -> None:
    """Tie a conversation to the account (sign-up, log-in, personal start link); it leaves any other it was tied to.

    What is told later without a question (paid, activated) goes to the conversation bound last.
    """
    connection.execute(
        sa.update(account)
        .where(account.c.conversation_id == conversation_id, account.c.id != account_id)
        .values(conversation_id=None)
    )
    connection.execute(sa.update(account).where(account.c.id == account_id).values(conversation_id=conversation_id))
    connection.execute(
        sa.update(conversation).where(conversation.c.id == conversation_id).values(account_id=account_id)
    )
    visits.begin(connection, conversation_id=conversation_id, account_id=account_id, now=now)


def bind_told_conversation(
    connection: sa.Connection, *, account_id: str, conversation_id: str, told_by: str, now: datetime
) -> None:
    """Have a conversation be the account's without a log-in, as `told_by` says; news still go to where they went."""
    connection.execute(
        sa.update(conversation).where(conversation.c.id == conversation_id).values(account_id=account_id)
    )
    visits.begin(connection, conversation_id=conversation_id, account_id=account_id, now=now, told_by=told_by)


def unbind_conversation(connection: sa.Connection, *, conversation_id: str) -> None:
    """Log the conversation out: it is nobody's, the account keeps everything else."""
    connection.execute(
        sa.update(account).where(account.c.conversation_id == conversation_id).values(conversation_id=None)
    )
    connection.execute(sa.update(conversation).where(conversation.c.id == conversation_id).values(account_id=None))
    visits.end(connection, conversation_id=conversation_id)


def unbind_all(connection: sa.Connection, account_id: str) -> None:
    """Log the account out everywhere."""
    connection.execute(sa.update(account).where(account.c.id == account_id).values(conversation_id=None))
    connection.execute(sa.update(conversation).where(conversation.c.account_id == account_id).values(account_id=None))


def _is_anothers(connection: sa.Connection, email_key: str, account_id: str) -> bool:
    leases.serialize(connection, "contact", "email", email_key)
    owner = contacts.owner_of(connection, "email", email_key)
    return owner is not None and owner != account_id
