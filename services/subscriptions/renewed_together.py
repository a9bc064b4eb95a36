"""Subscriptions that are renewed together, and those that take another's place."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from services.orders import order_record
from services.store.tables.subscriptions import subscription
from services.subscriptions.subscription_record import (
    Subscription,
    TermOrder,
    get,
    line_id,
    line_of,
    lock,
    of_account,
    terms,
)

RUNNING = ("active", "grace")


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
    if of.ends_at is None or of.status not in RUNNING:
        return ()
    return tuple(
        other
        for other in sorted(bought, key=lambda s: (not s.auto_renewal, s.id))
        if other.ends_at == of.ends_at and other.status in RUNNING and by.get(other.id) == by.get(of.id)
    )


def lock_together(connection: sa.Connection, subscription_id: str) -> tuple[Subscription, ...]:
    """Return the same, and nobody else moves them before this transaction ends. Locked in the order of their ids."""
    for other in sorted(list_renewed_together(connection, subscription_id), key=lambda s: s.id):
        lock(connection, other.id)
    lock(connection, subscription_id)
    return list_renewed_together(connection, subscription_id)


def lock_with_addons(connection: sa.Connection, subscription_id: str) -> tuple[Subscription, ...]:
    """Lock what an act on this subscription is about, and return it: itself in front, and a plan's add-ons behind it.

    Locked with all that is renewed together. Nothing where it doesn't run.
    """
    known = get(connection, subscription_id)
    addons = list_addons(connection, known) if known is not None else ()
    together = (*list_renewed_together(connection, subscription_id), *addons)
    for id in sorted({subscription_id, *(of.id for of in together)}):
        lock(connection, id)
    of = get(connection, subscription_id)
    return (of, *list_addons(connection, of)) if of is not None and of.status in RUNNING else ()


def find_plan(connection: sa.Connection, of: Subscription) -> Subscription | None:
    """Return the plan that an add-on was bought with; None for a plan, or where its order doesn't say."""
    order = order_record.get(connection, of.order_id) if of.order_id is not None else None
    line = line_of(order, of) if order is not None else None
    if order is None or line is None or line.of is None:
        return None
    named = (item.renews or line_id(order, n) for n, item in enumerate(order.items) if item.id == line.of)
    return next((plan for id in named if (plan := get(connection, id)) is not None), None)


def list_addons(connection: sa.Connection, plan: Subscription) -> tuple[Subscription, ...]:
    """Return the add-ons that run and were bought with this plan, or with one in whose place it is, now ended."""
    found = ((of, find_plan(connection, of)) for of in of_account(connection, plan.account_id) if of.status in RUNNING)
    return tuple(of for of, by in found if by is not None and _is_in_place_of(connection, plan, by))


def _is_in_place_of(connection: sa.Connection, plan: Subscription, by: Subscription) -> bool:
    return plan.id == by.id or (by.status == "ended" and replaces_term(connection, plan, by))


def is_left_behind(connection: sa.Connection, of: Subscription, since: datetime | None = None) -> bool:
    """Return whether an add-on has no plan to be renewed with.

    Neither the one that it was bought with nor another in its place renews, or is paid for beyond the add-on's end, or
    was beyond that moment.
    """
    plan, ends_at = find_plan(connection, of), since or of.ends_at
    if plan is None or ends_at is None:
        return False
    every = of_account(connection, of.account_id)
    running = (s for s in every if since is not None or s.status in RUNNING)
    going = (s for s in running if (s.ends_at is not None and s.ends_at > ends_at) or _renews(s))
    return not any(replaces_term(connection, other, plan) for other in going)


def _renews(of: Subscription) -> bool:
    return of.auto_renewal and of.status in RUNNING


def stop_left_behind(connection: sa.Connection, account_id: str) -> list[Subscription]:
    """Switch off the renewal of the account's add-ons that have no plan to be renewed with; return them."""
    left = [of for of in of_account(connection, account_id) if _renews(of) and is_left_behind(connection, of)]
    off = sa.update(subscription).where(subscription.c.id.in_([of.id for of in left]))
    connection.execute(off.values(auto_renewal=False))
    return left


def is_continued(connection: sa.Connection, of: Subscription, bought: Sequence[Subscription] | None = None) -> bool:
    """Return whether nothing is lost with its end.

    Another one of the same product, or a plan in its place, goes on for the same company where this one ends, or since
    then. One whose money went back doesn't count. `bought`: the account's subscriptions, where they are known.
    """
    if of.ends_at is None:
        return False
    return any(
        other.id != of.id
        and other.status in RUNNING
        and other.starts_at is not None
        and other.starts_at >= of.ends_at
        and replaces_term(connection, other, of)
        for other in (bought if bought is not None else of_account(connection, of.account_id))
    )


def replaces_term(connection: sa.Connection, other: Subscription, of: Subscription) -> bool:
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
