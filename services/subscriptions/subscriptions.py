"""Subscriptions: what a paid order gives, for how long, and whether it renews itself.

One per line of an order that isn't sold once: pending when the order is placed, active when its money is booked. Bought
again for the same company while one of the same product still runs, the new one begins where that one ends; an add-on
begins with the plan of its order. A line that renews one puts its end off instead, counted from the old end. What was
bought before the desk came is taken over from the seller's books (`adopt`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from msgspec import Struct

from services.accounts import accounts
from services.accounts.accounts import AccountRecord
from services.keyed_hash import derived_id
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item
from services.store.statements import PerDialect
from services.store.tables.orders import sales_order, withdrawal
from services.store.tables.subscriptions import subscription
from services.store.tables.subscriptions import subscription_extension as extension
from services.subscriptions import renewal_timer
from values.private import Private, PrivateStruct
from values.renewal import Owned
from values.term import A_YEAR, Term, days_after, end_after, years_of

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


_OPEN = PerDialect(subscription, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]))
_OF_ACCOUNT = (
    sa.select(subscription)
    .where(subscription.c.account_id == sa.bindparam("of"))
    .order_by(subscription.c.created_at, subscription.c.id)
)
_GET = sa.select(subscription).where(subscription.c.id == sa.bindparam("wanted"))
_GET_LOCKED = _GET.with_for_update(key_share=True)
EXTENDED = PerDialect(
    extension,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["order_id", "subscription_id"]).returning(
        extension.c.order_id
    ),
)
_WITHDRAWN = sa.select(
    sa.exists().where(withdrawal.c.order_id == sa.bindparam("of"), withdrawal.c.decision == "accepted")
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


def standing(status: str) -> sa.ColumnElement[bool]:
    """Return the condition by which a stored subscription `stands` so."""
    in_trial = sa.func.coalesce(subscription.c.trial_ends_at == subscription.c.ends_at, sa.false())
    stored = subscription.c.status == ("active" if status == "trial" else status)
    return (
        sa.and_(stored, in_trial if status == "trial" else sa.not_(in_trial))
        if status in ("trial", "active")
        else stored
    )


def open_for(connection: sa.Connection, order: OrderRecord, now: datetime) -> None:
    """Note what the order will give once it is paid. A second call changes nothing."""
    for line, item in enumerate(order.items):
        if not item.begins:
            continue
        connection.execute(
            _OPEN.of(connection),
            {
                "id": _id(order, line),
                "account_id": order.account_id,
                "order_id": order.id,
                "product": item.id,
                "serial": None,
                "quantity": item.quantity,
                "term": item.term,
                "status": "pending",
                "starts_at": None,
                "ends_at": None,
                "auto_renewal": order.auto_renewal and item.renewing,
                "created_at": now,
            },
        )


def activate(connection: sa.Connection, order: OrderRecord, now: datetime) -> None:
    """Begin what the order gives, and put off the end of what it renews. A second call changes nothing."""
    open_for(connection, order, now)
    begins_after = {_id(order, line): item.of or item.id for line, item in enumerate(order.items)}
    instead = {item.id: item.instead for item in order.items}
    trials = {_id(order, line): item.trial for line, item in enumerate(order.items)}
    for item in sorted((item for item in order.items if item.renews is not None), key=lambda item: str(item.renews)):
        _extend(connection, order, str(item.renews), item, now)
    begun = [row for row in connection.execute(_OF_ORDER, {"of": order.id}).mappings() if row["status"] == "pending"]
    ends = {
        product: _runs_until(connection, order, (product, *instead.get(product, ())), now)
        for product in begins_after.values()
    }
    for row in begun:
        starts_at, days = ends[begins_after[row["id"]]], trials[row["id"]]
        free = days_after(starts_at, days, order.zone) if days else None
        ends_at = free or end_after(starts_at, row["term"], order.zone)
        anchor = None if free else starts_at  # the paid term's, which begins with the trial's end
        values = {"starts_at": starts_at, "ends_at": ends_at, "anchor": anchor, "trial_ends_at": free}
        connection.execute(
            sa.update(subscription).where(subscription.c.id == row["id"]).values(status="active", **values)
        )
        renewal_timer.wake(connection, row["id"], now)


def _runs_until(connection: sa.Connection, order: OrderRecord, products: tuple[str, ...], now: datetime) -> datetime:
    """Return when the company's running one of these ends; now where there is none."""
    running = (s.ends_at for s in _of_company(connection, order) if s.product in products and s.status != "ended")
    return max((now, *(ends_at for ends_at in running if ends_at is not None)))


def _of_company(connection: sa.Connection, order: OrderRecord) -> list[Subscription]:
    """Return all that the account has for the company of this order.

    Also what was bought before the desk came, for which no company is known.
    """
    by = terms(connection, order.account_id)
    others = of_account(connection, order.account_id)
    return [s for s in others if (term := by.get(s.id)) is None or term.company_id == order.company_id]


def _id(order: OrderRecord, line: int) -> str:
    return derived_id(order.id, "subscription", str(line))


def _extend(connection: sa.Connection, order: OrderRecord, subscription_id: str, item: Item, now: datetime) -> None:
    """From the old end, or, where the service has ended meanwhile, from now or the end of what was bought instead."""
    known = lock(connection, subscription_id)
    if known is None or known.account_id != order.account_id or known.ends_at is None:
        return
    ended = known.status == "ended"
    from_end = _runs_until(connection, order, (known.product,), now) if ended else known.ends_at
    anchor = from_end if ended or known.anchor is None else known.anchor
    to_end = end_after(from_end, item.term, order.zone, anchor)
    values = {"order_id": order.id, "subscription_id": known.id, "from_end": known.ends_at, "to_end": to_end, "at": now}
    if connection.execute(EXTENDED.of(connection), values).first() is None:
        return
    connection.execute(
        sa.update(subscription)
        .where(subscription.c.id == known.id)
        .values(
            status="active",
            ends_at=to_end,
            term=item.term,
            anchor=anchor,
            product=item.id if item.instead else known.product,
            quantity=item.quantity,
            next_quantity=None,
            next_plan=None,
            auto_renewal=order.auto_renewal and item.renewing,
            end_reason=None,
        )
    )
    renewal_timer.wake(connection, known.id, now)


def adopt(
    connection: sa.Connection, *, account_id: str, product: str, serial: str, ends_at: datetime, now: datetime
) -> str:
    """Take over what the account owns by the seller's books; return its id.

    The same program twice is the same one: its end may be put off there, never be brought forward.
    """
    subscription_id = derived_id(account_id, "owned", product, serial)
    values = {
        "id": subscription_id,
        "account_id": account_id,
        "order_id": None,
        "product": product,
        "serial": serial,
        "quantity": 1,
        "term": A_YEAR,
        "status": "active" if ends_at > now else "ended",
        "end_reason": None if ends_at > now else "term",
        "starts_at": None,
        "ends_at": ends_at,
        "auto_renewal": False,
        "created_at": now,
    }
    connection.execute(_OPEN.of(connection), values)
    connection.execute(
        sa.update(subscription)
        .where(subscription.c.id == subscription_id, subscription.c.ends_at < ends_at)
        .values(
            ends_at=ends_at,
            status="active" if ends_at > now else subscription.c.status,
            end_reason=None if ends_at > now else subscription.c.end_reason,
        )
    )
    renewal_timer.wake(connection, subscription_id, now)
    return subscription_id


def get(connection: sa.Connection, subscription_id: str) -> Subscription | None:
    row = connection.execute(_GET, {"wanted": subscription_id}).mappings().first()
    return None if row is None else Subscription(**row)


def lock(connection: sa.Connection, subscription_id: str) -> Subscription | None:
    """Lock the subscription until this transaction ends; return it."""
    row = connection.execute(_GET_LOCKED, {"wanted": subscription_id}).mappings().first()
    return None if row is None else Subscription(**row)


def list_renewed_together(connection: sa.Connection, subscription_id: str) -> tuple[Subscription, ...]:
    """Return those that are renewed with this one, itself among them: of one order, running, with the same end.

    Those that renew come first: a trial's moments are those of what goes on.
    What was bought before the desk came belongs together where it ends together. Nothing where it doesn't run.
    """
    known = get(connection, subscription_id)
    if known is None:
        return ()
    return _together(known, of_account(connection, known.account_id), terms(connection, known.account_id))


def all_together(connection: sa.Connection, account_id: str) -> Iterator[tuple[Subscription, ...]]:
    """Yield all that runs on the account, each with those that are renewed with it; the account is read once."""
    bought, by = of_account(connection, account_id), terms(connection, account_id)
    seen: set[str] = set()
    for of in bought:
        if of.id not in seen and (group := _together(of, bought, by)):
            seen |= {each.id for each in group}
            yield group


def _together(
    of: Subscription, bought: Sequence[Subscription], by: Mapping[str, TermOrder]
) -> tuple[Subscription, ...]:
    if of.ends_at is None or of.status not in ("active", "grace"):
        return ()
    return tuple(
        other
        for other in sorted(bought, key=lambda s: (not s.auto_renewal, s.id))
        if other.ends_at == of.ends_at and other.status in ("active", "grace") and by.get(other.id) == by.get(of.id)
    )


def lock_together(connection: sa.Connection, subscription_id: str) -> tuple[Subscription, ...]:
    """Return the same, and nobody else moves them before this transaction ends. Locked in the order of their ids."""
    for other in sorted(list_renewed_together(connection, subscription_id), key=lambda s: s.id):
        lock(connection, other.id)
    lock(connection, subscription_id)
    return list_renewed_together(connection, subscription_id)


def prolong(connection: sa.Connection, of: Subscription, zone: ZoneInfo, now: datetime) -> None:
    """Put the end off by its term, without an order: it costs nothing."""
    if of.ends_at is None:
        return
    ends_at = end_after(of.ends_at, of.term, zone, of.anchor)
    connection.execute(sa.update(subscription).where(subscription.c.id == of.id).values(ends_at=ends_at))
    renewal_timer.wake(connection, of.id, now)


def holder(connection: sa.Connection, subscription_id: str) -> AccountRecord | None:
    known = get(connection, subscription_id)
    return None if known is None else accounts.get(connection, known.account_id)


def set_grace(connection: sa.Connection, subscription_id: str) -> None:
    """Let it go on for the days of grace."""
    connection.execute(sa.update(subscription).where(subscription.c.id == subscription_id).values(status="grace"))


def set_ended(connection: sa.Connection, subscription_id: str) -> None:
    """End it with its term, for the reason that is known.

    `withdrawn` where a person has accepted a withdrawal from its order, whatever followed from that; `cancelled` where
    the order was to renew it, and that was switched off since.
    """
    of = get(connection, subscription_id)
    if of is None:
        return
    term = terms(connection, of.account_id).get(of.id)
    order = order_record.get(connection, term.order_id) if term is not None else None
    cancelled = order is not None and order.auto_renewal and not of.auto_renewal and _renewing(order, of)
    known = "disputed" if of.end_reason == "dispute_won" else of.end_reason
    reason = known or ("cancelled" if cancelled else "term")
    if term is not None and is_withdrawn(connection, term.order_id):
        reason = "withdrawn"
    ended = sa.update(subscription).where(subscription.c.id == of.id).values(status="ended", end_reason=reason)
    connection.execute(ended)


def is_withdrawn(connection: sa.Connection, order_id: str) -> bool:
    """Return whether a person has accepted a withdrawal from this order."""
    return connection.execute(_WITHDRAWN, {"of": order_id}).scalar_one()


def _renewing(order: OrderRecord, of: Subscription) -> bool:
    line = line_of(order, of)
    return line is not None and line.renewing


def line_of(order: OrderRecord, of: Subscription) -> Item | None:
    """Return the line by which the order has begun or renewed it."""
    lines = enumerate(order.items)
    return next((item for n, item in lines if item.renews == of.id or (item.begins and _id(order, n) == of.id)), None)


def goes_on(connection: sa.Connection, of: Subscription, bought: Sequence[Subscription] | None = None) -> bool:
    """Return whether nothing is lost with its end.

    Another one of the same product, or a plan in its place, goes on for the same company where this one ends, or since
    then. One whose money went back doesn't count. `bought`: the account's subscriptions, where they are known.
    """
    if of.ends_at is None:
        return False
    return any(
        other.id != of.id
        and other.status in ("active", "grace")
        and other.starts_at is not None
        and other.starts_at >= of.ends_at
        and takes_place(connection, other, of)
        for other in (bought if bought is not None else of_account(connection, of.account_id))
    )


def takes_place(connection: sa.Connection, other: Subscription, of: Subscription) -> bool:
    """Return whether the other is of the same product, or a plan in its place, for the same company."""
    by = terms(connection, of.account_id)
    return _same_company(by.get(other.id), by.get(of.id)) and of.product in _takes_place_of(connection, other)


def _takes_place_of(connection: sa.Connection, other: Subscription) -> set[str]:
    """Return the products that nothing is lost of while this one runs."""
    begun_by = order_record.get(connection, other.order_id) if other.order_id is not None else None
    line = line_of(begun_by, other) if begun_by is not None else None
    return {other.product, *((line.id, *line.instead) if line is not None else ())}


def _same_company(one: TermOrder | None, other: TermOrder | None) -> bool:
    """Return True also where it isn't known for which company something was bought."""
    return one is None or other is None or one.company_id == other.company_id


def running_but(connection: sa.Connection, these: sa.Select[str]) -> list[str]:
    """Return the ids of all that have begun and haven't ended, `these` left out."""
    return list(
        connection.execute(
            sa.select(subscription.c.id)
            .where(subscription.c.status.in_(("active", "grace")), subscription.c.ends_at.is_not(None))
            .where(subscription.c.id.not_in(these))
            .order_by(subscription.c.ends_at, subscription.c.id)
        ).scalars()
    )


def drop_pending(connection: sa.Connection, order_id: str) -> None:
    """Drop what an order was to give that was cancelled before it was paid."""
    connection.execute(
        sa.delete(subscription).where(subscription.c.order_id == order_id, subscription.c.status == "pending")
    )


def set_auto_renewal(connection: sa.Connection, *, account_id: str, on: bool, but: Collection[str] = ()) -> bool:
    """Switch the renewal of all that hasn't ended, except of these products; False if there is nothing to renew.

    What is ordered and not paid yet renews as it is said last: its money may come after a withdrawal, or a cancelled
    order's after all. What the money went back for stays off.
    """
    connection.execute(
        sa.update(sales_order)
        .where(sales_order.c.account_id == account_id, sales_order.c.paid_at.is_(None))
        .values(auto_renewal=on)
    )
    changed = connection.execute(
        sa.update(subscription)
        .where(subscription.c.account_id == account_id, subscription.c.status != "ended")
        .where(subscription.c.product.not_in(but))
        .where(sa.or_(subscription.c.end_reason.is_(None), subscription.c.end_reason.not_in(FINAL)))
        .values(auto_renewal=on, **({"end_reason": None} if on else {}))
        .returning(subscription.c.id)
    )
    return changed.first() is not None


def renew_no_more(connection: sa.Connection, ids: Collection[str]) -> None:
    """Switch off the renewal of these."""
    connection.execute(sa.update(subscription).where(subscription.c.id.in_(ids)).values(auto_renewal=False))


def set_renewal_of_order(connection: sa.Connection, order_id: str, *, on: bool) -> None:
    """Switch the renewal of what an unpaid order is to give: it was agreed to, or not, with another method."""
    of = sa.and_(sales_order.c.id == order_id, sales_order.c.status == "placed")
    connection.execute(sa.update(sales_order).where(of).values(auto_renewal=on))
    order = order_record.get(connection, order_id)
    lines = enumerate(order.items) if order is not None else ()
    ids = [_id(order, line) for line, item in lines if item.renewing] if order is not None else []
    connection.execute(
        sa.update(subscription)
        .where(subscription.c.id.in_(ids), subscription.c.status == "pending")
        .values(auto_renewal=on)
    )


def of_order(connection: sa.Connection, order_id: str) -> list[Subscription]:
    """Return what the order has begun or made go on, whatever became of it since."""
    rows = [row for query in (_OF_ORDER, _PUT_OFF) for row in connection.execute(query, {"of": order_id}).mappings()]
    return list({row["id"]: Subscription(**row) for row in rows}.values())


def stop_renewal(connection: sa.Connection, order: OrderRecord, why: EndReason) -> list[Subscription]:
    """Switch off the renewal of what this order gave and hasn't ended; return what was stopped.

    It runs to its end. Only the customer's own word, where `why` allows it, or a new term switches it on again. What
    another order has made go on since isn't stopped by a refund of the term before.
    """
    by = terms(connection, order.account_id)
    last = {subscription_id for subscription_id, term in by.items() if term.order_id == order.id}
    running = [
        of
        for of in of_order(connection, order.id)
        if of.status != "ended" and of.end_reason != why and (why != "refunded" or of.id in last)
    ]
    connection.execute(
        sa.update(subscription)
        .where(subscription.c.id.in_([of.id for of in running]))
        .values(auto_renewal=False, end_reason=why)
    )
    return running


def allow_renewal(
    connection: sa.Connection, order_id: str, after: EndReason, why: EndReason | None
) -> list[Subscription]:
    """Let the customer switch the renewal on again that was stopped for the reason `after`; it stays off till then."""
    stopped = [of for of in of_order(connection, order_id) if of.end_reason == after and of.status != "ended"]
    ids = [of.id for of in stopped]
    connection.execute(sa.update(subscription).where(subscription.c.id.in_(ids)).values(end_reason=why))
    return stopped


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
