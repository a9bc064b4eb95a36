"""Addresses that nothing is taken from any more, because of abuse: for a time or for good, until an agent unblocks.

What comes from there is neither decided on nor kept in words (`bot/conversation/pipeline.py` asks here, in the turn's
own transaction).
"""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import asdict

from services.store.prepared import Prepared
from services.store.statements import PerDialect, columns
from services.store.tables.support import blocked_address as table
from services.store.tables.support import blocked_network as network
from values.private import Private, PrivateStruct

MOST_REASON = 500


class BlockedAddress(PrivateStruct):
    """An address of a channel, or of no channel a network (`blocked_networks.py`), found by the same look-up.

    `until` None: for good. `told_at`: when its owner was told, None if not yet.
    """

    channel: str
    address: Private[str]
    agent_id: str
    reason: Private[str]
    at: datetime
    until: datetime | None = None
    told_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until


_COLUMNS = columns(table, BlockedAddress)
_HERE = table.c.channel == sa.bindparam("on"), table.c.address == sa.bindparam("at_address")
_OF_NETWORK = sa.select(
    *(sa.literal_column("''"), network.c.network, network.c.agent_id, network.c.reason, network.c.at, network.c.until),
    sa.null(),
).where(network.c.network == sa.bindparam("of_network", type_=sa.Text))
_FIND = Prepared(sa.union_all(sa.select(*_COLUMNS).where(*_HERE), _OF_NETWORK))
_BLOCK = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["channel", "address"],
        set_={name: insert.excluded[name] for name in ("agent_id", "reason", "at", "until", "told_at")},
    ),
)
_TELL = sa.update(table).where(*_HERE, table.c.told_at.is_(None)).values(told_at=sa.bindparam("now"))
_HOLDS = sa.or_(table.c.until.is_(None), table.c.until > sa.bindparam("now", type_=table.c.until.type))
_LATEST = sa.select(*_COLUMNS).where(_HOLDS).order_by(table.c.at.desc(), table.c.channel, table.c.address)


def block(connection: sa.Connection, blocked: BlockedAddress) -> None:
    """Block the address; a second time the later reason and end count, and its owner is told anew.

    Raises ValueError for a reason that is empty or too long.
    """
    reason = blocked.reason.strip()
    if not 0 < len(reason) <= MOST_REASON:
        raise ValueError(f"a block needs a reason of at most {MOST_REASON} characters")
    values = asdict(blocked) | {"reason": reason}
    connection.execute(_BLOCK.of(connection), values)


def unblock(connection: sa.Connection, *, channel: str, address: str) -> bool:
    """Take messages from there again; False if they were taken."""
    gone = connection.execute(sa.delete(table).where(*_HERE).returning(table.c.at), _at(channel, address))
    return gone.first() is not None


def find_block(connection: sa.Connection, *, channel: str, address: str, now: datetime) -> BlockedAddress | None:
    """Return the block that holds there now: one look-up by key."""
    return ask(connection, channel=channel, address=address, now=now)()


def ask(
    connection: sa.Connection, *, channel: str, address: str, now: datetime, of_network: str | None = None
) -> Callable[[], BlockedAddress | None]:
    """Look up as `find_block` does, the network with it; the returned gives the block, that of the address first."""
    asked = _FIND.ask(connection, {**_at(channel, address), "of_network": of_network})

    def found() -> BlockedAddress | None:
        held = [block for row in asked.rows() if (block := BlockedAddress(*row)).holds(now)]
        return max(held, key=lambda block: block.channel, default=None)

    return found


def tell(connection: sa.Connection, *, channel: str, address: str, now: datetime) -> bool:
    """Note that its owner is told of the block; False if that was done before."""
    return connection.execute(_TELL, {**_at(channel, address), "now": now}).rowcount == 1


def list_address_blocks(
    connection: sa.Connection, now: datetime, *, before: datetime | None = None, most: int | None = None
) -> list[BlockedAddress]:
    """Return the blocks that hold, the latest first: all, or so many, or those from before a moment."""
    query = _LATEST if before is None else _LATEST.where(table.c.at < before)
    return [BlockedAddress(*row) for row in connection.execute(query.limit(most), {"now": now})]


def _at(channel: str, address: str) -> dict[str, str]:
    return {"on": channel, "at_address": address}
