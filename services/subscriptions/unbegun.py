"""Terms bought ahead, whose money is all back before they begin: they don't begin.

The term that runs before them runs to its end and isn't followed by another, for nobody is charged for what was given
back. Only the last term of a subscription is taken back: what another order has made go on since keeps its dates.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item
from services.store.tables.subscriptions import subscription
from services.store.tables.subscriptions import subscription_extension as extension
from services.subscriptions import changes, renewal_timer, renewed_together, subscription_record
from services.subscriptions.subscription_record import EndReason, Subscription
from values.term import A_YEAR, Term, end_after


def cancel_unbegun_terms(
    connection: sa.Connection, order: OrderRecord, why: EndReason, now: datetime, *, at_once: bool = False
) -> list[Subscription]:
    """Take back the terms of this order that haven't begun; return what now ends before them, or never begins.

    `at_once`: the term that has begun ends, too; where it was withdrawn from, what went back is ended by that.
    """
    by = subscription_record.terms(connection, order.account_id)
    changed: list[Subscription] = []
    for of in subscription_record.of_order(connection, order.id):
        if why == "withdrawn" and of.end_reason == "refunded":
            _set(connection, of, end_reason=why)
        if of.status == "ended" or of.id not in by or by[of.id].order_id != order.id:
            continue
        from_end = _put_off_from(connection, order, of)
        begins = of.starts_at if from_end is None else from_end
        if begins is None or begins <= now:
            changed += [end_now(connection, of, why, now)] if begins is not None and at_once else []
        elif from_end is not None:
            changed.append(_brought_back(connection, order, of, from_end, why, now))
        elif not _followed(connection, of):
            before = [one for one in _around(connection, of) if one.ends_at == of.starts_at]
            changed += [_never_begun(connection, of, why), *(_stopped(connection, one, why) for one in before)]
    return changed


def begin_after_all(connection: sa.Connection, order: OrderRecord, now: datetime) -> None:
    """Give back what was called off: the refund has failed, and the money stays."""
    changes.add(connection, order, now)
    for of in subscription_record.of_order(connection, order.id):
        if of.end_reason not in ("refunded", "disputed"):
            continue
        values = {"status": "active", "end_reason": None}
        from_end = _put_off_from(connection, order, of, called_off=True)
        if from_end is not None:
            line = subscription_record.line_of(order, of)
            sold = {"product": line.id} if line is not None and line.instead else {}
            term, quantity = _sold(line, of)
            ends_at = end_after(from_end, term, order.zone, of.anchor)
            _set(connection, of, ends_at=ends_at, term=term, quantity=quantity, **sold, **values)
        elif of.starts_at is not None and of.starts_at == of.ends_at:
            _set(connection, of, ends_at=end_after(of.starts_at, of.term, order.zone), **values)
            for before in _around(connection, of):
                if before.ends_at == of.starts_at and before.end_reason == of.end_reason:
                    _set(connection, before, end_reason=None)
        elif of.status == "ended" and (stays := term_bought(connection, order, of)[1]) > (of.ends_at or now):
            _set(connection, of, ends_at=stays, **values)
        else:
            continue
        renewal_timer.wake(connection, of.id, now)


def term_bought(connection: sa.Connection, order: OrderRecord, of: Subscription) -> tuple[datetime, datetime]:
    """Return the beginning and the end of the term that this order gave, though it was ended before."""
    mine = (extension.c.order_id == order.id, extension.c.subscription_id == of.id)
    put_off = connection.execute(sa.select(extension.c.from_end, extension.c.to_end).where(*mine)).first()
    if put_off is not None:
        return put_off.from_end, put_off.to_end
    begun = of.starts_at or order.placed_at
    return begun, end_after(begun, _sold(subscription_record.line_of(order, of), of)[0], order.zone, of.anchor)


def _put_off_from(
    connection: sa.Connection, order: OrderRecord, of: Subscription, *, called_off: bool = False
) -> datetime | None:
    """Return the end that this order has put off to the present one, or that stands again once it is called off."""
    now_at = extension.c.from_end if called_off else extension.c.to_end
    return connection.execute(
        sa.select(extension.c.from_end).where(
            extension.c.order_id == order.id,
            extension.c.subscription_id == of.id,
            extension.c.from_end != extension.c.to_end,
            now_at == of.ends_at,
        )
    ).scalar()


def _brought_back(
    connection: sa.Connection, by: OrderRecord, of: Subscription, to: datetime, why: EndReason, now: datetime
) -> Subscription:
    """Let it end where it ended before this order, with what it had then."""
    before = connection.execute(
        sa.select(extension.c.order_id).where(
            extension.c.subscription_id == of.id, extension.c.to_end == to, extension.c.from_end != to
        )
    ).scalar()
    order_id = before or of.order_id
    order = order_record.get(connection, order_id) if order_id is not None else None
    term, quantity = _sold(subscription_record.line_of(order, of), of) if order is not None else (A_YEAR, 1)
    added, line = changes.added_until(connection, of, to), subscription_record.line_of(by, of)
    sold = {"term": term, "quantity": changes.count(quantity, added)}
    sold |= {"product": line.instead[0]} if line is not None and line.renews and line.instead else {}
    changed = _set(connection, of, ends_at=to, **sold, auto_renewal=False, end_reason=why)
    renewal_timer.wake(connection, of.id, now)
    return changed


def end_now(connection: sa.Connection, of: Subscription, why: EndReason, now: datetime) -> Subscription:
    """End what runs, at this moment."""
    renewal_timer.drop(connection, of.id)
    ends_at = min(of.ends_at or now, now)
    return _set(connection, of, status="ended", ends_at=ends_at, auto_renewal=False, end_reason=why)


def _never_begun(connection: sa.Connection, of: Subscription, why: EndReason) -> Subscription:
    changed = _set(connection, of, status="ended", ends_at=of.starts_at, auto_renewal=False, end_reason=why)
    renewal_timer.drop(connection, of.id)
    return changed


def _stopped(connection: sa.Connection, of: Subscription, why: EndReason) -> Subscription:
    return _set(connection, of, auto_renewal=False, end_reason=why)


def _around(connection: sa.Connection, of: Subscription) -> list[Subscription]:
    """Return what runs of the same company beside this one and is the same product, or one in whose place it is."""
    return [
        one
        for one in subscription_record.of_account(connection, of.account_id)
        if one.id != of.id and one.status in ("active", "grace") and renewed_together.replaces_term(connection, of, one)
    ]


def _followed(connection: sa.Connection, of: Subscription) -> bool:
    others = subscription_record.of_account(connection, of.account_id)
    return any(one.starts_at == of.ends_at and renewed_together.replaces_term(connection, one, of) for one in others)


def _sold(line: Item | None, of: Subscription) -> tuple[Term, int]:
    """Return for which term, and how much of it, a line has sold."""
    return (line.term, line.quantity) if line is not None else (of.term, of.quantity)


def _set(connection: sa.Connection, of: Subscription, **values: Any) -> Subscription:
    """Store what changes; return the subscription with it."""
    connection.execute(sa.update(subscription).where(subscription.c.id == of.id).values(**values))
    return replace(of, **values)
