"""E-mails that nobody has proven a week after the money came, where the profile lets the letter wait until then.

The alarm is raised once an account. Notices of invoices to that address are held: it may be a stranger's, and the
invoices stand in the customer zone. With the proof the holding ends.
"""

import sqlalchemy as sa
import structlog

from bot.conversation.port import UnitOfWork
from services.clock import Clock
from services.payments import questions, record, unproven
from services.store import timer_rows
from services.store.timer_rows import Timer
from values import email as emails
from values.seller import Seller

_log = structlog.get_logger(__name__)


def alarm(tx: UnitOfWork, timer: Timer, seller: Seller) -> None:
    """Raise the alarm, unless the address was proven in time."""
    locked = record.lock(tx.connection, questions.owned_by(timer.conversation_id) or "")
    if not timer_rows.take(tx.connection, timer) or locked is None or not seller.sign_up.letter_waits:
        return
    order, _ = locked
    if unproven.overdue(tx.connection, order.account_id, tx.now) is not None:
        _log.error("email_unproven", alarm=True, account=order.account_id, order=order.number)


def holds_notice(connection: sa.Connection, *, account_id: str | None, to: str, seller: Seller, clock: Clock) -> bool:
    """Return whether a notice of an invoice to this address is held."""
    if account_id is None or not seller.sign_up.letter_waits:
        return False
    return unproven.overdue(connection, account_id, clock.now()) == emails.key(to)
