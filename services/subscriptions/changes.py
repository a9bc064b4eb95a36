"""Changes within a term: more of a subscription, or another plan, for the days that are left or from the next term on.

What is added now is an order of its own, whose line names the subscription it adds to (`Item.adds`) and, where it is
another plan, the one before (`Item.instead`): its money changes what runs until the term's end, and what is renewed.
That it did so stands beside the extensions of the subscription, with the same end twice.
"""

from collections.abc import Callable, Collection
from datetime import datetime

import sqlalchemy as sa

from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item
from services.store.tables.subscriptions import subscription
from services.store.tables.subscriptions import subscription_extension as extension
from services.subscriptions import subscription_record, subscriptions
from services.subscriptions.subscription_record import Subscription


def term_begun(connection: sa.Connection, of: Subscription) -> datetime | None:
    """Return when the running term began: with the subscription, where the one before ended, or with its money."""
    put_off = sa.select(extension.c.from_end).where(
        extension.c.subscription_id == of.id,
        extension.c.to_end == of.ends_at,
        extension.c.from_end != extension.c.to_end,
    )
    begun = connection.execute(put_off).scalar() or of.starts_at
    return max(begun, of.anchor) if begun is not None and of.anchor is not None else begun


def add(connection: sa.Connection, order: OrderRecord, now: datetime) -> None:
    """Add what the paid order is for; that renews, too. A second call changes nothing, nor does money that is late."""
    for of, item in _added_to(connection, order):
        if _is_over(of, item):
            continue
        noted = {"order_id": order.id, "subscription_id": of.id, "from_end": of.ends_at, "to_end": of.ends_at}
        if connection.execute(subscriptions.EXTENDED.of(connection), {**noted, "at": now}).first() is not None:
            set_now(connection, of, item.id, item.quantity if item.instead else of.quantity + item.quantity)


Read = Callable[[sa.Connection, str], Subscription | None]


def is_late(
    connection: sa.Connection, order: OrderRecord, read: Read = subscription_record.lock, *, lapsed: bool = False
) -> bool:
    """Return whether what the order was to change is over, or isn't what it was ordered for any more.

    Such money gives nothing and goes back: what runs has been changed otherwise since, and stays. Of a `lapsed` order
    so does that beside another wish for the next term.
    """
    given = {of.id for of in changed_by_order(connection, order.id)}  # and paid by mistake, with another's money
    return any(
        _has_ended(of, item)
        or (
            of.id not in given and (_is_over(of, item) or (lapsed and (of.next_plan, of.next_quantity) != (None, None)))
        )
        for of, item in _added_to(connection, order, read)
    )


def _is_over(of: Subscription, item: Item) -> bool:
    before = (*item.instead, item.id)[0], of.quantity if item.before is None else item.before
    return _has_ended(of, item) or (of.product, of.quantity) != before


def _has_ended(of: Subscription, item: Item) -> bool:
    return of.status not in ("active", "grace") or of.ends_at != item.until


def undo_additions(connection: sa.Connection, order: OrderRecord) -> None:
    """Take off what the order has added to a term that still runs: its money is back.

    What was paid for since and stands on it holds it: seats of a plan that would go, a plan taken instead of the seats.
    """
    for of, item in _added_to(connection, order):
        by = [] if of.ends_at is None else changed_by(connection, of, of.ends_at)
        ids = [one.id for one, _ in by]
        if order.id not in ids or any(item.instead or one.instead for _, one in by[ids.index(order.id) + 1 :]):
            continue
        noted = (extension.c.order_id == order.id, extension.c.subscription_id == of.id)
        connection.execute(sa.delete(extension).where(*noted, extension.c.to_end == of.ends_at))
        if of.product == item.id and not item.instead:
            _drop(connection, of, item.quantity)
            continue
        others = [line for one, line in by if one.id != order.id]
        set_now(connection, of, *_before(connection, of, item, others))


def renew_what_is_paid(
    connection: sa.Connection, order: OrderRecord, is_back: Callable[[sa.Connection, str], bool]
) -> None:
    """Renew what is paid for, where the money of what the order has changed has just gone back, or come again.

    What runs stays till its end. Another wish for the next term stays, too, unless it is for what has gone back.
    """
    for of, _ in _added_to(connection, order):
        by = changed_by(connection, of, of.ends_at) if of.ends_at is not None else []
        if of.status not in ("active", "grace") or order.id not in {one.id for one, _ in by}:
            continue
        back = {one.id for one, _ in by if is_back(connection, one.id)}
        wished, was = (of.renewed_product, of.renewed_quantity), _paid(connection, of, by, back ^ {order.id})
        plan, number = _paid(connection, of, by, back)
        if wished == was or (wished[0] == plan and number < wished[1] <= of.quantity):
            set_next(connection, of, plan, number)


def is_renewed_unpaid(
    connection: sa.Connection,
    of: Subscription,
    order: OrderRecord,
    back_at: datetime | None,
    is_back: Callable[[sa.Connection, str], bool],
) -> bool:
    """Return whether what the order added is renewed, or was and runs since, though its money was back by then.

    Any other number or plan that is wished for the next term, or was ordered since, is an answer to that.
    """
    item = next(item for item in order.items if item.adds == of.id)
    if of.ends_at is None or item.until is None or (of.next_plan, of.next_quantity) != (None, None):
        return False
    by = changed_by(connection, of, of.ends_at)
    if item.until == of.ends_at:
        back = {one.id for one, _ in by if is_back(connection, one.id)}
        return _paid(connection, of, by, back) != (of.product, of.quantity)
    put_off = (extension.c.subscription_id == of.id, extension.c.from_end == item.until)
    renewed = connection.execute(
        sa.select(extension.c.order_id).where(*put_off, extension.c.to_end > item.until)
    ).scalar()
    by_order = order_record.get(connection, renewed) if renewed is not None else None
    line = subscription_record.line_of(by_order, of) if by_order is not None else None
    if by_order is None or line is None or by or back_at is None or back_at > by_order.placed_at:
        return False
    then = changed_by(connection, of, item.until)
    last = then[-1][1] if then else item
    ran = last.id, last.quantity if last.instead else (last.before or 0) + last.quantity
    if not ran == (line.id, line.quantity) == (of.product, of.quantity):
        return False
    back = {order.id, *(one.id for one, _ in then if is_back(connection, one.id))}
    return _paid(connection, of, then, back) != ran


def find_left(connection: sa.Connection, order: OrderRecord) -> tuple[str, int, datetime | None] | None:
    """Return the rest of a change whose money is back: the plan, its quantity, and the day from which they hold.

    No moment: it is so already. None where the term is over or isn't followed by another, or nothing went.
    """
    for of, item in _added_to(connection, order, subscription_record.get):
        if _has_ended(of, item):
            continue
        if of.id not in {one.id for one in changed_by_order(connection, order.id)}:
            return of.product, of.quantity, None
        if of.auto_renewal and (of.next_plan, of.next_quantity) != (None, None):
            return of.renewed_product, of.renewed_quantity, of.ends_at
    return None


def _paid(
    connection: sa.Connection, of: Subscription, by: list[tuple[OrderRecord, Item]], back: Collection[str]
) -> tuple[str, int]:
    """Return which plan, and how many of it, are left without the changes whose money is `back`."""
    plan, number, left = of.product, of.quantity, list(by)
    for one in reversed(by):
        above = left[left.index(one) + 1 :]
        if one[0].id not in back or any(one[1].instead or line.instead for _, line in above):
            continue
        left.remove(one)
        if plan == one[1].id and not one[1].instead:
            number -= one[1].quantity
        else:
            plan, number = _before(connection, of, one[1], [line for _, line in left])
    return plan, number


def _before(connection: sa.Connection, of: Subscription, item: Item, others: list[Item]) -> tuple[str, int]:
    """Return the plan, and how many of it, that ran before this change, and run without it beside the others."""
    before = item.before
    if before is None or not item.instead:  # a plan that costs no more has taken the place of these seats
        before = count(_sold(connection, of), others)
    return (*item.instead, item.id)[0], before


def _sold(connection: sa.Connection, of: Subscription) -> int:
    """Return how many of it the running term was sold with."""
    sold = order_record.get(connection, subscription_record.terms(connection, of.account_id)[of.id].order_id)
    line = subscription_record.line_of(sold, of) if sold is not None else None
    return line.quantity if line is not None else of.quantity


def find_beside(connection: sa.Connection, order: OrderRecord) -> list[OrderRecord]:
    """Return the orders by which the same running terms were changed, the last in front."""
    terms = [of for of, _ in _added_to(connection, order)]
    found = [one for of in terms if of.ends_at is not None for one, _ in changed_by(connection, of, of.ends_at)]
    return [one for one in reversed(found) if one.id != order.id]


def added_until(connection: sa.Connection, of: Subscription, ends_at: datetime) -> list[Item]:
    """Return the lines by which the term was changed that ends then, since it was sold, in their order."""
    return [item for _, item in changed_by(connection, of, ends_at)]


def changed_by(connection: sa.Connection, of: Subscription, ends_at: datetime) -> list[tuple[OrderRecord, Item]]:
    """Return the same, with their orders."""
    noted = sa.select(extension.c.order_id).where(
        extension.c.subscription_id == of.id, extension.c.from_end == ends_at, extension.c.to_end == ends_at
    )
    ids = connection.execute(noted.order_by(extension.c.at)).scalars().all()
    orders = [order for id in ids if (order := order_record.get(connection, id)) is not None]
    return [(order, item) for order in orders for item in order.items if item.adds == of.id]


def changed_by_order(connection: sa.Connection, order_id: str) -> list[Subscription]:
    """Return what the order has changed within its term."""
    noted = sa.select(extension.c.subscription_id).where(
        extension.c.order_id == order_id, extension.c.from_end == extension.c.to_end
    )
    ids = connection.execute(noted.order_by(extension.c.subscription_id)).scalars().all()
    return [of for id in ids if (of := subscription_record.get(connection, id)) is not None]


def count(sold: int, added: list[Item]) -> int:
    """Return how many there are of what was sold, with what was added since or taken instead."""
    for item in added:
        sold = item.quantity if item.instead else sold + item.quantity
    return sold


def set_next(connection: sa.Connection, of: Subscription, plan: str, number: int) -> None:
    """Let so many of that plan be renewed with the next term."""
    kept = {
        "next_quantity": None if number == of.quantity else number,
        "next_plan": None if plan == of.product else plan,
    }
    connection.execute(sa.update(subscription).where(subscription.c.id == of.id).values(kept))


def set_now(connection: sa.Connection, of: Subscription, plan: str, number: int) -> None:
    """Let so many of that plan run from now on, and be renewed."""
    values = {"product": plan, "quantity": number, "next_quantity": None, "next_plan": None}
    connection.execute(sa.update(subscription).where(subscription.c.id == of.id).values(values))


def _added_to(
    connection: sa.Connection, order: OrderRecord, read: Read = subscription_record.lock
) -> list[tuple[Subscription, Item]]:
    """Return what the order adds to, locked, with the line that does."""
    wanted = [(item, read(connection, item.adds)) for item in order.items if item.adds is not None]
    return [(of, item) for item, of in wanted if of is not None and of.account_id == order.account_id]


def _drop(connection: sa.Connection, of: Subscription, number: int) -> None:
    """Take so many off what runs, and off what is to be renewed instead of it, of which some are always left."""
    after = of.next_quantity
    left = after - number if after is not None and after > number else after
    fewer = {"quantity": of.quantity - number, "next_quantity": left}
    connection.execute(sa.update(subscription).where(subscription.c.id == of.id).values(fewer))
