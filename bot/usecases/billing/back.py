"""Follow-ups of news that money came back: a question to the provider, and a ticket for the seller's support."""

import structlog

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.usecases.seller.events import OF_NOBODY
from dialogs.messages.payment import AskBack
from dialogs.messages.renewal import MailTicket
from services.jobs.port import Outbox, StoredJob
from services.keyed_hash import derived_id
from services.orders.order_record import OrderRecord
from services.payments import questions, record
from services.support import tickets
from values.money import Money

_log = structlog.get_logger(__name__)


def question(payment_id: str, attempt: int, about: str, tx: UnitOfWork) -> StoredJob:
    """Return the job that asks; `about` tells it from others of the same attempt."""
    key = f"back:{record.reference(payment_id, attempt)}:{about}"
    return codec.stored_job(key, questions.owner_of(payment_id), AskBack(payment_id, attempt), tx.now)


def report_dispute(
    tx: UnitOfWork, outbox: Outbox, series: str, order: OrderRecord, *, provider: str, case: str, amount: Money
) -> None:
    """Open a ticket for the seller's support, who answer at the provider; once for each case."""
    ticket_id = derived_id("dispute", provider, case)
    if tickets.get(tx.connection, ticket_id) is not None:
        return
    _log.error("payment_disputed", alarm=True, provider=provider, order=order.number)
    reported = tickets.open_ticket(
        tx.connection,
        ticket_id=ticket_id,
        account_id=order.account_id,
        conversation_id=order.conversation_id or OF_NOBODY,
        subject="dispute",
        about={
            "order": order.number,
            "provider": provider,
            "case": case,
            "amount": f"{amount.decimal} {amount.currency}",
        },
        words="",
        series=f"{series}-T/{tx.now.year}",
        now=tx.now,
    )
    outbox.leave(tx.connection, codec.stored_job(f"dispute:{reported.id}", OF_NOBODY, MailTicket(reported.id), tx.now))
