"""Tickets: customers' reports to the seller's support, in their own words."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict

from services.orders import numbers
from services.store.statements import demand_same_row
from services.store.tables.support import ticket as table
from values.private import Private, PrivateStruct


class Ticket(PrivateStruct):
    """One report. `subject` is its kind, `about` what it is about as it stood then."""

    id: str
    number: str
    account_id: str | None
    conversation_id: str
    subject: str
    about: Private[dict[str, Any]]
    words: Private[str]
    created_at: datetime


_GET = sa.select(table).where(table.c.id == sa.bindparam("wanted"))


def open_ticket(
    connection: sa.Connection,
    *,
    ticket_id: str,
    account_id: str | None,
    conversation_id: str,
    subject: str,
    about: dict[str, Any],
    words: str,
    series: str,
    now: datetime,
) -> Ticket:
    """Store a report and number it within its series. The same id twice is the same ticket, or NameTaken."""
    if (known := get(connection, ticket_id)) is not None:
        demand_same_row("ticket", asdict(known), account_id=account_id, subject=subject)
        return known
    made = Ticket(
        ticket_id, numbers.next_number(connection, series), account_id, conversation_id, subject, about, words, now
    )
    connection.execute(sa.insert(table).values(**asdict(made)))
    return made


def get(connection: sa.Connection, ticket_id: str) -> Ticket | None:
    row = connection.execute(_GET, {"wanted": ticket_id}).mappings().first()
    return None if row is None else Ticket(**row)


def differences(connection: sa.Connection, since: datetime, most: int) -> list[Ticket]:
    """Return the reports of payments that differ from their provider's books, the newest first."""
    mine = (sa.text("subject = 'difference'"), table.c.created_at >= since)
    query = sa.select(table).where(*mine).order_by(table.c.created_at.desc()).limit(most)
    return [Ticket(**row) for row in connection.execute(query).mappings()]
