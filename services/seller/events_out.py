"""Events for the seller's own system: rows written with the changes they report, in one transaction.

A row says what happened; the job under `key_of` its id delivers it (`bot/usecases/seller/event_sender.py`), again and
again until it has arrived or is given up, and so says how far it has got.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict

from services.store import statements
from services.store.statements import PerDialect, Window
from services.store.tables.core import call
from services.store.tables.seller import outgoing_event as table

Delivery = Literal["waiting", "delivered", "given_up"]

SEND = "SendEvent"
"""The kind of the call that brings an event."""


class SellerEvent(Struct, frozen=True):
    """Something that happened. The id follows from what it tells, so that the same thing is told once.

    `data` holds ids, amounts and states: what is personal the seller reads by the API, under the id of the customer.
    """

    id: str
    type: str
    account_id: str | None
    data: Mapping[str, Any]
    at: datetime


class OutgoingEvent(Struct, frozen=True):
    """An event and how far it has got; `attempts` counts the tries begun."""

    event: SellerEvent
    delivery: Delivery
    attempts: int


_PUT = PerDialect(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id))
_GET = sa.select(table).where(table.c.id == sa.bindparam("wanted"))
_STATUS: Mapping[str, Delivery] = {"open": "waiting", "done": "delivered"}


def key_of(event_id: str) -> str:
    return f"event:{event_id}"


def write_event(connection: sa.Connection, event: SellerEvent) -> bool:
    """Write the event; False if it is known: then it isn't told again."""
    return connection.execute(_PUT.of(connection), asdict(event) | {"data": dict(event.data)}).first() is not None


def get(connection: sa.Connection, event_id: str) -> SellerEvent | None:
    """Return the event of this id; None if there is none (any more)."""
    row = connection.execute(_GET, {"wanted": event_id}).mappings().first()
    return None if row is None else SellerEvent(**row)


def list_events(connection: sa.Connection, asked: Window, *, type: str | None = None) -> list[OutgoingEvent]:
    """Return events in the order in which they happened, with their deliveries."""
    brought = call.c.key == sa.literal("event:") + table.c.id
    query = sa.select(table, call.c.status, call.c.attempts).join(call, brought, isouter=True)
    if type is not None:
        query = query.where(table.c.type == type)
    rows = connection.execute(statements.page_after(query, table.c.at, table.c.id, asked)).mappings()
    return [_told(row) for row in rows]


PERSONAL = ("sdi_code", "pec", "answers")
"""Personal fields of an event: where an e-invoice is delivered, and answers to the seller's own questions."""


def forget_person(connection: sa.Connection, account_id: str) -> None:
    """Take what is personal out of an account's events, those on their way included."""
    rows = connection.execute(sa.select(table.c.id, table.c.data).where(table.c.account_id == account_id)).all()
    for id, data in rows:
        if any(data.get(name) is not None for name in PERSONAL):
            emptied = {name: None if name in PERSONAL else value for name, value in data.items()}
            connection.execute(sa.update(table).where(table.c.id == id).values(data=emptied))


def _told(row: sa.RowMapping) -> OutgoingEvent:
    event = SellerEvent(row["id"], row["type"], row["account_id"], row["data"], row["at"])
    return OutgoingEvent(event, _STATUS.get(row["status"] or "", "given_up"), row["attempts"] or 0)
