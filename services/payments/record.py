"""The rows of payments: what is owed for an order (`PaymentRecord`), and each try to get it (`PaymentAttempt`).

Here they are read, and moved on by their neighbours `book.py`, `attempts.py` and `money.py`, always with the order
locked first.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from services.accounts import accounts
from services.orders import order_record
from services.payments.providers.base import Dispute
from services.store.tables.orders import payment, payment_attempt, sales_order
from values.private import Private, PrivateStruct

Status = Literal["pending", "paid", "failed", "expired", "cancelled", "refunded"]
AttemptStatus = Literal[
    "created",  # to be registered at the provider
    "pending",  # registered there; the customer may pay
    "code_sent",  # claimed for the code of a bank app, which goes to the provider once; the customer confirms there
    "failed",  # the provider said that this try came to nothing
    "dropped",  # given up by us: another one was opened in its place
    "mismatch",  # money came, but not what was owed: a person must look
    "paid",  # its money is what the order was paid with
    "refund_due",  # its money came after the order had been paid: it must go back
    "refunded",
    "reference_taken",  # the bank gave its reference to another payment, too: a person must look
    "kept",  # taken back from an order that it was booked for by mistake, or left of one that was split
    "split",  # its parts are transfers of their own
]
MONEY_CAME: tuple[AttemptStatus, ...] = ("paid", "refund_due", "refunded")
UNDER_WAY: tuple[AttemptStatus, ...] = ("created", "pending", "code_sent")


class PaymentRecord(Struct, frozen=True):
    """A sum owed for an order, in minor units, until `expires_at`; money that comes later counts all the same.

    `refunded_amount`: what of it came back to its payer. `asked_at`: when the provider was asked for the answer that is
    booked of that and of `disputed`.
    """

    id: str
    order_id: str
    method: str
    provider: str
    amount: int
    currency: str
    status: Status
    created_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    stored_id: str | None = None  # the stored way to pay that its link leads to
    refunded_amount: int = 0
    disputed: Dispute | None = None
    asked_at: datetime | None = None

    @property
    def all_back(self) -> bool:
        """Return whether the whole sum is with its payer again, where there is one."""
        return self.paid_at is not None and 0 < self.amount <= self.refunded_amount


class PaymentAttempt(PrivateStruct):
    """One order at a provider. `received` is what the provider says that it took, whether or not it was booked.

    With a `stored_id` it is a charge that the desk makes by itself (`charges.py`), and no link leads to it; `refusal`
    says why it was refused. With `passed_on` somebody else opened it: the customer's own ways to pay stay out of it;
    `method` is what they chose instead of the customer's. `digest` is that of the bank's entry (`bank_files.py`),
    `moved_from` the attempt of another order that a person has booked as this one.
    """

    payment_id: str
    n: int
    provider: str
    provider_ref: Private[str | None]
    redirect_url: Private[str | None]
    status: AttemptStatus
    received: int | None
    received_currency: str | None
    created_at: datetime
    changed_at: datetime
    stored_id: str | None = None
    refusal: str | None = None
    passed_on: bool = False
    method: str | None = None
    digest: str | None = None
    moved_from: str | None = None

    @property
    def reference(self) -> str:
        """The attempt's name at the provider."""
        return reference(self.payment_id, self.n)


PAYMENT = tuple(column for column in payment.c if column.name != "token_hash")
_GET = sa.select(*PAYMENT).where(payment.c.id == sa.bindparam("wanted"))
_PENDING = (
    sa.select(*PAYMENT)
    .where(payment.c.status == "pending")
    .order_by(payment.c.created_at.desc(), payment.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_OF_ORDER = (
    sa.select(*PAYMENT).where(payment.c.order_id == sa.bindparam("of")).order_by(payment.c.created_at, payment.c.id)
)
_ATTEMPTS = (
    sa.select(payment_attempt).where(payment_attempt.c.payment_id == sa.bindparam("of")).order_by(payment_attempt.c.n)
)


def reference(payment_id: str, n: int) -> str:
    """ "{payment_id}-{n}": how an attempt is called when talking to a provider."""
    return f"{payment_id}-{n}"


def read_reference(text: str) -> tuple[str, int] | None:
    """Return the payment and the number of the attempt; None if it isn't such a name."""
    payment_id, dash, n = text.rpartition("-")
    if not dash or not payment_id or not (n.isascii() and n.isdecimal() and len(n) <= 6):
        return None
    return payment_id, int(n)


def get(connection: sa.Connection, payment_id: str) -> PaymentRecord | None:
    row = connection.execute(_GET, {"wanted": payment_id}).mappings().first()
    return None if row is None else PaymentRecord(**row)


def list_pending_payments(connection: sa.Connection, most: int = 100) -> list[PaymentRecord]:
    """Return payments awaited, the oldest first of those made last."""
    rows = connection.execute(_PENDING, {"most": most}).mappings().all()
    return [PaymentRecord(**row) for row in reversed(rows)]


def of_order(connection: sa.Connection, order_id: str) -> list[PaymentRecord]:
    """Return all payments of an order, oldest first."""
    return [PaymentRecord(**row) for row in connection.execute(_OF_ORDER, {"of": order_id}).mappings()]


def refunded_of(connection: sa.Connection, order_ids: Sequence[str]) -> dict[str, int]:
    """Return by order what came back of the money that it was paid with."""
    came_back = sa.select(payment.c.order_id, sa.func.sum(payment.c.refunded_amount)).where(
        payment.c.order_id.in_(order_ids), payment.c.refunded_amount > 0, payment.c.paid_at.is_not(None)
    )
    return {row[0]: int(row[1]) for row in connection.execute(came_back.group_by(payment.c.order_id))}


def list_reversal_times(connection: sa.Connection, account_id: str) -> dict[str, datetime | None]:
    """Return by payment of the account since when its refunds or its dispute stand as they do."""
    known = (
        sa.select(payment.c.id, payment.c.asked_at)
        .join(sales_order, sales_order.c.id == payment.c.order_id)
        .where(sales_order.c.account_id == account_id)
        .where(sa.or_(payment.c.refunded_amount > 0, payment.c.disputed.is_not(None)))
    )
    return {row.id: row.asked_at for row in connection.execute(known)}


def lock(connection: sa.Connection, payment_id: str) -> tuple[order_record.OrderRecord, PaymentRecord] | None:
    """Lock the payment and its order until this transaction ends; return both."""
    known = get(connection, payment_id)
    if known is None:
        return None
    order = order_record.lock(connection, known.order_id)
    fresh = get(connection, payment_id)
    return None if fresh is None else (order, fresh)


def payer(connection: sa.Connection, payment_id: str) -> accounts.AccountRecord | None:
    """Return the account whose order the payment is for."""
    known = get(connection, payment_id)
    order = order_record.get(connection, known.order_id) if known is not None else None
    return accounts.get(connection, order.account_id) if order is not None else None


def attempts_of(connection: sa.Connection, payment_id: str) -> list[PaymentAttempt]:
    """Return all attempts of a payment, first to last."""
    return [PaymentAttempt(**row) for row in connection.execute(_ATTEMPTS, {"of": payment_id}).mappings()]


def attempt(connection: sa.Connection, payment_id: str, n: int) -> PaymentAttempt | None:
    return next((known for known in attempts_of(connection, payment_id) if known.n == n), None)


def find_attempt(connection: sa.Connection, name: str) -> PaymentAttempt | None:
    """Return the attempt that is called so at its provider."""
    called = read_reference(name)
    return None if called is None else attempt(connection, *called)


def set_status(connection: sa.Connection, payment_id: str, status: Status, paid_at: datetime | None = None) -> None:
    """Move a payment. The caller holds the order."""
    values = {"status": status} if paid_at is None else {"status": status, "paid_at": paid_at}
    connection.execute(sa.update(payment).where(payment.c.id == payment_id).values(**values))


def set_unpaid(connection: sa.Connection, payment_id: str, status: Status, until: datetime) -> None:
    """Move a payment as if nobody had paid it, to be paid `until` then. The caller holds the order."""
    values = {"status": status, "paid_at": None, "refunded_amount": 0, "asked_at": None, "expires_at": until}
    connection.execute(sa.update(payment).where(payment.c.id == payment_id).values(**values))


def set_way(connection: sa.Connection, payment_id: str, method: str, provider: str) -> None:
    """Note by which way a payment was paid, where that isn't how it was opened. The caller holds the order."""
    way = {"method": method, "provider": provider}
    connection.execute(sa.update(payment).where(payment.c.id == payment_id).values(**way))


def is_all_money_back(connection: sa.Connection, order_id: str) -> bool:
    """Return whether the order's money is all with its payer again, or disputed: nothing is charged after it."""
    gone = (payment.c.refunded_amount >= payment.c.amount, payment.c.disputed.in_(("open", "lost")))
    paid = sa.select(payment.c.id).where(payment.c.order_id == order_id, payment.c.paid_at.is_not(None), sa.or_(*gone))
    paid = paid.where(payment.c.amount > 0)
    return connection.execute(paid.limit(1)).first() is not None


def set_back(
    connection: sa.Connection, payment_id: str, *, refunded: int, disputed: Dispute | None, at: datetime
) -> None:
    """Note what came back of a payment by an answer to a question asked `at`. The caller holds the order."""
    values = {"refunded_amount": refunded, "disputed": disputed, "asked_at": at}
    connection.execute(sa.update(payment).where(payment.c.id == payment_id).values(**values))


def set_attempt(
    connection: sa.Connection, of: PaymentAttempt, now: datetime, *, status: AttemptStatus, **values: str | int | None
) -> None:
    """Move an attempt. The caller holds the order."""
    connection.execute(
        sa.update(payment_attempt)
        .where(payment_attempt.c.payment_id == of.payment_id, payment_attempt.c.n == of.n)
        .values(status=status, changed_at=now, **values)
    )
