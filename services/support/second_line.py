"""The second line of the queue: requests beyond the ten that may wait from one network without an account.

It is reckoned from what is stored, not stored itself: once one of the ten is taken, ends or logs in, the next of the
network stands in the queue from that hour on, whichever process looks (docs/decisions/limits.md).
"""

from datetime import UTC, datetime
from heapq import heappush, heappushpop

import sqlalchemy as sa
from msgspec import Struct

from services.store import leases
from services.store.conversations import StoredConversation
from services.store.tables.accounts import account, visit
from services.store.tables.core import conversation
from services.store.tables.support import handoff
from services.support.handoffs import LATELY, OPEN, HandoffRecord, queue

CEILING = 10
"""So many requests of one network wait in the queue without an account."""

_NOWHERE = {"here": None, "network": None, "account": None}
_NEVER = datetime.max.replace(tzinfo=UTC)
_SINCE, _BEFORE = (sa.bindparam(name, type_=handoff.c.asked_at.type) for name in ("since", "before"))
# Those who wait, and those who may have made room for them.
_LATELY = sa.union_all(
    sa.select(handoff.c.id).where(OPEN),
    sa.select(handoff.c.id).where(handoff.c.first_taken_at > _SINCE),
    sa.select(handoff.c.id).where(handoff.c.first_taken_at.is_(None), handoff.c.asked_at > _BEFORE),
)
_HERE = handoff.c.conversation_id == sa.bindparam("here")
_NETWORK = sa.case((_HERE, sa.bindparam("network", type_=sa.Text)), else_=conversation.c.network)
_ACCOUNT = sa.case((_HERE, sa.bindparam("account", type_=sa.Text)), else_=conversation.c.account_id)
_COUNTED = (
    sa.select(
        handoff.c.id,
        _NETWORK,
        handoff.c.asked_at,
        sa.case(
            (sa.and_(OPEN, handoff.c.agent_id.is_(None)), None),
            else_=sa.func.coalesce(handoff.c.first_taken_at, handoff.c.ended_at),
        ),
        account.c.id,
        account.c.activated_at,
        visit.c.began_at,
    )
    .select_from(
        handoff.outerjoin(conversation, conversation.c.id == handoff.c.conversation_id)
        # A sign-up that nobody has confirmed costs a stranger nothing.
        .outerjoin(account, sa.and_(account.c.id == _ACCOUNT, account.c.status == "active"))
        .outerjoin(visit, sa.and_(visit.c.conversation_id == conversation.c.id, visit.c.until_line.is_(None)))
    )
    .where(handoff.c.id.in_(_LATELY), _NETWORK.is_not(None))
    .order_by(handoff.c.id)  # of those at once this is as each of them has seen it (`lock_network`)
)


class Line(Struct, frozen=True):
    """Requests that nobody has taken: in the queue in its order, and in the second line."""

    queue: tuple[HandoffRecord, ...]
    second: tuple[HandoffRecord, ...]


def order_waiting_requests(connection: sa.Connection, here: StoredConversation | None = None) -> Line:
    """Return the requests that nobody has taken as they are to be served.

    Whoever has moved up from the second line stands in the queue by the hour of that, behind who asked before it.
    `here`: a conversation in its turn, which may not be stored as it is now.
    """
    waiting = queue(connection)
    since = _standing(connection, waiting[0].asked_at, here) if len(waiting) > 1 else {}
    placed = [(since.get(one.id, one.asked_at), one) for one in waiting]
    first = sorted((p for p in placed if p[0] < _NEVER), key=lambda p: (p[0], p[0] > p[1].asked_at, p[1].id))
    return Line(tuple(one for _, one in first), tuple(one for at, one in placed if at == _NEVER))


def ids(connection: sa.Connection) -> frozenset[str]:
    """Return the conversations that wait in the second line."""
    return frozenset(one.conversation_id for one in order_waiting_requests(connection).second)


def _standing(connection: sa.Connection, since: datetime, here: StoredConversation | None) -> dict[int, datetime]:
    """Return since when each request has a place in the queue, by its id; `_NEVER` in the second line."""
    turn = {"here": here.id, "network": here.network, "account": here.account_id} if here is not None else _NOWHERE
    standing, ahead = dict[int, datetime](), dict[str, list[datetime]]()
    rows = connection.execute(_COUNTED, {"since": since, "before": since - LATELY, **turn})
    for id, network, asked, left, customer, activated, began in rows:
        known = _NEVER if customer is None else max(asked, activated or asked, began or asked)
        last = ahead.setdefault(network, [])  # when the last ten of those before it leave: a heap, the first on top
        standing[id] = max(asked, min(known, last[0] if len(last) == CEILING else asked))
        leaves = min(left or _NEVER, known)
        heappush(last, leaves) if len(last) < CEILING else heappushpop(last, leaves)
    return standing


def lock_network(connection: sa.Connection, network: str | None) -> None:
    """Let the network's other requests wait until this transaction ends: two at once both see who came first."""
    if network is not None:
        leases.serialize(connection, "queue of a network", network)
