"""Payment: give the link, and go on when the money has come. Nothing a customer says pays."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from dialogs import to_pay
from dialogs.contact import letter_code
from dialogs.kit import (
    Answered,
    Asked,
    AwaitedCode,
    ButtonOver,
    Chosen,
    Decision,
    Dialog,
    DropTimer,
    Event,
    Option,
    Params,
    Say,
    SetTimer,
    TimerDue,
    Unawait,
    need_slot,
    then,
)
from dialogs.messages import order as orders
from dialogs.messages import payment as messages
from dialogs.messages.account import AccountLeft, LoggedIn
from dialogs.messages.elsewhere import CarriedOn
from dialogs.messages.letters import SendNote
from dialogs.messages.renewal import RenewalBegun, RenewalCharged, RenewalToPay, SubscriptionLapsed
from dialogs.messages.zone import SetAutoRenewal
from dialogs.order.bought import find_unpaid, last_unpaid, resumes_order
from dialogs.order.costs import cart, methods
from dialogs.order.in_books import find_order, is_paid, order_here
from dialogs.order.order_card import payment_card, receipt_card
from dialogs.order.products import left_shown
from dialogs.renewal.renewing import is_ordering
from dialogs.renewal.shown import outlooks_shown
from dialogs.state import Ctx, Payment
from values.account_view import OrderView
from values.channel import Channel
from values.meaning import BindingAct, Expects
from values.payment import is_offline
from values.rules import NOTE_ACTIVATED, NOTE_INSTRUCTIONS

POLL = "payment_poll"
EXPIRY = "payment_expiry"
POLL_EVERY = timedelta(minutes=15)
_WEB = str(Channel.WEB)
_PAYING = ("payment", "pay")
_UNRENEWED = "auto_renewal:no"
_MONEY = (*_PAYING, "method", "card", "paypal", "saved")
"""What the buttons name that choose how an order is paid, and pay it."""
_BY_CODE = ("confirming", "refused")
NO_CODES = 0
"""In the place of an attempt: its provider has said that it takes no codes of this seller."""


# What is cleared here is cleared with the order: a payment never ends by being forgotten.
dialog = Dialog("payment", Payment, outlives=lambda s: s)


def _left(s: Payment, ctx: Ctx) -> bool:
    """Return whether a renewal's payment was left for the zone: what runs goes on, paid or not yet."""
    return s.aside and to_pay.status_of(ctx) in ("pending", "failed")


def _untold(s: Payment, ctx: Ctx) -> bool:
    """Return whether the customer waits here for money that the books have already: it is told first."""
    return s.told in ("pending", "failed", "expired") and not s.aside and not is_offline(to_pay.method_of(ctx))


def _ways_on(_s: Payment, ctx: Ctx) -> tuple[Option, ...]:
    order = order_here(ctx)
    off = Option(_UNRENEWED, "option.auto_renewal.no", hidden=True)  # said, it withdraws what the desk has ordered
    known = (off,) if ctx.case.account.id is not None else ()
    zone = (Option("zone:home", "option.zone.home"), *known) if order is not None and order.renewal else ()
    if to_pay.status_of(ctx) == "pending":
        check = Option("payment:check", "option.payment.check")
        return (
            check,
            *to_pay.other_methods(ctx),
            *to_pay.page_button(ctx, hidden=True),
            *to_pay.methods_named(ctx, to_pay.method_of(ctx)),
            *zone,
        )
    if (
        to_pay.status_of(ctx) == "expired"
    ):  # by the terms there is no order any more: it is ordered again, not just paid
        again = Option("payment:again", "option.payment.again", hidden=True)
        return (Option("pay:now", "option.pay.now", binds=BindingAct.order), again, *to_pay.methods_named(ctx))
    return (Option("pay:now", "option.pay.again"), *methods(ctx), *to_pay.page_button(ctx), *zone)


def _codes(s: Payment, ctx: Ctx) -> tuple[AwaitedCode, ...]:
    """Return the code of the bank's app where the method is paid by one, on the channel that has a field for it."""
    takes = ctx.channel == _WEB and to_pay.status_of(ctx) == "pending" and s.code is None
    provider = to_pay.find_code_provider(ctx) if takes else None
    return () if provider is None else (AwaitedCode("blik", terms=provider),)


def _asked(s: Payment, ctx: Ctx) -> Params:
    """Return what is to be paid, and what the customer is to do about it just now."""
    shown = to_pay.payment_shown(ctx)
    waits = shown["status"] == "pending"
    by_code = "code" if _codes(s, ctx) else "confirm" if waits and s.code else None
    keeps = "keep" if waits and not cart(ctx.case.order, ctx).gross.minor else None
    return {**shown, "status": by_code or keeps or shown["status"]}


def _ordered(_s: Payment, ctx: Ctx) -> bool:
    """Return whether there is an order to pay, the customer's or the desk's."""
    return is_ordering(ctx) or ctx.case.order.id is not None


open_ = dialog.do("open", lambda _s, c: _opening(c), when=_ordered, done=lambda _s, c: to_pay.status_of(c) is not None)
payment = dialog.wait(
    "payment",
    Expects.payment,
    when=_ordered,
    done=lambda s, c: (is_paid(c) and not _untold(s, c)) or to_pay.is_paid_offline(c) or _left(s, c),
    options=_ways_on,
    params=_asked,
    codes=_codes,
    card=lambda s, c: payment_card(_asked(s, c), c),
    intents={
        "payment_status": "payment:check",
        "pay": "pay:now",
        "affirm": ("payment:check", "pay:now"),
        "choose_plan": "payment:again",
        "renew_subscription": "payment:again",
    },
    links=("payment",),
    final=lambda _s, c: is_paid(c),
)


def _opening(ctx: Ctx, method: str | None = None) -> messages.OpenPayment:
    """Return the command that opens a payment by this method; by that of the order, also by its stored way."""
    chosen = method or ctx.case.payment.wanted
    return messages.OpenPayment(
        need_slot(ctx.case.order.id), need_slot(chosen or to_pay.method_of(ctx)), None if chosen else ctx.case.order.way
    )


@dialog.always(messages.PaymentOpened)
def await_money(s: Payment, e: messages.PaymentOpened, ctx: Ctx) -> Decision[Payment]:
    """Ask the provider from now on, until the money has come or the offer has expired."""
    pending = replace(s, told="pending", wanted=None, code=None)
    if not to_pay.is_paid_offline(ctx):
        return then(pending, *_awaiting(e.expires_at, ctx))
    told, letter = to_pay.how_to_pay(ctx, mailed=True), SendNote(NOTE_INSTRUCTIONS, need_slot(ctx.case.order.id))
    return then(pending, DropTimer(POLL), SetTimer(EXPIRY, e.expires_at), told, letter)


@dialog.always(messages.PaymentNotChanged)
def replace_expired_payment(s: Payment, e: messages.PaymentNotChanged, ctx: Ctx) -> Decision[Payment]:
    """Open another payment in the place of one that expired; who doesn't know yet that it did is told first.

    An order paid or cancelled meanwhile, perhaps in another conversation, stays as it stands.
    """
    if e.status == "paid":
        return then(replace(s, told="paid"), *_over(), Say("payment.status", to_pay.payment_shown(ctx)))
    if e.status != "expired":
        return then(s, orders.CancelOrder(need_slot(ctx.case.order.id)))
    if s.told != "expired":
        return then(replace(s, told="expired"), Say("payment.expired", to_pay.payment_shown(ctx)))
    return then(s, _opening(ctx))


@payment.on(Answered)
def ask_provider_for_customer(s: Payment, e: Answered, ctx: Ctx) -> Decision[Payment]:
    """Ask the provider: "I have paid" is no proof. Of a lapsed order tell what ordering it again comes to.

    Who lets somebody else pay gets the page to pass on.
    """
    if e.value == "again":
        return then(s, Say("payment.expired", to_pay.payment_shown(ctx)))
    if e.value == "page":
        return then(s, to_pay.tell_page(ctx))
    return then(s, Say("payment.checking"), messages.AskPayment(_payment_id(ctx)))


@payment.on(Chosen)
def retry_payment(s: Payment, e: Chosen, ctx: Ctx) -> Decision[Payment]:
    """Reopen the payment, or open one by another method (a lapsed order is ordered again by it), or end the renewal."""
    if e.payload == "zone:home":
        return then(replace(s, aside=True))
    if e.payload == _UNRENEWED:
        return then(s, SetAutoRenewal(need_slot(ctx.case.account.id), on=False))
    if e.payload == "pay:now":
        return then(s, messages.ReopenPayment(_payment_id(ctx)))
    if to_pay.status_of(ctx) == "expired":
        return then(replace(s, wanted=e.value))
    if to_pay.status_of(ctx) == "pending" and e.value == to_pay.method_of(ctx):
        return then(s)
    return then(replace(s, aside=False), _opening(ctx, e.value))


@dialog.always(orders.PaymentWanted)
def return_to_payment(s: Payment, _e: orders.PaymentWanted, _ctx: Ctx) -> Decision[Payment]:
    """Return to the payment that was left for the zone."""
    return then(replace(s, aside=False))


@dialog.always(orders.MethodWanted)
def change_payment_method(s: Payment, e: orders.MethodWanted, ctx: Ctx) -> Decision[Payment]:
    """Replace the payment under way with one by another method."""
    return then(replace(s, aside=False), _opening(ctx, e.method))


@payment.on(messages.PaymentChecked)
def tell_provider_answer(s: Payment, e: messages.PaymentChecked, ctx: Ctx) -> Decision[Payment]:
    """Tell the provider's answer, also if it is no news."""
    if e.state in _BY_CODE:
        return _code_checked(s, e, ctx)
    if e.state == "pending":
        return then(s, Say("payment.not_yet"))
    if e.state == "unknown":
        return then(s, Say("payment.unsure"))
    if e.state == to_pay.status_of(ctx):
        return then(s, Say("payment.status", to_pay.payment_shown(ctx)))
    return then(s, _book(e))


@dialog.always(messages.PaymentChecked)
def book_checked_payment(s: Payment, e: messages.PaymentChecked, ctx: Ctx) -> Decision[Payment]:
    """Tell the provider's answer only if it is news."""
    if e.state in _BY_CODE:
        return _code_checked(s, e, ctx)
    return then(s) if e.state in ("pending", "unknown") else then(s, _book(e))


@dialog.always(ButtonOver)
def tell_status_for_old_button(s: Payment, e: ButtonOver, ctx: Ctx) -> Decision[Payment]:
    """Tell how the order stands whose payment an earlier button was about."""
    about, order = e.payload.partition(":")[0], ctx.case.order
    if order.id is not None and about in _MONEY:
        return then(s, Say("payment.status", to_pay.payment_shown(ctx)))
    if order.cancelled is not None and about in _PAYING:
        return then(s, Say("payment.cancelled", {"number": order.cancelled}))
    return then(s)


@dialog.always(messages.PaymentNoticed)
def ask_provider_on_notice(s: Payment, e: messages.PaymentNoticed, _ctx: Ctx) -> Decision[Payment]:
    """Ask the provider: a notice isn't money."""
    return then(s, messages.ConfirmPayment(e.payment_id, e.attempt, e.facts))


@dialog.always(messages.PaymentReturned)
def ask_provider_on_return(s: Payment, e: messages.PaymentReturned, _ctx: Ctx) -> Decision[Payment]:
    """Ask the provider at once, so that the customer needn't wait for the notice."""
    return then(s, messages.AskReturned(e.payment_id))


@dialog.always(messages.PaymentBooked)
def take_booked_money(s: Payment, e: messages.PaymentBooked, ctx: Ctx) -> Decision[Payment]:
    """Take the money at any step; a failure matters only for the payment that is open here."""
    here = order_here(ctx)
    ours = here is not None and (here.id == e.order_id or here.payment_id == e.payment_id)
    receipt = receipt_card(ctx) if ours and e.status == "paid" else None
    told = "payment.thanks" if receipt is not None else f"payment.{e.status}"
    unproven = ctx.case.find_email(ctx.books) if e.status == "paid" and letter_code.owes_email_proof(ctx) else None
    shown: Params = {"number": e.number, "gross": e.gross, "unproven": unproven}
    said = Say(told, shown, card=receipt)
    said = replace(said, paid=e.number) if e.status == "paid" else said
    words = (said,) if e.news or (ours and e.status != s.told) else ()
    if e.status == "paid":
        active = (SendNote(NOTE_ACTIVATED, e.order_id),) if e.news and NOTE_ACTIVATED in ctx.seller.notes else ()
        known = replace(s, told="paid") if ours or is_paid(ctx) else s  # paid by it, or by the money before
        return then(known, *(_over() if ours else ()), *words, *(_announced(e, ctx) if words else ()), *active)
    if here is None or e.payment_id != here.payment_id or here.money == "paid":
        return then(s, *(words if e.status == "refunded" else ()))
    return then(replace(s, told=e.status), *words)


def _announced(e: messages.PaymentBooked, ctx: Ctx) -> tuple[Say, ...]:
    """Announce the next charge of a short term: nothing else does before its day."""
    paid = {of.id for of in ctx.books.owned if of.order_id == e.order_id}
    rules = ctx.seller.renewal_rules
    coming = [o for o in ctx.books.outlooks if o.renews and paid.intersection(o.ids)]
    short = [o for o in coming if rules.of_term(o.term).told_by_receipt]
    return (Say("payment.goes_on", {"outlooks": outlooks_shown(short, ctx.seller)}),) if short else ()


@dialog.always(messages.RefundDue)
def begin_due_refund(s: Payment, e: messages.RefundDue, _ctx: Ctx) -> Decision[Payment]:
    """Tell the refund at once, so that nobody worries."""
    said = Say("payment.refund_due", {"number": e.number})
    return then(s, said, messages.RefundPayment(e.payment_id, e.attempt, e.amount, e.currency))


@dialog.always(messages.RefundAnswered)
def book_answered_refund(s: Payment, e: messages.RefundAnswered, _ctx: Ctx) -> Decision[Payment]:
    """Book a refund that the provider has; otherwise it stays due, and a person has been called."""
    return then(s, messages.BookRefund(e.payment_id, e.attempt)) if e.taken_on else then(s)


@dialog.always(messages.RefundBooked)
def tell_booked_refund(s: Payment, e: messages.RefundBooked, _ctx: Ctx) -> Decision[Payment]:
    """Tell the refund, which is the second line on the statement."""
    return then(s, *((Say("payment.refund_sent", {"number": e.number}),) if e.news else ()))


@dialog.always(messages.MoneyBack)
def tell_returned_money(s: Payment, e: messages.MoneyBack, ctx: Ctx) -> Decision[Payment]:
    """Tell what the provider says: which money went back, and what that changes."""
    shown = {"number": e.number, "back": e.back, "total": e.total, "stops": e.ends_at, **left_shown(e.left, ctx.seller)}
    shown["by"] = "transfer" if e.by_transfer else "provider"
    return then(s, Say(f"payment.back.{e.kind}", shown))


@dialog.always(messages.TransferNotBooked)
def tell_unbooked_transfer(s: Payment, e: messages.TransferNotBooked, ctx: Ctx) -> Decision[Payment]:
    """Tell what happens to money that pays nothing, and how to pay what was paid with it by mistake."""
    said = Say(f"payment.kept.{e.reason}", {"number": e.number, "sum": e.sum, "gross": e.gross})
    order = order_here(ctx) if e.reason.startswith("unbooked") else None
    if order is None or order.id != e.order_id:
        return then(s, said)
    told = (to_pay.how_to_pay(ctx),) if to_pay.is_paid_offline(ctx) else ()
    return then(Payment(told=order.money), *_goes_on(order, ctx), said, *told)


@dialog.always(messages.PaymentDue)
def remind_of_deadline(s: Payment, e: messages.PaymentDue, ctx: Ctx) -> Decision[Payment]:
    """Tell the last day to pay, with what the transfer or slip is made out with where it is this chat's order."""
    here = to_pay.is_paid_offline(ctx) and _payment_id(ctx) == e.payment_id
    card = to_pay.how_to_pay(ctx).card if here else None
    told = Say("payment.due", {"number": e.number, "gross": e.gross, "until": e.until}, card=card)
    return then(s, told)


@dialog.always(TimerDue)
def poll_or_expire_payment(s: Payment, e: TimerDue, ctx: Ctx) -> Decision[Payment]:
    """Ask the provider every quarter of an hour; at the offer's end ask a last time and expire it."""
    order = order_here(ctx)
    if e.kind not in (POLL, EXPIRY) or order is None or order.payment_id is None or order.money == "paid":
        return then(s)
    if e.kind == EXPIRY:
        return then(s, messages.ExpirePayment(order.payment_id))
    again = () if order.money in ("expired", "cancelled") else (SetTimer(POLL, ctx.now + POLL_EVERY),)
    return then(s, messages.PollPayment(order.payment_id), *again)


@dialog.always(orders.OrderCancelled)
def close_cancelled_payment(s: Payment, e: orders.OrderCancelled, ctx: Ctx) -> Decision[Payment]:
    """Close the payment, if the order was this conversation's."""
    return then(Payment(), *_over()) if ctx.case.order.cancelled == e.number else then(s)


@dialog.always(orders.OrderStands)
def mark_payment_paid(s: Payment, _e: orders.OrderStands, _ctx: Ctx) -> Decision[Payment]:
    """Take the payment as paid: that is why its order couldn't be cancelled."""
    return then(replace(s, told="paid"), *_over())


@dialog.always(orders.LapsedOrderChanged)
def close_lapsed_payment(_s: Payment, _e: orders.LapsedOrderChanged, _ctx: Ctx) -> Decision[Payment]:
    """Close the payment of a lapsed order, in whose place another is ordered."""
    return then(Payment(), *_over())


@dialog.always(RenewalBegun, AccountLeft)
def close_payment(_s: Payment, _e: Event, _ctx: Ctx) -> Decision[Payment]:
    """Close the payment: another order takes the place of its own, or the account is left."""
    return then(Payment(), Unawait(), *_over())


@dialog.always(RenewalToPay)
def take_over_desks_payment(s: Payment, e: RenewalToPay, ctx: Ctx) -> Decision[Payment]:
    """Take over the payment of the desk's order, if that is this conversation's order now."""
    if (placed := find_unpaid(e.order_id, ctx)) is None:
        return then(s)
    mailed = is_offline(placed.payment_method or placed.method) and not e.again
    letter = (SendNote(NOTE_INSTRUCTIONS, e.order_id),) if mailed and e.mails else ()
    if ctx.case.order.id != e.order_id:
        return then(s, *letter)
    told = (to_pay.how_to_pay(ctx, mailed=mailed), *letter) if to_pay.is_paid_offline(ctx) else ()
    return then(Payment(told=placed.money), Unawait(), *_goes_on(placed, ctx), *told)


@dialog.always(SubscriptionLapsed)
def close_payment_after_grace(s: Payment, e: SubscriptionLapsed, ctx: Ctx) -> Decision[Payment]:
    """Close the payment of an order cancelled after the days of grace."""
    if e.order_id is None or ctx.case.order.cancelled != e.number:
        return then(s)
    return then(Payment(), Unawait(), *_over())


@dialog.always(RenewalCharged)
def close_charged_payment(s: Payment, e: RenewalCharged, ctx: Ctx) -> Decision[Payment]:
    """Wait no more for an order that the desk has charged."""
    order = order_here(ctx)
    if order is None or (order.id != e.order_id and order.payment_id != e.payment_id):
        return then(s)
    return then(Payment(told="paid"), Unawait(), *_over())


@dialog.always(LoggedIn)
def resume_account_payment(_s: Payment, e: LoggedIn, ctx: Ctx) -> Decision[Payment]:
    """Resume the payment of the account's order, perhaps begun in another conversation."""
    if e.view.order is None or not resumes_order(e.view, ctx):
        return then(Payment(), Unawait(), *_over())
    return then(Payment(told=e.view.order.money), Unawait(), *_goes_on(e.view.order, ctx))


@dialog.always(orders.OrderBegun)
def begin_new_payment(s: Payment, _e: orders.OrderBegun, ctx: Ctx) -> Decision[Payment]:
    """Begin a new payment for the new order."""
    if last_unpaid(ctx.books) is not None:
        return then(s)
    return then(Payment(), Unawait(), *_over())


@dialog.always(orders.OrderResumed)
def resume_payment(_s: Payment, e: orders.OrderResumed, ctx: Ctx) -> Decision[Payment]:
    """Resume the order's payment."""
    told = (to_pay.how_to_pay(ctx),) if to_pay.is_paid_offline(ctx) else ()
    order = need_slot(find_order(ctx.books, e.order_id))
    return then(Payment(told=order.money), Unawait(), *_goes_on(order, ctx), *told)


@dialog.always(CarriedOn)
def await_money_here(s: Payment, _e: CarriedOn, ctx: Ctx) -> Decision[Payment]:
    """Wait for the money in this conversation, too."""
    order = order_here(ctx)
    return then(s, *(_goes_on(order, ctx) if order is not None and order.waits else ()))


@dialog.asked("payment_status", "pay", "my_order", "ask_ordered")
def tell_payment_status(s: Payment, e: Asked, ctx: Ctx) -> Decision[Payment]:
    """Tell the payment's status, at any step."""
    if to_pay.is_paid_offline(ctx):
        return then(s, to_pay.how_to_pay(ctx))
    if ctx.case.order.id is None:
        return then(s, *(() if e.intent == "ask_ordered" else (Say("payment.none"),)))
    return then(replace(s, told=to_pay.status_of(ctx)), Say("payment.status", to_pay.payment_shown(ctx)))


@dialog.asked("other_payer", "ask_pro_forma")
def give_page_for_other_payer(s: Payment, e: Asked, ctx: Ctx) -> Decision[Payment]:
    """Give the page by which somebody else pays, or the pro forma, at any step; of what is paid or lapsed tell that."""
    papers = to_pay.tell_pro_formas(ctx) if e.intent == "ask_pro_forma" else ()
    if not papers and to_pay.find_payable(ctx) is None and ctx.case.order.id is not None:
        return then(s, Say("payment.status", to_pay.payment_shown(ctx)))
    return then(s, *(papers or (to_pay.tell_page(ctx),)))


@dialog.asked("ask_pay_by")
def tell_payment_deadline(s: Payment, _e: Asked, ctx: Ctx) -> Decision[Payment]:
    """Tell the last day to pay; of a lapsed order, that it has none any more; without one, how many days there are."""
    order = order_here(ctx)
    if order is None or order.money in (None, "refunded", "cancelled"):
        manners = ctx.seller.manners
        within = manners.transfer_ttl if is_offline(to_pay.method_of(ctx)) else manners.payment_ttl
        return then(s, Say("payment.pay_within", {"days": within.days}))
    until = order.payment_expires_at
    status = "expired" if order.waits and until is not None and until <= ctx.now else order.money
    return then(s, Say("payment.pay_by", {**to_pay.payment_shown(ctx), "status": status, "until": until}))


def _code_checked(s: Payment, e: messages.PaymentChecked, ctx: Ctx) -> Decision[Payment]:
    """Ask after a code that was handed on, which no provider is sure to tell of; tell why it came to nothing."""
    here = order_here(ctx)
    ours = here is not None and here.payment_id == e.payment_id and here.money == "pending"
    if e.state == "confirming":
        asks = messages.AskCode(e.payment_id, e.attempt)
        told = (Say("payment.code.confirm", alone=True),) if ours else ()
        return then(replace(s, code=e.attempt) if ours else s, *told, asks)
    if s.code != e.attempt or not ours:
        return then(s)
    return then(replace(s, code=NO_CODES if e.refusal == "page" else None), Say(f"payment.code.{e.refusal}"))


def _goes_on(order: OrderView, ctx: Ctx) -> tuple[SetTimer | DropTimer, ...]:
    """Return the timers of a payment begun in another conversation."""
    if order.status == "paid" or order.payment_expires_at is None:
        return _over()
    if is_offline(order.payment_method) and order.payment_status == "pending":
        return DropTimer(POLL), SetTimer(EXPIRY, order.payment_expires_at)
    return _awaiting(order.payment_expires_at, ctx)


def _payment_id(ctx: Ctx) -> str:
    return need_slot(need_slot(order_here(ctx)).payment_id)


def _awaiting(until: datetime, ctx: Ctx) -> tuple[SetTimer, SetTimer]:
    return SetTimer(POLL, ctx.now + POLL_EVERY), SetTimer(EXPIRY, until)


def _over() -> tuple[DropTimer, DropTimer]:
    return DropTimer(POLL), DropTimer(EXPIRY)


def _book(e: messages.PaymentChecked) -> messages.BookPayment:
    return messages.BookPayment(e.payment_id, e.attempt, e.state, e.amount, e.currency, e.kept)
