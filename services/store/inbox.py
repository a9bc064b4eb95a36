"""The inbox: which messages were taken already, so that one delivered twice has the effect of one."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import bindparam as given

from services.store.prepared import Prepared
from services.store.statements import PerDialect, columns
from services.store.tables.core import inbound as table


class Seen(Struct, frozen=True):
    """A message taken before. `digest` tells a repeat from another text of the same key; `failed`: its turn raised."""

    conversation_id: str
    digest: str
    at: datetime
    failed: bool


_take = PerDialect(
    table, lambda insert: insert.on_conflict_do_nothing(index_elements=["channel", "key"]).returning(table.c.key)
)
_insert = Prepared(_take, *table.c)
_known = Prepared(sa.select(*columns(table, Seen)).where(table.c.channel == given("on"), table.c.key == given("named")))
_keys = sa.select(table.c.channel, table.c.key).where(table.c.at < given("older_than"))
_purge = sa.delete(table).where(
    sa.tuple_(table.c.channel, table.c.key).in_(_keys.order_by(table.c.at).limit(given("most")))
)


def first_time(
    connection: sa.Connection,
    channel: str,
    key: str,
    conversation_id: str,
    digest: str,
    at: datetime,
    *,
    failed: bool = False,
) -> bool:
    """Mark the message as taken; False if it was taken before (then nothing may be done for it).

    If another process is taking the same message just now, this waits for the end of that transaction.
    """
    return ask_first_time(connection, channel, key, conversation_id, digest, at, failed=failed)()


def ask_first_time(
    connection: sa.Connection,
    channel: str,
    key: str,
    conversation_id: str,
    digest: str,
    at: datetime,
    *,
    failed: bool = False,
) -> Callable[[], bool]:
    """Mark as `first_time` does; the returned tells whether it was the first time."""
    asked = _insert.ask(connection, (channel, key, conversation_id, digest, at, failed))
    return lambda: asked.row() is not None


def find_seen(connection: sa.Connection, channel: str, key: str) -> Seen | None:
    """Return what is known of a message with this key, None if it wasn't taken yet."""
    row = _known.row(connection, {"on": channel, "named": key})
    return None if row is None else Seen(*row)


def purge(connection: sa.Connection, older_than: datetime, most: int) -> int:
    """Forget up to `most` messages taken before that moment; return how many."""
    return connection.execute(_purge, {"older_than": older_than, "most": most}).rowcount
