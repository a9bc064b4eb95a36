"""Accounts that have paid and whose e-mail nobody has proven: after a week somebody should look after them.

The timer of that day is set with an account's first money, among those of the payment (`questions.owner_of`).
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from services.payments import questions
from services.store import timer_rows
from services.store.tables.accounts import account, contact
from services.store.tables.orders import payment, sales_order

KIND = "email_unproven"
AFTER = timedelta(days=7)
_PROVEN = sa.exists().where(
    contact.c.account_id == account.c.id,
    contact.c.kind == "email",
    contact.c.key == account.c.email_key,
    contact.c.verified_at.is_not(None),
)
_FIRST_PAID = (
    sa.select(account.c.email_key, sa.func.min(payment.c.paid_at).label("at"))
    .join(sales_order, sales_order.c.account_id == account.c.id)
    .join(payment, payment.c.order_id == sales_order.c.id)
    .where(account.c.id == sa.bindparam("of"), account.c.status == "active", account.c.email_key != "", ~_PROVEN)
    .group_by(account.c.email_key)
)


def plan(connection: sa.Connection, *, account_id: str, payment_id: str, now: datetime) -> None:
    """Set the timer with a payment that is the first of an account whose e-mail isn't proven."""
    row = connection.execute(_FIRST_PAID, {"of": account_id}).first()
    if row is not None and row.at == now:
        timer_rows.set_timer(connection, questions.owner_of(payment_id), KIND, now + AFTER)


def overdue(connection: sa.Connection, account_id: str, now: datetime) -> str | None:
    """Return the e-mail, as it is compared, that wasn't proven for so long after the first money; None if it was."""
    row = connection.execute(_FIRST_PAID, {"of": account_id}).first()
    return row.email_key if row is not None and row.at is not None and row.at + AFTER <= now else None
