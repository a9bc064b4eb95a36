"""Notices of payment providers: routed to the owner of the order, and those that concern no money.

A detached payment method is charged no more, and its holder is told where a renewal would have charged it; a dispute
becomes a ticket of the seller's support: it is answered at the provider.
"""

import sqlalchemy as sa
import structlog
from msgspec import Struct

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.usecases.renewals import notifications
from bot.usecases.seller.events import OF_NOBODY
from dialogs.messages.payment import AskBack, BackAsked, StoredWayGone
from dialogs.messages.renewal import MailTicket
from services.jobs.port import Outbox, StoredJob
from services.keyed_hash import derived_id
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import attempts, methods, notices, questions, record
from services.payments.providers.base import Notice
from services.payments.record import PaymentAttempt
from services.subscriptions import renewal_timer, subscription_record
from services.support import tickets
from values.money import Money
from values.seller import Seller


def make_question(payment_id: str, attempt: int, about: str, tx: UnitOfWork) -> StoredJob:
    """Return the job that asks; `about` tells it from others of the same attempt."""
    key = f"back:{record.reference(payment_id, attempt)}:{about}"
    return codec.stored_job(key, questions.owner_of(payment_id), AskBack(payment_id, attempt), tx.now)


def open_report(
    tx: UnitOfWork,
    outbox: Outbox,
    series: str,
    order: OrderRecord | None,
    *,
    subject: str,
    case: tuple[str, ...],
    about: dict[str, str],
) -> bool:
    """Open a ticket for the seller's support about money, of an order or of none that is known here.

    False where the case has one already.
    """
    ticket_id = derived_id(subject, *case)
    if tickets.get(tx.connection, ticket_id) is not None:
        return False
    reported = tickets.open_ticket(
        tx.connection,
        ticket_id=ticket_id,
        account_id=order.account_id if order is not None else None,
        conversation_id=(order.conversation_id if order is not None else None) or OF_NOBODY,
        subject=subject,
        about=about,
        words="",
        series=f"{series}-T/{tx.now.year}",
        now=tx.now,
    )
    mail = MailTicket(reported.id)
    outbox.leave(tx.connection, codec.stored_job(f"{subject}:{reported.id}", OF_NOBODY, mail, tx.now))
    return True


def report_dispute(
    tx: UnitOfWork, outbox: Outbox, series: str, order: OrderRecord, *, provider: str, case: str, amount: Money
) -> None:
    """Report it to the seller's support, who answer at the provider; once for each case."""
    claimed = {"order": order.number, "provider": provider, "case": case}
    claimed["amount"] = f"{amount.decimal} {amount.currency}"
    if open_report(tx, outbox, series, order, subject="dispute", case=(provider, case), about=claimed):
        _log.error("payment_disputed", alarm=True, provider=provider, order=order.number)


_log = structlog.get_logger(__name__)


class ProviderNotices(Struct, frozen=True):
    """For one seller."""

    seller: Seller
    outbox: Outbox

    def detached(self, tx: UnitOfWork, provider: str, notice: Notice) -> None:
        """Mark a method that its provider no longer keeps: removed by its holder, the bank, or the desk."""
        way = methods.by_token(tx.connection, provider, notice.provider_ref)
        if way is not None:
            mark_method_gone(tx, way)

    def disputed(self, tx: UnitOfWork, provider: str, notice: Notice, attempt: PaymentAttempt | None) -> None:
        """Money that the payer wants back over the seller's head."""
        known = attempt or self._told_before(tx, provider, notice)
        payment = record.get(tx.connection, known.payment_id) if known is not None else None
        order = order_record.get(tx.connection, payment.order_id) if payment is not None else None
        if order is None:  # of something else that is sold through the account, or of somebody who was erased
            _log.error("dispute_of_nobody", alarm=True, provider=provider)
            return
        amount = Money(notice.amount or 0, notice.currency or order.currency)
        case = str(notice.facts.get("case") or notice.provider_ref)
        report_dispute(tx, self.outbox, self.seller.order_prefix, order, provider=provider, case=case, amount=amount)
        self.ask_back(tx, provider, notice, known)

    def ask_back(self, tx: UnitOfWork, provider: str, notice: Notice, attempt: PaymentAttempt | None) -> None:
        """Ask what came back of an attempt's money; of others' refunds through the same account nothing is known."""
        known = attempt or self._told_before(tx, provider, notice)
        if known is not None:
            tx.tell(questions.owner_of(known.payment_id), BackAsked(known.payment_id, known.n))

    def _told_before(self, tx: UnitOfWork, provider: str, notice: Notice) -> PaymentAttempt | None:
        """By a name of the payment that earlier notices told beside ours."""
        for name in (notice.provider_ref, str(notice.facts.get("capture_id") or "")):
            reference = notices.reference_told_with(tx.connection, provider, name)
            if reference is not None and (found := attempts.by_reference(tx.connection, reference)) is not None:
                return found
        return None


def mark_method_gone(tx: UnitOfWork, way: methods.Method) -> None:
    """Mark a method as one that can't be charged any more, and tell its holder where it would have been, once."""
    if way.forgotten_at is not None or way.gone_at is not None:
        return
    methods.mark_gone(tx.connection, way.id, tx.now)
    running = subscription_record.of_account(tx.connection, way.account_id)
    if way.is_default and any(s.auto_renewal and s.status in ("active", "grace") for s in running):
        notifications.tell_chats(tx, way.account_id, StoredWayGone(way.label))


def owner_of_order(order: OrderRecord) -> str | None:
    """Return the owner of events and calls about this order; None where there is nobody."""
    return order.conversation_id or owner_of_renewal(order)


def owner_of_renewal(order: OrderRecord) -> str | None:
    """Return the subscription that the order renews or changes."""
    running = next((item.of_running for item in order.items if item.of_running is not None), None)
    return None if running is None else renewal_timer.owner_of(running)


def owner_of_attempt(connection: sa.Connection, attempt: PaymentAttempt) -> str | None:
    """Return the subscription of a charge that the desk made by itself, else the conversation."""
    payment = record.get(connection, attempt.payment_id)
    sold = order_record.get(connection, payment.order_id) if payment is not None else None
    if sold is None:
        return None
    return owner_of_order(sold) if attempt.stored_id is None else owner_of_renewal(sold)
