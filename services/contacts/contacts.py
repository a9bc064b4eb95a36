"""Contacts: what an account can be reached by, and which of it is proven.

A proven e-mail belongs to one account for good: the row in `contact_claim` decides, whatever number of accounts prove
it at once. An account becomes active by the last of its demanded contacts being proven, so that is done here, too.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct

from services.store import leases
from services.store.statements import PerDialect
from services.store.tables.accounts import account, contact, contact_claim
from values.private import Private, PrivateStruct

Kind = Literal["email", "phone"]

# A phone may serve several accounts (an accountant of two companies); the e-mail is the user name.
EXCLUSIVE: frozenset[str] = frozenset({"email"})


class ContactRecord(PrivateStruct):
    """One contact of an account; `key` is its value in the form that is compared."""

    kind: str
    value: Private[str]
    key: Private[str]
    created_at: datetime
    verified_at: datetime | None


class Proven(Struct, frozen=True):
    """The contact is the account's. `active_now`: with it the account became active."""

    active_now: bool


class ContactTaken(Struct, frozen=True):
    """The contact is another account's; nothing was proven."""


_OWNER = sa.select(contact_claim.c.account_id).where(
    contact_claim.c.kind == sa.bindparam("of_kind"), contact_claim.c.key == sa.bindparam("of_key")
)
_CLAIM = PerDialect(contact_claim, lambda insert: insert.on_conflict_do_nothing().returning(contact_claim.c.account_id))
_GIVE = PerDialect(
    contact,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["account_id", "kind", "key"], set_={"value": insert.excluded.value}
    ),
)
_OF_ACCOUNT = (
    sa.select(contact.c.kind, contact.c.value, contact.c.key, contact.c.created_at, contact.c.verified_at)
    .where(contact.c.account_id == sa.bindparam("of_account"))
    .order_by(contact.c.created_at, contact.c.kind, contact.c.key)
)
_LOCKED = sa.select(account).where(account.c.id == sa.bindparam("of_account")).with_for_update()


def owner_of(connection: sa.Connection, kind: Kind, key: str) -> str | None:
    """Return the account whose proven contact this is, None while nobody has proven it."""
    return connection.execute(_OWNER, {"of_kind": kind, "of_key": key}).scalar()


def prover_of(connection: sa.Connection, email_key: str) -> str | None:
    """Return the account that has shown this e-mail to be its own.

    Some accounts own one that they were never asked to prove: those aren't told here.
    """
    owner = owner_of(connection, "email", email_key)
    mine = of_account(connection, owner) if owner is not None else []
    proven = any(c.kind == "email" and c.key == email_key and c.verified_at is not None for c in mine)
    return owner if proven else None


def note_contact(
    connection: sa.Connection, *, account_id: str, kind: Kind, value: str, key: str, now: datetime
) -> None:
    """Note a contact not yet proven; one given earlier and not proven makes way for it."""
    connection.execute(
        sa.delete(contact).where(
            contact.c.account_id == account_id,
            contact.c.kind == kind,
            contact.c.key != key,
            contact.c.verified_at.is_(None),
        )
    )
    connection.execute(_GIVE.of(connection), _row(account_id, kind, value, key, now))


def of_account(connection: sa.Connection, account_id: str) -> list[ContactRecord]:
    """Return all contacts of an account, oldest first."""
    return [ContactRecord(**row) for row in connection.execute(_OF_ACCOUNT, {"of_account": account_id}).mappings()]


def prove(
    connection: sa.Connection,
    *,
    account_id: str,
    kind: Kind,
    value: str,
    key: str,
    now: datetime,
    exclusive: frozenset[str] = EXCLUSIVE,
    vouched_by: str | None = None,
) -> Proven | ContactTaken:
    """Note that a code or a link showed the contact to be the customer's; proven again it is the one proven last.

    `vouched_by`: it was no code and no link, but the word of this channel.
    Errors: LookupError for an account that doesn't exist.
    """
    leases.serialize(connection, "contact", kind, key)
    owner = connection.execute(_LOCKED, {"of_account": account_id}).mappings().first()
    if owner is None:
        raise LookupError("no such account")
    # A shadow owns nothing, or it could keep a number from the account it is a shadow of.
    claims = kind in exclusive and (kind == "email" or not owner["taken"])
    if claims and not _claim(connection, account_id, kind, key, now):
        if key == owner["email_key"]:
            _mark_taken(connection, account_id)
        return ContactTaken()
    note_contact(connection, account_id=account_id, kind=kind, value=value, key=key, now=now)
    given = sa.update(contact).where(contact.c.account_id == account_id, contact.c.kind == kind, contact.c.key == key)
    if vouched_by is not None:
        connection.execute(given.where(contact.c.verified_at.is_(None)).values(vouched_by=vouched_by))
    connection.execute(given.values(verified_at=now))
    if claims and kind == "email":
        _displace(connection, account_id, key)
    return Proven(_activate(connection, owner, now))


def release(connection: sa.Connection, *, account_id: str, kind: Kind, key: str) -> None:
    """Take a contact from the account; it is free for others afterwards."""
    for table in (contact, contact_claim):
        mine = table.c.account_id == account_id, table.c.kind == kind, table.c.key == key
        connection.execute(sa.delete(table).where(*mine))


def demand_contacts(connection: sa.Connection, *, account_id: str, kinds: Sequence[Kind], now: datetime) -> bool:
    """Change what the account must prove before it is active; True if by that it became active.

    Errors: LookupError for an account that doesn't exist.
    """
    changed = sa.update(account).where(account.c.id == account_id).values(demanded=list(kinds))
    connection.execute(changed)
    owner = connection.execute(_LOCKED, {"of_account": account_id}).mappings().first()
    if owner is None:
        raise LookupError("no such account")
    return _activate(connection, owner, now)


def _row(account_id: str, kind: str, value: str, key: str, now: datetime) -> dict[str, Any]:
    return {"account_id": account_id, "kind": kind, "key": key, "value": value, "created_at": now, "verified_at": None}


def _claim(connection: sa.Connection, account_id: str, kind: Kind, key: str, now: datetime) -> bool:
    """Make the contact this account's; False if it is another's."""
    mine = {"kind": kind, "key": key, "account_id": account_id, "at": now}
    if connection.execute(_CLAIM.of(connection), mine).first() is not None:
        return True
    return owner_of(connection, kind, key) == account_id


def _displace(connection: sa.Connection, account_id: str, email_key: str) -> None:
    """Turn unfinished accounts with the same e-mail, which can never have it, into shadows."""
    connection.execute(
        sa.update(account)
        .where(
            account.c.email_key == email_key,
            account.c.id != account_id,
            account.c.status == "pending",
            account.c.taken.is_(False),
        )
        .values(taken=True)
    )


def _activate(connection: sa.Connection, owner: sa.RowMapping, now: datetime) -> bool:
    """Make a pending account active if nothing that it must prove is missing."""
    if owner["status"] != "pending" or owner["taken"]:
        return False
    proven = {(c.kind, c.key) for c in of_account(connection, owner["id"]) if c.verified_at is not None}
    if "email" in owner["demanded"] and ("email", owner["email_key"]) not in proven:
        return False
    if not set(owner["demanded"]) <= {kind for kind, _ in proven}:
        return False
    # Where no e-mail is demanded it becomes the account's now: it is the name to log in by. Some accounts have none.
    if owner["email_key"] and not _claim(connection, owner["id"], "email", owner["email_key"], now):
        _mark_taken(connection, owner["id"])
        return False
    connection.execute(sa.update(account).where(account.c.id == owner["id"]).values(status="active", activated_at=now))
    return True


def _mark_taken(connection: sa.Connection, account_id: str) -> None:
    connection.execute(
        sa.update(account).where(account.c.id == account_id, account.c.status == "pending").values(taken=True)
    )
