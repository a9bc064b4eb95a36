"""Commands about payments and stored payment methods."""

from datetime import datetime

from msgspec import structs

from bot.conversation.turn import CommandContext
from bot.usecases.billing.settlement import book_report
from bot.usecases.command_deps import CommandDeps, handles
from bot.usecases.orders.commands import explain_changed_order
from dialogs.kit import Event
from dialogs.messages import payment
from services.orders import order_record
from services.payments import attempts, book, methods, money, record
from services.store import conversations
from services.subscriptions import renewals, subscriptions
from values.money import Money
from values.payment import is_offline


@handles(payment.OpenPayment)
def open_payment(deps: CommandDeps, command: payment.OpenPayment, context: CommandContext) -> Event:
    """Open a payment by this method in place of any other open one."""
    if (why := explain_changed_order(deps, command.order_id, context)) is not None:
        return why
    renews = _with_method(deps, command, context)
    opened = book.open_payment(
        context.connection,
        payment_id=context.id,
        order_id=command.order_id,
        method=command.method,
        provider=deps.providers(command.method),
        server_key=deps.server_key,
        expires_at=_until(deps, command, context),
        now=context.now,
        stored_id=_usable(command, context),
    )
    if isinstance(opened, book.Opened) and renews is not None:
        subscriptions.set_renewal_of_order(context.connection, command.order_id, on=renews)
        return structs.replace(_opened(opened), renews=renews)
    return _opened(opened)


def _with_method(deps: CommandDeps, command: payment.OpenPayment, context: CommandContext) -> bool | None:
    """Return whether the order renews itself with another method, None where that doesn't change.

    Where the choice of method is the answer, it is one after the order, too. A renewal stays what it was agreed to be.
    """
    order, chargeable = order_record.get(context.connection, command.order_id), deps.seller.chargeable
    if order is None or deps.seller.auto_renewal == "none" or not any(item.renewing for item in order.items):
        return None
    renewal = any(item.renews is not None for item in order.items)
    if renewal or (order.method in chargeable) == (command.method in chargeable):
        return None
    if deps.seller.auto_renewal == "with_method":
        return command.method in chargeable
    return True if order.auto_renewal else None


def _until(deps: CommandDeps, command: payment.OpenPayment, context: CommandContext) -> datetime:
    """Return the payment's deadline: that of a renewal is its last day, by whichever method."""
    manners = deps.seller.manners
    last = _last_of_renewal(deps, context, command.order_id)
    if last is not None and last > context.now:
        return last
    return context.now + (manners.transfer_ttl if is_offline(command.method) else manners.payment_ttl)


def _last_of_renewal(deps: CommandDeps, context: CommandContext, order_id: str) -> datetime | None:
    seller = deps.seller
    return renewals.payable_until(context.connection, order_id, seller.renewal_rules, seller.zone)


def _usable(command: payment.OpenPayment, context: CommandContext) -> str | None:
    """Return the stored way that was chosen, if it is still the buyer's and can be paid with."""
    method = methods.get(context.connection, command.stored) if command.stored is not None else None
    order = order_record.get(context.connection, command.order_id)
    if method is None or order is None or (method.account_id, method.method) != (order.account_id, command.method):
        return None
    return method.id if method.is_good(context.now.date()) else None


@handles(payment.ReopenPayment)
def reopen_payment(deps: CommandDeps, command: payment.ReopenPayment, context: CommandContext) -> Event:
    return _opened(book.retry(context.connection, payment_id=command.payment_id, now=context.now))


@handles(payment.ExpirePayment)
def expire_payment(deps: CommandDeps, command: payment.ExpirePayment, context: CommandContext) -> Event:
    """Expire the offer, if due. A renewal's expires with the service's end, not at midnight."""
    known = record.get(context.connection, command.payment_id)
    last = _last_of_renewal(deps, context, known.order_id) if known is not None else None
    if last is not None and last <= context.now:
        return _booked(context, command.payment_id, news=False)
    expired = book.expire(context.connection, payment_id=command.payment_id, now=context.now)
    return _booked(context, command.payment_id, news=expired)


@handles(payment.BookPayment)
def book_payment(deps: CommandDeps, command: payment.BookPayment, context: CommandContext) -> Event:
    """Book the provider's report, and put on file the payment method that it has stored."""
    settled = book_report(context.connection, command, context.now)
    match settled:
        case money.Overpaid(order_number=number, amount=amount, currency=currency):
            return payment.RefundDue(command.payment_id, number, command.attempt, amount, currency)
        case money.Mismatch() | attempts.Failed() | attempts.Ignored():
            return _booked(context, command.payment_id, news=isinstance(settled, attempts.Failed))
        case _:
            payment_id, n, kept = command.payment_id, command.attempt, command.kept
            on_file = kept and money.store_way(
                context.connection, payment_id=payment_id, attempt=n, stored=kept, now=context.now
            )
            told = _told(context, _booked(context, payment_id, news=isinstance(settled, money.Booked)))
            if told.news:
                deps.quotes.announce_changed(context.connection, told.order_id, context.now)
                deps.quotes.note_receipt(context.connection, told.order_id, context.now)
            return structs.replace(told, replaced=on_file.replaced if on_file is not None else None)


@handles(payment.BookRefund)
def book_refund(_deps: CommandDeps, command: payment.BookRefund, context: CommandContext) -> Event:
    number = money.book_refund(
        context.connection, payment_id=command.payment_id, attempt=command.attempt, now=context.now
    )
    if number is not None:
        return payment.RefundBooked(number, news=True)
    stored = record.get(context.connection, command.payment_id)
    sold = order_record.get(context.connection, stored.order_id) if stored is not None else None
    return payment.RefundBooked(sold.number if sold is not None else "", news=False)


def _opened(opened: book.Opened | book.NotPayable) -> Event:
    if isinstance(opened, book.NotPayable):
        return payment.PaymentNotChanged(opened.reason)
    return payment.PaymentOpened(opened.payment.id, opened.payment.expires_at)


def _told(context: CommandContext, booked: payment.PaymentBooked) -> payment.PaymentBooked:
    """Tell the customer's other conversations in which the order stands open."""
    whose = context.conversation.account_id
    for other in conversations.of_account(context.connection, whose) if booked.news and whose is not None else ():
        if other.id != context.conversation.id:
            context.tell(other.id, structs.replace(booked, news=False))
    return booked


def _booked(context: CommandContext, payment_id: str, *, news: bool) -> payment.PaymentBooked:
    stored = record.get(context.connection, payment_id)
    if stored is None:
        raise LookupError("no such payment")
    sold = order_record.get(context.connection, stored.order_id)
    if sold is None:
        raise LookupError("no such order")
    gross = Money(stored.amount, stored.currency)
    return payment.PaymentBooked(payment_id, sold.id, sold.number, stored.status, gross, news)


@handles(payment.SetDefaultMethod)
def set_default_method(_deps: CommandDeps, command: payment.SetDefaultMethod, context: CommandContext) -> Event:
    """Set the default for renewals to come. A stored method that is gone leaves its kind."""
    if command.way_id is None or not methods.set_default(
        context.connection, account_id=command.account_id, method_id=command.way_id
    ):
        methods.save_default(context.connection, account_id=command.account_id, method=command.method, now=context.now)
    now = methods.default_of(context.connection, command.account_id)
    stored = now.label if now is not None and now.is_stored else None
    return payment.DefaultMethodSet(command.method, stored)


@handles(payment.ForgetMethod)
def forget_method(_deps: CommandDeps, command: payment.ForgetMethod, context: CommandContext) -> Event:
    """Forget a payment method: nobody charges it from now on."""
    known = methods.forget(context.connection, account_id=command.account_id, method_id=command.way_id, now=context.now)
    if known is None:
        return payment.MethodForgotten(None)
    return payment.MethodForgotten(known.id, known.label, known.is_default)
