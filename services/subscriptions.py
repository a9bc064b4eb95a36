"""Subscriptions: what a paid order gives, for how long, and whether it renews itself.

One per line of an order: pending when the order is placed, active when its money is booked. Bought again while one of
the same product still runs, the new one begins where that one ends.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from services.keyed_hash import derived_id
from services.order_record import Order
from services.store.domain import subscription
from services.store.statements import PerDialect

Status = Literal["pending", "active", "grace", "ended"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A product for some years. Times are None until it is paid."""

    id: str
    account_id: str
    order_id: str
    product: str
    years: int
    status: Status
    starts_at: datetime | None
    ends_at: datetime | None
    auto_renewal: bool
    created_at: datetime


_OPEN = PerDialect(subscription, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]))
_OF_ACCOUNT = (
    sa.select(subscription)
    .where(subscription.c.account_id == sa.bindparam("of"))
    .order_by(subscription.c.created_at, subscription.c.id)
)
_OF_ORDER = sa.select(subscription).where(subscription.c.order_id == sa.bindparam("of")).order_by(subscription.c.id)
_EARLIER = subscription.alias("earlier")
_RENEWED = _OF_ORDER.where(subscription.c.status == "active").where(
    sa.exists().where(
        _EARLIER.c.account_id == subscription.c.account_id,
        _EARLIER.c.product == subscription.c.product,
        _EARLIER.c.ends_at == subscription.c.starts_at,
        _EARLIER.c.id != subscription.c.id,
    )
)
_RUNS_UNTIL = sa.select(sa.func.max(subscription.c.ends_at)).where(
    subscription.c.account_id == sa.bindparam("of"),
    subscription.c.product == sa.bindparam("for_product"),
    subscription.c.status.in_(("active", "grace")),
)


def open_for(connection: sa.Connection, order: Order, now: datetime) -> None:
    """Notes what the order will give once it is paid. A second call changes nothing."""
    for line, item in enumerate(order.items):
        connection.execute(
            _OPEN.of(connection),
            {
                "id": derived_id(order.id, "subscription", str(line)),
                "account_id": order.account_id,
                "order_id": order.id,
                "product": item.id,
                "years": item.years,
                "status": "pending",
                "starts_at": None,
                "ends_at": None,
                "auto_renewal": order.auto_renewal,
                "created_at": now,
            },
        )


def activate(connection: sa.Connection, order: Order, now: datetime) -> None:
    """Begins what the order gives. What is active already stays as it is."""
    open_for(connection, order, now)
    for row in connection.execute(_OF_ORDER, {"of": order.id}).mappings().all():
        if row["status"] != "pending":
            continue
        runs_until = connection.execute(_RUNS_UNTIL, {"of": order.account_id, "for_product": row["product"]}).scalar()
        starts_at = max(now, runs_until) if runs_until is not None else now
        connection.execute(
            sa.update(subscription)
            .where(subscription.c.id == row["id"])
            .values(status="active", starts_at=starts_at, ends_at=years_later(starts_at, row["years"]))
        )


def drop_pending(connection: sa.Connection, order_id: str) -> None:
    """The order was cancelled before it was paid: it gives nothing."""
    connection.execute(
        sa.delete(subscription).where(subscription.c.order_id == order_id, subscription.c.status == "pending")
    )


def end(connection: sa.Connection, order_id: str, now: datetime) -> None:
    """The order's money went back: what it gave ends now."""
    connection.execute(
        sa.update(subscription)
        .where(subscription.c.order_id == order_id, subscription.c.status != "ended")
        .values(status="ended", ends_at=now, auto_renewal=False)
    )


def set_auto_renewal(connection: sa.Connection, *, account_id: str, on: bool) -> bool:
    """Switches the renewal of all that hasn't ended; False if there is nothing to renew."""
    changed = connection.execute(
        sa.update(subscription)
        .where(subscription.c.account_id == account_id, subscription.c.status != "ended")
        .values(auto_renewal=on)
        .returning(subscription.c.id)
    )
    return changed.first() is not None


def of_account(connection: sa.Connection, account_id: str) -> list[Subscription]:
    """All subscriptions of the account, oldest first."""
    return [Subscription(**row) for row in connection.execute(_OF_ACCOUNT, {"of": account_id}).mappings()]


def renewed_by(connection: sa.Connection, order_id: str) -> list[Subscription]:
    """What this paid order has made go on: subscriptions that begin where one of the same product ends."""
    return [Subscription(**row) for row in connection.execute(_RENEWED, {"of": order_id}).mappings()]


def main_of(subscriptions: list[Subscription]) -> Subscription | None:
    """The one that says how the account stands: running before awaited before ended, then what lasts longest."""
    rank = {"active": 3, "grace": 2, "pending": 1, "ended": 0}
    return max(
        subscriptions, key=lambda s: (rank[s.status], s.ends_at or s.created_at, s.created_at, s.id), default=None
    )


def years_later(start: datetime, years: int) -> datetime:
    """The same moment of the calendar some years on; 29 February becomes the 28th where there is none."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)
