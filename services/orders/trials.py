"""Trials: one for an account, for each contact that it has proven, and for its company; who had one is kept by hashes.

An order claims them when it is placed, and gives them back by running out of its time, or by being cancelled. After an
erasure nothing else is left of them, and they are forgotten when the profile says so. An agent may grant an account one
more, which an order takes, and gives back, in the same way.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from services.accounts import accounts
from services.companies import companies
from services.contacts import contacts
from services.keyed_hash import all_keys, keyed_hex
from services.orders import discounts, order_record
from services.store.statements import PerDialect
from services.store.tables.orders import trial_claim
from services.subscriptions import subscription_record, subscriptions

_CLAIM = PerDialect(
    trial_claim,
    lambda insert: insert.on_conflict_do_nothing(index_elements=["subject"]).returning(trial_claim.c.subject),
)
_HELD = sa.select(trial_claim).order_by(trial_claim.c.subject).with_for_update()
"""Claims, locked: what is read of their orders afterwards stands until the transaction ends."""
_GRANT = trial_claim.c.subject == sa.literal("granted ") + sa.bindparam("of")
_GRANTED = trial_claim.c.subject.startswith("granted ")


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

    So has whoever has had one of the `products`, unless one more was granted. An account that isn't active learns
    nothing here.
    """
    mine = accounts.get(connection, account_id)
    if mine is None or mine.status != "active" or mine.taken:
        return True  # it is refused for that
    subjects = _subjects(connection, account_id, company_id)
    known = {keyed_hex(key, "trial", *of) for key in all_keys(server_key) for of in subjects}
    claimed = connection.execute(_HELD.where(trial_claim.c.subject.in_(known))).all()
    others = {row.subject for row in claimed if row.erased_at or _stands(connection, row.order_id, but=order_id)}
    had = any(
        s.product in products and s.status != "pending" for s in subscription_record.of_account(connection, account_id)
    )
    if had or others:
        if not is_granted(connection, account_id):
            return False
        connection.execute(sa.update(trial_claim).where(_GRANT).values(order_id=order_id), {"of": account_id})
    lost = {row.order_id for row in claimed if row.subject not in others}
    connection.execute(sa.delete(trial_claim).where(trial_claim.c.order_id.in_(lost), ~_GRANTED))
    claims = {keyed_hex(server_key, "trial", *of) for of in subjects} - others
    rows = [{"subject": of, "account_id": account_id, "order_id": order_id, "at": now} for of in sorted(claims)]
    return all(connection.execute(_CLAIM.of(connection), row).first() is not None for row in rows)


def grant(connection: sa.Connection, account_id: str, now: datetime) -> bool:
    """Let the account have one more trial; False if one that was granted waits already."""
    if is_granted(connection, account_id):
        return False
    connection.execute(sa.delete(trial_claim).where(_GRANT), {"of": account_id})
    row = {"subject": f"granted {account_id}", "account_id": account_id, "order_id": None, "at": now}
    return connection.execute(_CLAIM.of(connection), row).first() is not None


def is_granted(connection: sa.Connection, account_id: str) -> bool:
    """Return whether one more was granted that no order which stands has taken."""
    row = connection.execute(sa.select(trial_claim.c.order_id).where(_GRANT), {"of": account_id}).first()
    return row is not None and not _stands(connection, row.order_id)


def is_lost(connection: sa.Connection, order_id: str) -> bool:
    """Return whether an order's time was over, and its trial has been claimed for another since.

    Where it hasn't, nobody else can claim it until the transaction ends.
    """
    held = connection.execute(_HELD.where(trial_claim.c.order_id == order_id)).all()
    return not held and not _stands(connection, order_id)


def begin(connection: sa.Connection, order: order_record.OrderRecord, now: datetime) -> order_record.OrderRecord:
    """Begin what costs nothing now; return its order."""
    order_record.set_paid(connection, order.id, now)
    subscriptions.activate(connection, order, now)
    return order_record.lock(connection, order.id)


def _subjects(connection: sa.Connection, account_id: str, company_id: str) -> set[tuple[str, str]]:
    proven = [one for one in contacts.of_account(connection, account_id) if one.verified_at is not None]
    company = companies.get(connection, company_id)
    number = company.billing.tax_number if company is not None else ""
    known = {("account", account_id), *((one.kind, one.key) for one in proven)}
    return known | ({("company", number)} if number else set())


def _stands(connection: sa.Connection, order_id: str | None, but: str | None = None) -> bool:
    """Return whether an order was placed, `but` this one, and has neither been cancelled nor run out of time."""
    order = order_record.get(connection, order_id) if order_id not in (None, but) else None
    return order is not None and order.status != "cancelled" and not discounts.has_lapsed(connection, order.id)
