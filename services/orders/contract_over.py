"""A contract that is over: all that is owed is back, and it was withdrawn from or the seller's rule ends it.

What was used until a withdrawal was stated is kept back, by days, only where the order holds the customer's own request
to begin early; else all goes back. It is to be back within `WITHIN` of the statement.
"""

from datetime import datetime, timedelta
from fractions import Fraction

import sqlalchemy as sa

from services.einvoicing import einvoices
from services.orders import order_record, orders
from services.payments import questions, record, refunds
from services.store import timer_rows
from services.store.tables.accounts import consent, consent_text
from services.store.tables.orders import sales_order, withdrawal
from services.subscriptions import changes, subscription_record, unbegun
from values.renewal import price_share, share_left

KIND = "withdrawn"
WITHIN, BEFORE = timedelta(days=14), timedelta(days=3)
"""The seller is told so long before the time is over in which the money is to be back."""
_STATED = sa.select(withdrawal.c.decision, withdrawal.c.kept_back).where(withdrawal.c.order_id == sa.bindparam("of"))


def compute_kept_money(
    connection: sa.Connection, order: order_record.OrderRecord, stated_at: datetime, early: str | None
) -> int:
    """Return what is kept of the order's money for what was used until then, in minor units.

    `early`: the document that asks to begin early. Of several subscriptions the least used counts for all.
    """
    if early is None or not _asks_early(connection, order, early):
        return 0
    given = subscription_record.of_order(connection, order.id)
    terms = [unbegun.term_bought(connection, order, of) for of in given]
    left = [share_left(end, begun, max(begun, stated_at), order.zone)[1] for begun, end in terms]
    amount, _ = _sums(connection, order)
    return min(amount - price_share(amount, max(left, default=Fraction(1))), _left(connection, order))


def _asks_early(connection: sa.Connection, order: order_record.OrderRecord, early: str) -> bool:
    """Return whether the customer has accepted the document, in words that are kept, for this order and none before."""
    before = sa.select(sa.func.max(sales_order.c.placed_at)).where(
        sales_order.c.account_id == order.account_id, sales_order.c.placed_at < order.placed_at
    )
    since = connection.execute(before).scalar()
    said = sa.select(consent).join(consent_text, consent_text.c.text_sha256 == consent.c.text_sha256)
    said = said.where(consent.c.account_id == order.account_id, consent.c.consent_id == early)
    said = said.where(consent.c.at <= order.placed_at).order_by(consent.c.id.desc())
    last = connection.execute(said.limit(1)).first()
    if last is None or not last.given or last.conversation_id != order.conversation_id:
        return False
    return since is None or last.at > since


def compute_money_not_back(connection: sa.Connection, order: order_record.OrderRecord, kept: int) -> int:
    """Return what is to go back and isn't back yet."""
    amount, gone = _sums(connection, order)
    return max(amount - gone - kept, 0)


def compute_unrequested_refund(connection: sa.Connection, order: order_record.OrderRecord, kept: int) -> int:
    """Return what is to go back and isn't on its way yet."""
    return max(_left(connection, order) - kept, 0)


def _left(connection: sa.Connection, order: order_record.OrderRecord) -> int:
    return sum(
        refunds.compute_refundable_amount(of, refunds.of_payment(connection, of.id))
        for of in _paid(connection, order.id)
    )


def _paid(connection: sa.Connection, order_id: str) -> list[record.PaymentRecord]:
    return [of for of in record.of_order(connection, order_id) if of.paid_at is not None and of.amount]


def _sums(connection: sa.Connection, order: order_record.OrderRecord) -> tuple[int, int]:
    """Return what was paid for the order, and what of it is back."""
    paid = _paid(connection, order.id)
    return sum(of.amount for of in paid), sum(of.refunded_amount for of in paid)


def set_refund_timer(connection: sa.Connection, order_id: str, stated_at: datetime) -> None:
    """Set the timer by which the seller is told of money that isn't back yet; that of the first statement stays."""
    for of in _paid(connection, order_id)[-1:]:
        owner = questions.owner_of(of.id)
        timer_rows.set_timer(connection, owner, KIND, stated_at + WITHIN - BEFORE, or_earlier=True)


def is_refund_owed(connection: sa.Connection, order: order_record.OrderRecord) -> bool:
    """Return whether a withdrawal waits or was accepted, and not all is back that it comes to."""
    stated = connection.execute(_STATED, {"of": order.id}).all()
    amount, gone = _sums(connection, order)
    return any(one.decision != "refused" and gone < amount - one.kept_back for one in stated)


def end_contract(
    connection: sa.Connection, order: order_record.OrderRecord, now: datetime, *, by_refund: bool = False
) -> tuple[subscription_record.Subscription, ...]:
    """End what the order gave where its contract is over, whichever came first; return what that has changed.

    `by_refund`: the seller ends it without a withdrawal, too.

    With it end the e-invoices that nothing else is paid for, and the unpaid orders that were to renew it.
    """
    order_record.lock(connection, order.id)  # a refund that is booked just now reads the decision, or is read here
    why = _why_over(connection, order, by_refund=by_refund)
    if why is None:
        return ()
    changes.undo_additions(connection, order)
    for other in changes.find_beside(connection, order):
        disputed = any(of.disputed in ("open", "lost") for of in _paid(connection, other.id))
        if _why_over(connection, other, by_refund=by_refund and not disputed) is not None:
            changes.undo_additions(connection, other)
    changed = tuple(unbegun.cancel_unbegun_terms(connection, order, why, now, at_once=True))
    ended = {of.id for of in changed if of.status == "ended"}
    for other in order_record.of_account(connection, order.account_id):
        if other.status == "placed" and any(item.renews in ended for item in other.items):
            orders.cancel(connection, order_id=other.id, now=now)
    einvoices.end_with_service(connection, order.account_id)
    return changed


def _why_over(
    connection: sa.Connection, order: order_record.OrderRecord, *, by_refund: bool
) -> subscription_record.EndReason | None:
    (amount, gone), stated = _sums(connection, order), connection.execute(_STATED, {"of": order.id}).all()
    kept = [one.kept_back for one in stated if one.decision == "accepted"]
    waits = gone < amount - max(kept, default=0)  # a trial may have no payment at all
    if order.status != "paid" or waits or not (kept or by_refund):
        return None
    return "withdrawn" if kept else "refunded"


def has_ended(connection: sa.Connection, order_id: str) -> bool:
    """Return whether what the order gave has ended that way."""
    return any(of.why_ended == "withdrawn" for of in subscription_record.of_order(connection, order_id))
