"""Commands about payments and stored payment methods."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.conversation.turn import CommandContext
from bot.usecases.billing.settlement import settle
from bot.usecases.command_deps import CommandDeps
from dialogs.kit import Event
from dialogs.messages.payment import (
    BookPayment,
    BookRefund,
    DefaultMethodSet,
    ExpirePayment,
    ForgetMethod,
    GiveUpPayment,
    MethodForgotten,
    MethodsSeen,
    OpenPayment,
    PaymentBooked,
    PaymentNotChanged,
    PaymentOpened,
    RefundBooked,
    RefundDue,
    ReopenPayment,
    SeeMethods,
    SetDefaultMethod,
)
from services.accounts import account_view
from services.orders import order_record
from services.payments import attempts, book, methods, money, record
from services.store import conversations
from services.subscriptions import renewals
from values.money import Money
from values.payment import StoredMethod, is_offline


def open_payment(tools: CommandDeps, act: OpenPayment, done: CommandContext) -> Event:
    """Open a payment by this method in place of any other open one."""
    opened = book.open_payment(
        done.connection,
        payment_id=done.id,
        order_id=act.order_id,
        method=act.method,
        provider=tools.providers(act.method),
        server_key=tools.server_key,
        expires_at=_until(tools, act, done),
        now=done.now,
        stored_id=_usable(act, done),
    )
    return _opened(opened)


def _until(tools: CommandDeps, act: OpenPayment, done: CommandContext) -> datetime:
    """Return the payment's deadline: that of a renewal is its last day, by whichever method."""
    manners = tools.seller.manners
    last = _last_of_renewal(tools, done, act.order_id)
    if last is not None and last > done.now:
        return last
    return done.now + (manners.transfer_ttl if is_offline(act.method) else manners.payment_ttl)


def _last_of_renewal(tools: CommandDeps, done: CommandContext, order_id: str) -> datetime | None:
    seller = tools.seller
    return renewals.payable_until(done.connection, order_id, seller.renewal_rules, ZoneInfo(seller.time_zone))


def _usable(act: OpenPayment, done: CommandContext) -> str | None:
    """Return the stored way that was chosen, if it is still the buyer's and can be paid with."""
    way = methods.get(done.connection, act.stored) if act.stored is not None else None
    order = order_record.get(done.connection, act.order_id)
    if way is None or order is None or (way.account_id, way.method) != (order.account_id, act.method):
        return None
    return way.id if way.is_good(done.now.date()) else None


def reopen_payment(tools: CommandDeps, act: ReopenPayment, done: CommandContext) -> Event:
    """Reopen the payment."""
    return _opened(book.retry(done.connection, payment_id=act.payment_id, now=done.now))


def give_up_payment(_tools: CommandDeps, act: GiveUpPayment, done: CommandContext) -> Event:
    """Cancel the payment for another method; money that comes all the same counts."""
    locked = record.lock(done.connection, act.payment_id)
    closed = book.cancel_open(done.connection, locked[0].id) if locked is not None else ()
    return _booked(done, act.payment_id, news=bool(closed))


def expire_payment(tools: CommandDeps, act: ExpirePayment, done: CommandContext) -> Event:
    """Expire the offer, if due. A renewal's expires with the service's end, not at midnight."""
    known = record.get(done.connection, act.payment_id)
    last = _last_of_renewal(tools, done, known.order_id) if known is not None else None
    if last is not None and last <= done.now:
        return _booked(done, act.payment_id, news=False)
    expired = book.expire(done.connection, payment_id=act.payment_id, now=done.now)
    return _booked(done, act.payment_id, news=expired)


def book_payment(_tools: CommandDeps, act: BookPayment, done: CommandContext) -> Event:
    """Book the provider's report, and put on file the payment method that it has stored."""
    settled = settle(done.connection, act, done.now)
    match settled:
        case money.Overpaid(order_number=number, amount=amount, currency=currency):
            return RefundDue(act.payment_id, number, act.attempt, amount, currency)
        case money.Mismatch() | attempts.Failed() | attempts.Ignored():
            return _booked(done, act.payment_id, news=isinstance(settled, attempts.Failed))
        case _:
            replaced = _keep(act, act.kept, done) if act.kept is not None else None
            told = _told(done, _booked(done, act.payment_id, news=isinstance(settled, money.Booked)))
            return replace(told, replaced=replaced)


def _keep(act: BookPayment, kept: StoredMethod, done: CommandContext) -> str | None:
    """Store the payment method that the provider kept; return the one that it replaces."""
    on_file = money.keep_way(done.connection, payment_id=act.payment_id, attempt=act.attempt, stored=kept, now=done.now)
    return on_file.replaced if on_file is not None else None


def book_refund(_tools: CommandDeps, act: BookRefund, done: CommandContext) -> Event:
    """Book the refund."""
    number = money.book_refund(done.connection, payment_id=act.payment_id, attempt=act.attempt, now=done.now)
    if number is not None:
        return RefundBooked(number, news=True)
    stored = record.get(done.connection, act.payment_id)
    sold = order_record.get(done.connection, stored.order_id) if stored is not None else None
    return RefundBooked(sold.number if sold is not None else "", news=False)


def _opened(opened: book.Opened | book.NotPayable) -> Event:
    if isinstance(opened, book.NotPayable):
        return PaymentNotChanged(opened.reason)
    return PaymentOpened(opened.payment.id, opened.payment.expires_at)


def _told(done: CommandContext, booked: PaymentBooked) -> PaymentBooked:
    """Tell the customer's other conversations in which the order stands open."""
    whose = done.conversation.account_id
    for other in conversations.of_account(done.connection, whose) if booked.news and whose is not None else ():
        if other.id != done.conversation.id:
            done.tell(other.id, replace(booked, news=False))
    return booked


def _booked(done: CommandContext, payment_id: str, *, news: bool) -> PaymentBooked:
    stored = record.get(done.connection, payment_id)
    if stored is None:
        raise LookupError("no such payment")
    sold = order_record.get(done.connection, stored.order_id)
    if sold is None:
        raise LookupError("no such order")
    gross = Money(stored.amount, stored.currency)
    return PaymentBooked(payment_id, sold.id, sold.number, stored.status, gross, news)


def see_methods(_tools: CommandDeps, act: SeeMethods, done: CommandContext) -> Event:
    """List the stored payment methods; nothing of a card is known but its label."""
    default = methods.default_of(done.connection, act.account_id)
    ways = account_view.stored_ways(done.connection, act.account_id)
    return MethodsSeen(ways, default.method if default is not None else None, act.page)


def set_default_method(_tools: CommandDeps, act: SetDefaultMethod, done: CommandContext) -> Event:
    """Set the default for renewals to come. A stored method that is gone leaves its kind."""
    if act.way_id is None or not methods.set_default(done.connection, account_id=act.account_id, method_id=act.way_id):
        methods.save_default(done.connection, account_id=act.account_id, method=act.method, now=done.now)
    now = methods.default_of(done.connection, act.account_id)
    return DefaultMethodSet(act.method, now.label if now is not None and now.is_stored else None)


def forget_method(_tools: CommandDeps, act: ForgetMethod, done: CommandContext) -> Event:
    """Forget a payment method: nobody charges it from now on."""
    known = methods.forget(done.connection, account_id=act.account_id, method_id=act.way_id, now=done.now)
    return MethodForgotten(None) if known is None else MethodForgotten(known.id, known.label, known.is_default)
