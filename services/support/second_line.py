"""The second line of the queue: requests beyond the ten that may wait from one network without an account.

It is reckoned from what is stored, not stored itself: once one of the ten is taken, ends or logs in, the next of the
network stands in the queue, whichever process looks (docs/decisions/a-full-queue.md).
"""

import sqlalchemy as sa

from services.store import leases
from services.store.conversations import StoredConversation
from services.store.tables.accounts import account
from services.store.tables.core import conversation
from services.store.tables.support import handoff
from services.support.handoffs import OPEN, open_of

CEILING = 10
"""So many requests of one network wait in the queue without an account."""

_WAITING = (
    sa.select(
        handoff.c.id,
        handoff.c.conversation_id,
        conversation.c.network,
        sa.func.row_number()
        .over(partition_by=conversation.c.network, order_by=(handoff.c.asked_at, handoff.c.id))
        .label("nth"),
    )
    .select_from(
        handoff.join(conversation, conversation.c.id == handoff.c.conversation_id).outerjoin(
            account, account.c.id == conversation.c.account_id
        )
    )
    .where(
        OPEN,
        handoff.c.agent_id.is_(None),
        conversation.c.network.is_not(None),
        # A sign-up that nobody has confirmed costs a stranger nothing.
        sa.func.coalesce(account.c.status, "") != "active",
    )
    .subquery()
)
SECOND = sa.select(_WAITING.c.conversation_id).where(_WAITING.c.nth > CEILING)
"""The conversations of the second line."""
_AHEAD = sa.select(sa.func.count()).where(
    _WAITING.c.network == sa.bindparam("network"), _WAITING.c.id < sa.bindparam("request")
)


def ids(connection: sa.Connection) -> frozenset[str]:
    """Return the conversations that wait in the second line."""
    return frozenset(connection.execute(SECOND).scalars())


def takes(connection: sa.Connection, here: StoredConversation) -> bool:
    """Return whether the request of this conversation waits in the second line.

    Asked in the turn that makes the request: the conversation itself may not be stored as it is now.
    """
    request = open_of(connection, here.id)
    if here.network is None or request is None or request.agent_id is not None or _is_customer(connection, here):
        return False
    ahead = connection.execute(_AHEAD, {"network": here.network, "request": request.id}).scalar_one()
    return ahead >= CEILING


def _is_customer(connection: sa.Connection, here: StoredConversation) -> bool:
    mine = sa.select(account.c.status).where(account.c.id == here.account_id)
    return here.account_id is not None and connection.execute(mine).scalar() == "active"


def one_at_a_time(connection: sa.Connection, network: str | None) -> None:
    """Let the network's other requests wait until this transaction ends: two at once both see who came first."""
    if network is not None:
        leases.serialize(connection, "queue of a network", network)
