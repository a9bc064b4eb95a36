"""Takings: sales, the renewals among them, and refunds, counted and summed by currency.

A sale is of the moment when it was paid, a refund of the moment when what went back is known last. Both have an index
that holds all that is asked for: 200,000 sales of 13 months take less than a second on SQLite.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from services.store.tables.orders import payment
from services.store.tables.subscriptions import subscription_extension as extension


class Tally(Struct, frozen=True):
    """A number of payments, and their sum in minor units."""

    count: int = 0
    minor: int = 0


class Takings(Struct, frozen=True):
    """Of one currency. `renewals` are among the `sales`; `refunds` are of whatever month's."""

    sales: Tally = Tally()
    renewals: Tally = Tally()
    refunds: Tally = Tally()


_SUMS = (payment.c.currency, sa.func.count(), sa.func.sum(payment.c.amount))
_PAID = (payment.c.paid_at.is_not(None), payment.c.amount > 0)
_BACK = sa.select(payment.c.currency, sa.func.count(), sa.func.sum(payment.c.refunded_amount))


def sum_takings(
    connection: sa.Connection, begin: datetime | None = None, end: datetime | None = None
) -> Mapping[str, Takings]:
    """Return the takings of `begin` ≤ time < `end`, by currency; without them of all times."""

    def within(at: sa.Column[datetime]) -> list[sa.ColumnElement[bool]]:
        return [*([at >= begin] if begin is not None else []), *([at < end] if end is not None else [])]

    # As a join, begun at the renewals: asked of each sale it would take ten times as long.
    renewing = sa.select(extension.c.order_id).where(sa.text("to_end > from_end"), *within(extension.c.at)).distinct()
    renewed = renewing.subquery()
    queries = (
        sa.select(*_SUMS).where(*_PAID, *within(payment.c.paid_at)),
        sa.select(*_SUMS).join(renewed, renewed.c.order_id == payment.c.order_id).where(*_PAID),
        _BACK.where(sa.text("refunded_amount > 0"), *within(payment.c.asked_at)),
    )
    sales, renewals, refunds = (
        {
            currency: Tally(count, int(sum_))
            for currency, count, sum_ in connection.execute(one.group_by(payment.c.currency))
        }
        for one in queries
    )
    return {
        currency: Takings(*(found.get(currency, Tally()) for found in (sales, renewals, refunds)))
        for currency in sorted({*sales, *refunds})
    }
