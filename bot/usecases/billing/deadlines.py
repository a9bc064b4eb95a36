"""The word about a deadline: who pays by transfer or postal slip is told three days before it, in chat and by letter.

It is a message about the contract: whoever has stopped reminders gets it, too. Nothing is said of it afterwards.
"""

from zoneinfo import ZoneInfo

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.usecases.renewals import notifications
from dialogs.messages.letters import SendNote
from dialogs.messages.payment import PaymentDue
from services.accounts import accounts
from services.jobs.port import StoredJob
from services.payments import deadlines, questions, record
from services.store import timer_rows
from services.store.timer_rows import Timer
from values.money import Money
from values.renewal import awake
from values.rules import NOTE_DEADLINE
from values.seller import Seller


def tell(tx: UnitOfWork, timer: Timer, seller: Seller) -> StoredJob | None:
    """Tell it, by day, if the payment is still awaited; return the letter."""
    payment_id = questions.owned_by(timer.conversation_id) or ""
    locked = record.lock(tx.connection, payment_id)
    if not timer_rows.take(tx.connection, timer) or locked is None:
        return None
    order, payment = locked
    by_day = awake(tx.now, seller.renewal_rules, ZoneInfo(seller.time_zone))
    if payment.status != "pending" or order.status != "placed" or payment.expires_at <= by_day:
        return None
    if by_day > tx.now:
        deadlines.put_off(tx.connection, payment_id, by_day)
        return None
    holder = accounts.get(tx.connection, order.account_id)
    if holder is None or holder.status == "closed":
        return None
    gross = Money(payment.amount, payment.currency)
    notifications.tell(tx, order.account_id, PaymentDue(payment.id, order.number, gross, payment.expires_at))
    note = SendNote(NOTE_DEADLINE, order.id)
    return codec.stored_job(f"{NOTE_DEADLINE}:{payment.id}", questions.owner_of(payment.id), note, tx.now)
