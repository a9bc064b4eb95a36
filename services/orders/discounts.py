"""Uses of discount codes: each order that stands with a code, paid or still payable, is one use.

The orders are the only count, so that a use can't be counted twice or forgotten: an order gives its use back by being
cancelled or by running out of the time to pay it, and takes it again if it is paid after all. Where two customers may
race for a use, a lock guards the count: the code's own row, held from the order's check until the order is placed.

Wrong codes are counted, too, so that a seller's codes can't be found by trying them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from services import limits as hits
from services.store.statements import PerDialect
from services.store.tables.orders import discount_code, payment, sales_order
from values.offer import Spent


class Limits(Struct, frozen=True):
    """The number of orders that may stand with a code, in all and of one account; None: any number."""

    uses: int | None = None
    per_customer: int | None = None


UNLIMITED = Limits()
_PAYMENTS = sa.select(payment.c.id).where(payment.c.order_id == sales_order.c.id)
_RUN_OUT = sa.and_(
    _PAYMENTS.where(payment.c.status == "expired").exists(),
    ~_PAYMENTS.where(payment.c.status.in_(("pending", "failed", "paid"))).exists(),
)
_LAPSED = sa.select(sales_order.c.id).where(
    sales_order.c.id == sa.bindparam("wanted"), sales_order.c.status == "placed", _RUN_OUT
)
# The customer may still come to pay what has run out, but nobody else is to wait for it.
_STANDS = sa.or_(sales_order.c.status == "paid", sa.and_(sales_order.c.status == "placed", ~_RUN_OUT))

_LOCK = PerDialect(
    discount_code,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["code"], set_={"last_placed_at": insert.excluded.last_placed_at}
    ),
)
_USES = (
    sa.select(sa.func.count())
    .select_from(sales_order)
    .where(sales_order.c.discount_code == sa.bindparam("wanted"), sales_order.c.discount_term == 1, _STANDS)
)
_USES_OF = _USES.where(sales_order.c.account_id == sa.bindparam("of"))


def find_spent(connection: sa.Connection, code: str, limits: Limits, account_id: str | None) -> Spent | None:
    """Return why the code can't be used once more just now, None if it can. No account has used nothing."""
    if limits.per_customer is not None and account_id is not None:
        mine = connection.execute(_USES_OF, {"wanted": code, "of": account_id}).scalar_one()
        if mine >= limits.per_customer:
            return "used_by_customer"
    if limits.uses is not None and connection.execute(_USES, {"wanted": code}).scalar_one() >= limits.uses:
        return "used_up"
    return None


def claim(connection: sa.Connection, code: str, limits: Limits, account_id: str, now: datetime) -> Spent | None:
    """Check the code for an order that is placed in this transaction.

    Nobody else places one with a code that can be used up before it ends. The account must be locked: so one customer
    doesn't race against himself.
    """
    if limits.uses is not None:
        connection.execute(_LOCK.of(connection), {"code": code, "last_placed_at": now})
    return find_spent(connection, code, limits, account_id)


def has_lapsed(connection: sa.Connection, order_id: str) -> bool:
    """Return whether the order has run out of time, so that it has given its use back."""
    return connection.execute(_LAPSED, {"wanted": order_id}).first() is not None


# Different wrong codes of one conversation, and of one network address, whatever number of conversations it begins.
WRONG = (
    hits.Rule("discount codes, an hour", 10, timedelta(hours=1)),
    hits.Rule("discount codes, a day", 30, timedelta(days=1)),
)
PER_ADDRESS = hits.Rule("discount codes, an address", 60, timedelta(hours=1))
SAME_CODE = hits.Rule("discount code again", 1, timedelta(hours=1))


class DiscountTries(Struct, frozen=True):
    """Counts wrong codes in the turn's transaction; `quotas`: rate limits are enforced."""

    known: frozenset[str]
    server_key: bytes
    quotas: bool

    def count(
        self, connection: sa.Connection, codes: Sequence[str], *, chat: str, network: str | None, now: datetime
    ) -> int | None:
        """Count the wrong ones of a message that tries `codes`.

        Return the seconds for which none is to be tried, not even a right one; None if these may be.
        """
        if not codes or not self.quotas:
            return None
        by_address = ((PER_ADDRESS, network),) if network is not None else ()
        counted = (*((rule, chat) for rule in WRONG), *by_address)
        if (held := hits.hold_all(connection, counted, server_key=self.server_key, now=now)) is not None:
            return held.retry_after
        for code in codes:
            if code not in self.known and self._is_new(connection, f"{chat} {code}", now):
                for rule, of in counted:
                    hits.hit(connection, rule, of, server_key=self.server_key, now=now)
        return None

    def _is_new(self, connection: sa.Connection, of: str, now: datetime) -> bool:
        return hits.allow(connection, SAME_CODE, of, server_key=self.server_key, now=now)
