"""Subscriptions that are renewed together, and those that take another's place."""

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from services.orders import order_record
from services.subscriptions.subscription_record import Subscription, TermOrder, get, line_of, lock, of_account, terms


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


def is_continued(connection: sa.Connection, of: Subscription, bought: Sequence[Subscription] | None = None) -> bool:
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
