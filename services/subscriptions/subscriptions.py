"""Subscriptions: what a paid order gives, for how long, and whether it renews itself.

One per line of an order that isn't sold once: pending when the order is placed, active when its money is booked. Bought
again for the same company while one of the same product still runs, the new one begins where that one ends; an add-on
begins with the plan of its order. A line that renews one puts its end off instead, counted from the old end. What was
bought before the desk came is taken over from the seller's books (`adopt`).
"""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.keyed_hash import derived_id
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item
from services.store.statements import PerDialect
from services.store.tables.orders import sales_order
from services.store.tables.subscriptions import subscription
from services.store.tables.subscriptions import subscription_extension as extension
from services.subscriptions import renewal_timer, renewed_together
from services.subscriptions.subscription_record import (
    FINAL,
    OF_ORDER,
    EndReason,
    Subscription,
    get,
    is_withdrawn,
    line_id,
    line_of,
    lock,
    of_account,
    of_order,
    terms,
)
from values.term import A_YEAR, days_after, end_after

_OPEN = PerDialect(subscription, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]))
EXTENDED = PerDialect(
    extension,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["order_id", "subscription_id"]).returning(
        extension.c.order_id
    ),
)


def open_pending_terms(connection: sa.Connection, order: OrderRecord, now: datetime) -> None:
    """Note what the order will give once it is paid. A second call changes nothing."""
    for line, item in enumerate(order.items):
        if not item.begins:
            continue
        connection.execute(
            _OPEN.of(connection),
            {
                "id": line_id(order, line),
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
    open_pending_terms(connection, order, now)
    begins_after = {line_id(order, line): item.of or item.id for line, item in enumerate(order.items)}
    instead = {item.id: item.instead for item in order.items}
    trials = {line_id(order, line): item.trial for line, item in enumerate(order.items)}
    for item in (renewed := sorted((one for one in order.items if one.renews), key=lambda one: str(one.renews))):
        _extend(connection, order, str(item.renews), item, now)
    if renewed:  # all of them, as one may end with a plan now that isn't renewed
        renewed_together.stop_left_behind(connection, order.account_id)
    begun = [row for row in connection.execute(OF_ORDER, {"of": order.id}).mappings() if row["status"] == "pending"]
    ends = {
        product: _runs_until(connection, order, (product, *instead.get(product, ())), now)
        for product in begins_after.values()
    }
    for row in begun:
        starts_at, days = ends[begins_after[row["id"]]], trials[row["id"]]
        free = days_after(starts_at, days, order.zone) if days else None
        ends_at = free or end_after(starts_at, row["term"], order.zone)
        anchor = None if free else starts_at  # the paid term's, which begins with the trial's end
        new = {"starts_at": starts_at, "ends_at": ends_at, "anchor": anchor, "trial_ends_at": free}
        connection.execute(sa.update(subscription).where(subscription.c.id == row["id"]).values(status="active", **new))
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


def prolong(connection: sa.Connection, of: Subscription, zone: ZoneInfo, now: datetime) -> None:
    """Put the end off by its term, without an order: it costs nothing."""
    if of.ends_at is None:
        return
    ends_at = end_after(of.ends_at, of.term, zone, of.anchor)
    connection.execute(sa.update(subscription).where(subscription.c.id == of.id).values(ends_at=ends_at))
    renewal_timer.wake(connection, of.id, now)


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


def _renewing(order: OrderRecord, of: Subscription) -> bool:
    return (line := line_of(order, of)) is not None and line.renewing


def drop_pending(connection: sa.Connection, order_id: str) -> None:
    """Drop what an order was to give that was cancelled before it was paid."""
    connection.execute(
        sa.delete(subscription).where(subscription.c.order_id == order_id, subscription.c.status == "pending")
    )


def set_auto_renewal(
    connection: sa.Connection, *, account_id: str, on: bool, but: Collection[str] = (), company: str = ""
) -> bool:
    """Switch the renewal of all that hasn't ended, or one company's; False if there is nothing to renew.

    What isn't paid yet renews as it is said last, as its money may come after all. What the money went back for stays.
    """
    connection.execute(
        sa.update(sales_order)
        .where(sales_order.c.account_id == account_id, sales_order.c.paid_at.is_(None))
        .where(sales_order.c.company_id == company if company else sa.true())
        .values(auto_renewal=on)
    )
    of = [id for id, one in terms(connection, account_id).items() if company in ("", one.company_id)]
    changed = connection.execute(
        sa.update(subscription)
        .where(subscription.c.account_id == account_id, subscription.c.status != "ended")
        .where(subscription.c.product.not_in(but), subscription.c.id.in_(of) if company else sa.true())
        .where(sa.or_(subscription.c.end_reason.is_(None), subscription.c.end_reason.not_in(FINAL)))
        .values(auto_renewal=on, **({"end_reason": None} if on else {}))
        .returning(subscription.c.id)
    )
    switched = set(changed.scalars())
    return bool(switched - {of.id for of in (renewed_together.stop_left_behind(connection, account_id) if on else ())})


def renew_no_more(connection: sa.Connection, ids: Collection[str]) -> None:
    """Switch off the renewal of these."""
    connection.execute(sa.update(subscription).where(subscription.c.id.in_(ids)).values(auto_renewal=False))


def set_renewal_of_order(connection: sa.Connection, order_id: str, *, on: bool) -> None:
    """Switch the renewal of what an unpaid order is to give: it was agreed to, or not, with another method."""
    of = sa.and_(sales_order.c.id == order_id, sales_order.c.status == "placed")
    connection.execute(sa.update(sales_order).where(of).values(auto_renewal=on))
    order = order_record.get(connection, order_id)
    lines = enumerate(order.items) if order is not None else ()
    ids = [line_id(order, line) for line, item in lines if item.renewing] if order is not None else []
    connection.execute(
        sa.update(subscription)
        .where(subscription.c.id.in_(ids), subscription.c.status == "pending")
        .values(auto_renewal=on)
    )


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
