"""Networks from which, for a day at most, nothing is taken: chats with an account or an order go on.

A network stands here as the keyed hash that its conversations have. With another key of the desk the block ends.
"""

from collections.abc import Sequence, Set
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict

from services.store.conversations import StoredConversation
from services.store.statements import PerDialect, columns
from services.store.tables.core import conversation
from services.store.tables.core import journal as lines
from services.store.tables.orders import sales_order
from services.store.tables.support import blocked_network as table
from services.store.tables.support import handoff
from services.support.handoffs import OPEN
from values.private import Private, PrivateStruct

LONGEST = timedelta(hours=24)
MOST_REASON = 500
_LOOKED_AT = 20


class BlockedNetwork(PrivateStruct):
    """A block by a supervisor. `chats`: so many it concerned when it began."""

    network: str
    agent_id: str
    reason: Private[str]
    at: datetime
    until: datetime
    chats: int


class Concerned(Struct, frozen=True):
    """The chats that a network has: those a block would concern, those of them that wait, and those left out."""

    chats: int
    waiting: int
    left_out: int


_COLUMNS = columns(table, BlockedNetwork)
_HERE = table.c.network == sa.bindparam("network")
_OF_NETWORK = conversation.c.network == sa.bindparam("network")
_ORDERED = sa.select(sales_order.c.conversation_id).where(sales_order.c.conversation_id.is_not(None))
_STRANGERS = sa.and_(sa.func.coalesce(conversation.c.account_id, "") == "", conversation.c.id.not_in(_ORDERED))
_WAITING = (
    sa.select(conversation.c.id)
    .join(handoff, handoff.c.conversation_id == conversation.c.id)
    .where(_OF_NETWORK, _STRANGERS, OPEN, handoff.c.agent_id.is_(None))
    .order_by(conversation.c.id)
)
_BLOCK = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["network"],
        set_={
            **{name: insert.excluded[name] for name in ("agent_id", "reason", "until", "chats")},
            # Of one that still holds it stays: who was told of it isn't told again.
            "at": sa.case((table.c.until > insert.excluded.at, table.c.at), else_=insert.excluded.at),
        },
    ),
)


def count_concerned_chats(connection: sa.Connection, network: str) -> Concerned:
    """Return what a block would concern: a look through all conversations, for a person's question."""
    found = connection.execute(
        sa.select(sa.func.count(), sa.func.sum(sa.case((_STRANGERS, 1), else_=0))).where(_OF_NETWORK),
        {"network": network},
    ).one()
    strangers = int(found[1] or 0)
    return Concerned(strangers, len(list_waiting_chats(connection, network)), int(found[0]) - strangers)


def list_waiting_chats(connection: sa.Connection, network: str) -> Sequence[str]:
    """Return the chats it would concern that wait for a person whom nobody is yet."""
    return connection.execute(_WAITING, {"network": network}).scalars().all()


def concerns(connection: sa.Connection, one: StoredConversation) -> bool:
    """Return whether a block of its network concerns this conversation: not with an account or an order."""
    ordered = sa.select(sales_order.c.id).where(sales_order.c.conversation_id == one.id).limit(1)
    return one.account_id is None and connection.execute(ordered).first() is None


def block(connection: sa.Connection, blocked: BlockedNetwork) -> None:
    """Block the network; while it is, the later reason and end count.

    Raises ValueError for a reason that is empty or too long, and for more than a day.
    """
    if not 0 < len(blocked.reason) <= MOST_REASON or not blocked.at < blocked.until <= blocked.at + LONGEST:
        raise ValueError("a network is blocked with a reason, for a day at most")
    connection.execute(_BLOCK.of(connection), asdict(blocked))


def unblock(connection: sa.Connection, network: str) -> bool:
    """Take messages from there again; False if they were taken."""
    gone = connection.execute(sa.delete(table).where(_HERE).returning(table.c.at), {"network": network})
    return gone.first() is not None


def find_network_block(connection: sa.Connection, network: str, now: datetime) -> BlockedNetwork | None:
    """Return the block that holds there now."""
    row = connection.execute(sa.select(*_COLUMNS).where(_HERE, table.c.until > now), {"network": network}).first()
    return None if row is None else BlockedNetwork(*row)


def list_blocks(connection: sa.Connection, now: datetime) -> list[BlockedNetwork]:
    """Return the blocks that hold, the latest first."""
    latest = sa.select(*_COLUMNS).where(table.c.until > now).order_by(table.c.at.desc(), table.c.network)
    return [BlockedNetwork(*row) for row in connection.execute(latest)]


def was_told_of_block(connection: sa.Connection, conversation_id: str, marks: Set[str], since: datetime) -> bool:
    """Return whether this chat was told of a block since then: a line of such a kind or event is among its last."""
    last = (
        sa.select(lines.c.kind, lines.c.data)
        .where(lines.c.conversation_id == conversation_id, lines.c.at >= since)
        .order_by(lines.c.id.desc())
        .limit(_LOOKED_AT)
    )
    return any(not marks.isdisjoint((kind, data.get("event"))) for kind, data in connection.execute(last))


def forget_before(connection: sa.Connection, before: datetime) -> None:
    """Drop blocks that ended before that moment."""
    connection.execute(sa.delete(table).where(table.c.until < before))
