"""Trials: one for an account, for each contact that it has proven, and for its company; who had one is kept by hashes.

An order claims them when it is placed, and gives them back by running out of its time, or by being cancelled. After an
erasure nothing else is left of them, and they are forgotten when the profile says so.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from services.accounts import accounts
from services.companies import companies
from services.contacts import contacts
from services.keyed_hash import all_of, keyed_hex
from services.orders import discounts, order_record
from services.orders.order_record import OrderRecord
from services.store.statements import PerDialect
from services.store.tables.orders import trial_claim
from services.subscriptions import subscriptions

_CLAIM = PerDialect(
    trial_claim,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["subject"]).returning(trial_claim.c.subject),
)


def claim(
    connection: sa.Connection,
    server_key: bytes,
    *,
    order_id: str,
    account_id: str,
    company_id: str,
    products: Sequence[str],
    now: datetime,
) -> bool:
    """Claim the trial for an order that is placed in this transaction; False if somebody of these has had it.

    So has whoever has had one of the `products`. An account that isn't active learns nothing here.
    """
    mine = accounts.get(connection, account_id)
    if mine is None or mine.status != "active" or mine.taken:
        return True  # it is refused for that
    subjects = [*_subjects(connection, account_id, company_id)]
    known = {keyed_hex(key, "trial", *of) for key in all_of(server_key) for of in subjects}
    claimed = sa.select(trial_claim.c.order_id, trial_claim.c.erased_at).where(trial_claim.c.subject.in_(known))
    others = [row for row in connection.execute(claimed.distinct()) if row.order_id != order_id]
    had = any(s.product in products and s.status != "pending" for s in subscriptions.of_account(connection, account_id))
    if had or any(row.erased_at or _stands(connection, row.order_id) for row in others):
        return False
    connection.execute(sa.delete(trial_claim).where(trial_claim.c.subject.in_(known)))
    rows = [
        {"subject": keyed_hex(server_key, "trial", *of), "account_id": account_id, "order_id": order_id, "at": now}
        for of in sorted(subjects)
    ]
    return all(connection.execute(_CLAIM.of(connection), row).first() is not None for row in rows)


def begin(connection: sa.Connection, order: OrderRecord, now: datetime) -> OrderRecord:
    """Begin what costs nothing now; return its order."""
    order_record.set_paid(connection, order.id, now)
    subscriptions.activate(connection, order, now)
    return order_record.lock(connection, order.id)


def _subjects(connection: sa.Connection, account_id: str, company_id: str) -> set[tuple[str, str]]:
    proven = [one for one in contacts.of_account(connection, account_id) if one.verified_at is not None]
    company = companies.get(connection, company_id)
    number = company.billing.tax_number if company is not None else ""
    return {
        ("account", account_id),
        *((one.kind, one.key) for one in proven),
        *((("company", number),) if number else ()),
    }


def _stands(connection: sa.Connection, order_id: str) -> bool:
    """Return whether an order was placed, and has neither been cancelled nor run out of time."""
    order = order_record.get(connection, order_id)
    return order is not None and order.status != "cancelled" and not discounts.lapsed(connection, order.id)
