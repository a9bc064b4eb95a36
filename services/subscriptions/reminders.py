"""Reminders: who wants none any more, and whom of the customers without an account one is due to.

The wish is an account's, or that of a customer on file; one who registers later keeps it. It is about reminders only:
what a customer has agreed to (a renewal ordered by itself) and what has happened (an end) is told all the same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.directory import directory
from services.store.statements import PerDialect
from services.store.tables.accounts import start_link
from services.store.tables.seller import customer_on_file, owned_program
from services.store.tables.subscriptions import file_reminder, reminder_stop
from values.private import Private, PrivateStruct

Kind = Literal["account", "customer", "unfinished"]
"""Of what: ends of subscriptions, of an account or a customer on file; what an account's holder left unfinished."""


class Whose(Struct, frozen=True):
    """The recipient of reminders of one kind."""

    kind: Kind
    id: str


class ReminderDue(PrivateStruct):
    """A program of a customer on file who has no account, and the end that it is still to be reminded of."""

    program_id: str
    customer_id: str
    email: Private[str]
    product: str
    serial: Private[str]
    ends_at: datetime


_STOP = PerDialect(reminder_stop, lambda insert: insert.on_conflict_do_nothing(index_elements=["kind", "subject"]))
_NOTE = PerDialect(
    file_reminder, lambda insert: insert.on_conflict_do_nothing(index_elements=["program_id", "period_end"])
)
_STOPPED = sa.select(sa.literal(1)).where(
    reminder_stop.c.kind == sa.bindparam("kind"), reminder_stop.c.subject == sa.bindparam("subject")
)
_TAKEN = sa.select(start_link.c.account_id, start_link.c.customer_id).where(
    start_link.c.taken_by == sa.bindparam("conversation"),
    sa.or_(start_link.c.account_id.is_not(None), start_link.c.customer_id.is_not(None)),
)
_NOTED = sa.select(sa.literal(1)).where(
    file_reminder.c.program_id == sa.bindparam("program"), file_reminder.c.period_end == sa.bindparam("ending")
)
_UNNOTED = ~sa.exists().where(
    file_reminder.c.program_id == owned_program.c.id, file_reminder.c.period_end == owned_program.c.subscription_ends_at
)


def stop(connection: sa.Connection, whose: Whose, *, how: Literal["chat", "letter"], now: datetime) -> None:
    values = {"kind": whose.kind, "subject": whose.id, "how": how, "at": now}
    connection.execute(_STOP.of(connection), values)


def resume(connection: sa.Connection, account_id: str) -> None:
    """They may come again."""
    for whose in _of_account(connection, account_id):
        _resume(connection, whose)


def resume_unfinished(connection: sa.Connection, account_id: str) -> None:
    """Allow reminders of what was left unfinished again."""
    _resume(connection, Whose("unfinished", account_id))


def unfinished_stopped(connection: sa.Connection, account_id: str) -> bool:
    """Return whether the account's holder wants no e-mail about what was left unfinished."""
    return _stopped(connection, Whose("unfinished", account_id))


def forget(connection: sa.Connection, whose: Whose) -> None:
    """Forget whether they want any, and which a customer on file was sent."""
    _resume(connection, whose)
    if whose.kind == "account":
        resume_unfinished(connection, whose.id)
    if whose.kind == "customer":
        owned = sa.select(owned_program.c.id).where(owned_program.c.customer_id == whose.id)
        connection.execute(sa.delete(file_reminder).where(file_reminder.c.program_id.in_(owned)))


def has_stopped_reminders(connection: sa.Connection, account_id: str) -> bool:
    """Return whether this account's holder wants none, said now or before there was an account."""
    return any(_stopped(connection, whose) for whose in _of_account(connection, account_id))


def of_conversation(connection: sa.Connection, conversation_id: str, account_id: str | None) -> Whose | None:
    """Return whom a conversation is with: the account's holder, else whoever the link was for that it came by."""
    if account_id is not None:
        return Whose("account", account_id)
    row = connection.execute(_TAKEN, {"conversation": conversation_id}).first()
    if row is None:
        return None
    if row.account_id is not None:
        return Whose("account", row.account_id)
    known = directory.get(connection, row.customer_id)
    if known is None:
        return None
    return Whose("account", known.account_id) if known.account_id is not None else Whose("customer", known.id)


def was_reminded(connection: sa.Connection, product: str, serial: str | None, ends_at: datetime) -> bool:
    """Return whether this end was told of before there was an account."""
    if serial is None:
        return False
    about = {"program": directory.program_id(product, serial), "ending": ends_at}
    return connection.execute(_NOTED, about).first() is not None


def note(connection: sa.Connection, of: ReminderDue, *, sent: bool, now: datetime) -> None:
    """Note that a reminder of this end was sent, or isn't to be."""
    values = {"program_id": of.program_id, "period_end": of.ends_at, "sent": sent, "at": now}
    connection.execute(_NOTE.of(connection), values)


def to_remind(connection: sa.Connection, products: Sequence[str], *, after: datetime, most: int) -> list[ReminderDue]:
    """Return the next ends, after a moment, of what customers without an account own, the first in front.

    Only those with an e-mail on file that were told of no such end yet.
    """
    found = connection.execute(
        sa.select(
            owned_program.c.id,
            customer_on_file.c.id,
            customer_on_file.c.email,
            owned_program.c.product,
            owned_program.c.serial,
            owned_program.c.subscription_ends_at,
        )
        .join(customer_on_file, customer_on_file.c.id == owned_program.c.customer_id)
        .where(
            owned_program.c.subscription_ends_at > after,
            owned_program.c.product.in_(products),
            customer_on_file.c.account_id.is_(None),
            customer_on_file.c.email.is_not(None),
            _UNNOTED,
        )
        .order_by(owned_program.c.subscription_ends_at, owned_program.c.id)
        .limit(most)
    )
    return [ReminderDue(*row) for row in found]


def is_stopped(connection: sa.Connection, customer_id: str) -> bool:
    return _stopped(connection, Whose("customer", customer_id))


def _of_account(connection: sa.Connection, account_id: str) -> tuple[Whose, ...]:
    on_file = directory.of_account(connection, account_id)
    mine = Whose("account", account_id)
    return (mine,) if on_file is None else (mine, Whose("customer", on_file.id))


def _resume(connection: sa.Connection, whose: Whose) -> None:
    connection.execute(
        sa.delete(reminder_stop).where(reminder_stop.c.kind == whose.kind, reminder_stop.c.subject == whose.id)
    )


def _stopped(connection: sa.Connection, whose: Whose) -> bool:
    return connection.execute(_STOPPED, {"kind": whose.kind, "subject": whose.id}).first() is not None
