"""Subscriptions as they are stored: read by their id, account and order, and what runs for what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.accounts import accounts
from services.accounts.accounts import AccountRecord
from services.keyed_hash import derived_id
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item
from services.store.tables.orders import sales_order, withdrawal
from services.store.tables.subscriptions import subscription
from services.store.tables.subscriptions import subscription_extension as extension
from values.private import Private, PrivateStruct
from values.renewal import Owned
from values.term import Term, years_of

Status = Literal["pending", "active", "grace", "ended"]
EndReason = Literal["term", "cancelled", "withdrawn", "refunded", "disputed", "dispute_won"]
#: After these nothing is charged, whatever the customer says of renewing: the money of the term went back.
FINAL: tuple[EndReason, ...] = ("withdrawn", "refunded", "disputed")


class Subscription(PrivateStruct):
    """A product for a term. Times are None until it is paid; no order: it was bought before the desk came."""

    id: str
    account_id: str
    order_id: str | None
    product: str
    serial: Private[str | None]
    term: Term
    status: Status
    starts_at: datetime | None
    ends_at: datetime | None
    auto_renewal: bool
    created_at: datetime
    quantity: int = 1
    end_reason: EndReason | None = None  # why no other term follows, as far as it is known
    anchor: datetime | None = None  # the start by whose day of the month it ends
    trial_ends_at: datetime | None = None
    next_quantity: int | None = None
    next_plan: str | None = None

    @property
    def renewed_product(self) -> str:
        """Product that is renewed."""
        return self.product if self.next_plan is None else self.next_plan

    @property
    def renewed_quantity(self) -> int:
        """Number of it that is renewed."""
        return self.quantity if self.next_quantity is None else self.next_quantity

    @property
    def years(self) -> int | None:
        """The term in whole years, None for months."""
        return years_of(self.term)

    @property
    def in_trial(self) -> bool:
        """Return whether nothing has been paid for it yet, as its trial runs or has just run out."""
        return self.trial_ends_at is not None and self.trial_ends_at == self.ends_at

    @property
    def stands(self) -> Status | Literal["trial"]:
        """Return its status, as a trial where it is one that runs."""
        return "trial" if self.in_trial and self.status == "active" else self.status

    @property
    def why_ended(self) -> EndReason | None:
        """Return why it isn't followed by another term, once it has ended."""
        return self.end_reason if self.status == "ended" else None


class TermOrder(Struct, frozen=True):
    """The order by which a subscription runs until its present end, and the company which that order was for."""

    order_id: str
    company_id: str


_OF_ACCOUNT = (
    sa.select(subscription)
    .where(subscription.c.account_id == sa.bindparam("of"))
    .order_by(subscription.c.created_at, subscription.c.id)
)
_GET = sa.select(subscription).where(subscription.c.id == sa.bindparam("wanted"))
_GET_LOCKED = _GET.with_for_update(key_share=True)
_WITHDRAWN = sa.select(
    sa.exists().where(withdrawal.c.order_id == sa.bindparam("of"), withdrawal.c.decision == "accepted")
)
OF_ORDER = sa.select(subscription).where(subscription.c.order_id == sa.bindparam("of")).order_by(subscription.c.id)
_EARLIER = subscription.alias("earlier")
_RENEWED = OF_ORDER.where(subscription.c.status == "active").where(
    sa.exists().where(
        _EARLIER.c.account_id == subscription.c.account_id,
        _EARLIER.c.product == subscription.c.product,
        _EARLIER.c.ends_at == subscription.c.starts_at,
        _EARLIER.c.id != subscription.c.id,
    )
)
_PUT_OFF = (
    sa.select(subscription)
    .join(extension, extension.c.subscription_id == subscription.c.id)
    .where(extension.c.order_id == sa.bindparam("of"), extension.c.from_end != extension.c.to_end)
    .order_by(subscription.c.id)
)
_TERM_ORDER = sa.func.coalesce(extension.c.order_id, subscription.c.order_id)
_TERMS = (
    sa.select(subscription.c.id, sales_order.c.id, sales_order.c.company_id)
    .join(
        extension,
        sa.and_(
            extension.c.subscription_id == subscription.c.id,
            extension.c.to_end == subscription.c.ends_at,
            extension.c.from_end != extension.c.to_end,
        ),
        isouter=True,
    )
    .join(sales_order, sales_order.c.id == _TERM_ORDER)
    .where(subscription.c.account_id == sa.bindparam("of"))
    .order_by(extension.c.at)
)


def has_status(status: str) -> sa.ColumnElement[bool]:
    """Return the condition by which a stored subscription `stands` so."""
    in_trial = sa.func.coalesce(subscription.c.trial_ends_at == subscription.c.ends_at, sa.false())
    stored = subscription.c.status == ("active" if status == "trial" else status)
    return (
        sa.and_(stored, in_trial if status == "trial" else sa.not_(in_trial))
        if status in ("trial", "active")
        else stored
    )


def line_id(order: OrderRecord, line: int) -> str:
    return derived_id(order.id, "subscription", str(line))


def get(connection: sa.Connection, subscription_id: str) -> Subscription | None:
    row = connection.execute(_GET, {"wanted": subscription_id}).mappings().first()
    return None if row is None else Subscription(**row)


def lock(connection: sa.Connection, subscription_id: str) -> Subscription | None:
    """Lock the subscription until this transaction ends; return it."""
    row = connection.execute(_GET_LOCKED, {"wanted": subscription_id}).mappings().first()
    return None if row is None else Subscription(**row)


def holder(connection: sa.Connection, subscription_id: str) -> AccountRecord | None:
    known = get(connection, subscription_id)
    return None if known is None else accounts.get(connection, known.account_id)


def is_withdrawn(connection: sa.Connection, order_id: str) -> bool:
    """Return whether a person has accepted a withdrawal from this order."""
    return connection.execute(_WITHDRAWN, {"of": order_id}).scalar_one()


def line_of(order: OrderRecord, of: Subscription) -> Item | None:
    """Return the line by which the order has begun or renewed it."""
    lines = enumerate(order.items)
    return next(
        (item for n, item in lines if item.renews == of.id or (item.begins and line_id(order, n) == of.id)), None
    )


def list_other_running(connection: sa.Connection, these: sa.Select[str]) -> list[str]:
    """Return the ids of all that have begun and haven't ended, `these` left out."""
    return list(
        connection.execute(
            sa.select(subscription.c.id)
            .where(subscription.c.status.in_(("active", "grace")), subscription.c.ends_at.is_not(None))
            .where(subscription.c.id.not_in(these))
            .order_by(subscription.c.ends_at, subscription.c.id)
        ).scalars()
    )


def of_order(connection: sa.Connection, order_id: str) -> list[Subscription]:
    """Return what the order has begun or made go on, whatever became of it since."""
    rows = [row for query in (OF_ORDER, _PUT_OFF) for row in connection.execute(query, {"of": order_id}).mappings()]
    return list({row["id"]: Subscription(**row) for row in rows}.values())


def of_account(connection: sa.Connection, account_id: str) -> list[Subscription]:
    """Return all subscriptions of the account, oldest first."""
    return [Subscription(**row) for row in connection.execute(_OF_ACCOUNT, {"of": account_id}).mappings()]


def renewed_by(connection: sa.Connection, order_id: str) -> list[Subscription]:
    """Return what this paid order has made go on.

    Subscriptions whose end it has put off, and those that begin where one of the same product ends.
    """
    return [
        Subscription(**row)
        for statement in (_PUT_OFF, _RENEWED)
        for row in connection.execute(statement, {"of": order_id}).mappings()
    ]


def terms(connection: sa.Connection, account_id: str) -> dict[str, TermOrder]:
    """Return the term of each subscription of the account by its id; without those bought before the desk came."""
    return {row[0]: TermOrder(row[1], row[2]) for row in connection.execute(_TERMS, {"of": account_id})}


def list_owned(
    connection: sa.Connection, account_id: str, bought: Sequence[Subscription] | None = None
) -> tuple[Owned, ...]:
    """Return what runs, the one that ends first in front.

    `bought`: the account's subscriptions, where they are known.
    """
    known = bought if bought is not None else of_account(connection, account_id)
    of_term = terms(connection, account_id) if known else {}
    found = [o for s in known if s.status != "ended" and (o := _as_owned(s, of_term.get(s.id))) is not None]
    return tuple(sorted(found, key=lambda o: (o.ends_at, o.id)))


def list_lapsed(bought: Sequence[Subscription]) -> tuple[Owned, ...]:
    """Return what ran last of each product and serial of which nothing runs, the one that ended last in front.

    It can be renewed from now on, also beside an order that isn't paid.
    """
    running = {(s.product, s.serial) for s in bought if s.status in ("active", "grace")}
    ran = (s for s in bought if s.status == "ended" and s.ends_at != s.starts_at)  # else over before it began
    over = [s for s in ran if (s.product, s.serial) not in running]
    last = {(s.product, s.serial): s for s in sorted(over, key=_by_end)}
    return tuple(o for s in sorted(last.values(), key=_by_end, reverse=True) if (o := _as_owned(s, None)) is not None)


def _by_end(of: Subscription) -> tuple[datetime | None, str]:
    return of.ends_at, of.id


def _as_owned(of: Subscription, term: TermOrder | None) -> Owned | None:
    if of.ends_at is None or of.status == "pending":
        return None
    why = of.why_ended
    return Owned(
        id=of.id,
        product=of.product,
        serial=of.serial,
        ends_at=of.ends_at,
        quantity=of.quantity,
        term=of.term,
        status=of.status,
        auto_renewal=of.auto_renewal,
        starts_at=of.starts_at,
        order_id=term.order_id if term is not None else None,
        company_id=term.company_id if term is not None else None,
        renewed=term is not None and term.order_id != of.order_id,
        undone=why if why in ("withdrawn", "refunded") else "trial" if of.in_trial else None,
    )
