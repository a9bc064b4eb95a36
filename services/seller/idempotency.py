"""Idempotency keys: a request that comes again under its key gets the answer that it got before.

Key and request are kept as hashes. Each key is used by one transaction at a time, so that of two that come at once the
second finds the first one's answer.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from services.keyed_hash import sha256_hex
from services.store import leases
from services.store.tables.base import canonical
from services.store.tables.seller import api_answer as table
from values.private import Private, PrivateStruct


class KeptAnswer(PrivateStruct):
    """A stored answer. `body` is None where it holds a secret: a repeat derives it anew."""

    status: int
    body: Private[Any]


class AnotherRequest(Struct, frozen=True):
    """The key was used for something else."""


_GET = sa.select(table.c.request_hash, table.c.status, table.c.body).where(table.c.key_hash == sa.bindparam("wanted"))
_PUT = sa.insert(table)


def find(connection: sa.Connection, *, key: str, request: str) -> KeptAnswer | AnotherRequest | None:
    """Return the answer kept for this key and request; None if the key is new.

    The key is held until the transaction ends.
    """
    hashed = sha256_hex(key)
    leases.serialize(connection, "api answer", hashed)
    row = connection.execute(_GET, {"wanted": hashed}).first()
    if row is None:
        return None
    return KeptAnswer(row.status, row.body) if row.request_hash == sha256_hex(request) else AnotherRequest()


def keep(connection: sa.Connection, *, key: str, request: str, status: int, body: Any, now: datetime) -> None:
    """Keep the answer to a request whose key is new, in the transaction that did what was asked."""
    values = {"key_hash": sha256_hex(key), "request_hash": sha256_hex(request), "status": status, "body": body}
    connection.execute(_PUT, {**values, "at": now})


def blank_answers(connection: sa.Connection, values: Sequence[str]) -> None:
    """Empty the answers that hold one of these values: a repeat is still known, and says so."""
    for value in values:
        named = sa.cast(table.c.body, sa.Text).contains(canonical(value), autoescape=True)
        connection.execute(sa.update(table).where(named).values(body={"erased": True}))
