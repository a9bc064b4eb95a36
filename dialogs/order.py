"""Order: auto-renewal, method of payment, terms and clauses, the summary, and the act that obliges to pay."""

from dataclasses import replace

from dialogs.cart import cart, methods, shown
from dialogs.case import Ctx, Order
from dialogs.kit import (
    Answered,
    Asked,
    Cancelled,
    Condition,
    Decision,
    Dialog,
    Option,
    Say,
    Skipped,
    Step,
    Unawait,
    Word,
    then,
)
from dialogs.words.account import LoggedIn
from dialogs.words.order import (
    CancelOrder,
    OrderCancelled,
    OrderPlaced,
    OrderRefused,
    OrderStands,
    PlaceOrder,
    ResendConfirmation,
)
from dialogs.words.payment import PaymentBooked, PaymentOpened
from dialogs.words.zone import AutoRenewalSet, DefaultMethodSet
from values import discount_code
from values.expects import Expects
from values.money import Money
from values.parsed import Ok, Parsed, Refused
from values.price import Price


def _outlives(s: Order) -> Order:
    return s if s.id is not None else Order(cancelled=s.cancelled)


dialog = Dialog("order", Order, outlives=_outlives)
HUMAN = (Option("/agent", "option.agent"),)


def _open(s: Order, _ctx: Ctx) -> bool:
    return s.id is None


def _cancelling(_s: Order, ctx: Ctx) -> tuple[Option, ...]:
    return () if ctx.case.payment.status == "paid" else (Option("/cancel", "option.cancel"),)


def _code(text: str, _s: Order, ctx: Ctx) -> Parsed[str]:
    parsed = discount_code.parse(text)
    if isinstance(parsed, Ok) and ctx.seller.discount(parsed.value, ctx.now) is None:
        known = any(d.code == parsed.value.upper() for d in ctx.seller.discounts)
        return Refused("discount_code.expired" if known else "discount_code.unknown", {"code": parsed.value})
    return parsed


def _filled(slot: str) -> Condition[Order]:
    """Answered, or no longer asked because the order is placed."""
    return lambda s, _c: getattr(s, slot) is not None or s.id is not None


auto_renewal = dialog.choose(
    "auto_renewal",
    lambda _s, _c: (
        Option("auto_renewal:yes", "option.auto_renewal.yes"),
        Option("auto_renewal:no", "option.auto_renewal.no"),
    ),
    slot="auto_renewal",
    done=_filled("auto_renewal"),
    params=shown,
    intents={
        "renewal_on": "auto_renewal:yes",
        "renewal_off": "auto_renewal:no",
        "affirm": "auto_renewal:yes",
        "deny": "auto_renewal:no",
    },
)
method = dialog.choose("method", lambda _s, c: methods(c), slot="method", done=_filled("method"))


def _accepted(name: str) -> Step[Order]:
    """A document that is agreed to by an act of its own."""
    accept = Option(f"{name}:accept", f"option.{name}.accept")
    intents = {"affirm": accept.payload}
    return dialog.choose(name, lambda _s, _c: (accept,), slot=name, done=_filled(name), intents=intents)


terms = _accepted("terms")
clauses = _accepted("clauses")
discount = dialog.ask(
    "discount",
    Expects.discount_code,
    slot="discount",
    parse=_code,
    when=_open,
    optional=True,
    anytime=True,
    options=lambda _s, _c: (Option("discount:skip", "option.discount.skip"),),
    counted=False,
)
confirm = dialog.choose(
    "confirm",
    lambda _s, _c: (
        Option("confirm:yes", "option.order.yes"),
        Option("confirm:edit", "option.edit"),
        Option("edit:discount", "option.discount.have"),
    ),
    slot="confirmed",
    done=_filled("confirmed"),
    expects=Expects.confirm_data,
    needs=("auto_renewal", "method", "discount", "company.confirm"),
    params=shown,
    intents={"affirm": "confirm:yes", "deny": "confirm:edit", "correct_data": "confirm:edit"},
    edits=("auto_renewal", "method", "discount"),
)
pay = dialog.choose(
    "pay",
    lambda _s, _c: (Option("pay:now", "option.pay.now"),),
    slot="pay",
    done=_filled("pay"),
    needs=("confirm",),
    params=shown,
    intents={"pay": "pay:now"},
)
email_link = dialog.wait(
    "email_link",
    Expects.email_link,
    when=lambda _s, c: "email" in c.seller.demanded_contacts,
    done=lambda s, c: s.id is not None or c.case.contact.email_proven_at is not None,
    options=lambda _s, _c: (Option("email_link:again", "option.send_again"), Option("edit:email", "edit.email")),
    params=lambda _s, c: {"email": c.case.account.email},
    intents={"resend_code": "email_link:again", "change_contact": "edit:email"},
    counted=False,
)
place = dialog.do(
    "place",
    lambda s, c: PlaceOrder(
        account_id=c.case.account.id or "",
        company_id=c.case.company.id or "",
        plan=s.plan or c.seller.plans[0].id,
        years=s.years or c.seller.plans[0].years[0],
        method=s.method or "",
        auto_renewal=bool(s.auto_renewal),
        discount=s.discount,
        price=s.price or cart(s, c),
        documents=("terms", "clauses"),
    ),
    done=lambda s, _c: s.id is not None,
    final=lambda s, _c: s.id is not None,
    instead=_cancelling,
)


@auto_renewal.on(Answered)
def renewal_chosen(s: Order, e: Answered, _ctx: Ctx) -> Decision[Order]:
    """An explicit choice, never a silent default."""
    return then(replace(s, auto_renewal=e.value == "yes"))


@discount.on(Answered)
def code_given(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
    """Taken there and then, with the new price."""
    lowered = replace(s, discount=str(e.value).upper())
    return then(lowered, Say("order.discount_taken", shown(lowered, ctx)))


@confirm.on(Answered)
def summary_confirmed(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
    """The price that was agreed to is the one to be placed, or the order isn't placed."""
    return then(replace(s, confirmed=str(e.value), price=cart(s, ctx)))


@discount.on(Skipped)
def no_code(s: Order, _e: Skipped, _ctx: Ctx) -> Decision[Order]:
    """No code, or the one given before stays."""
    return then(s)


@email_link.on(Answered)
def letter_again(s: Order, _e: Answered, ctx: Ctx) -> Decision[Order]:
    """The confirmation letter once more."""
    return then(s, ResendConfirmation(ctx.case.account.id or ""))


@place.on(OrderPlaced)
def order_placed(s: Order, e: OrderPlaced, ctx: Ctx) -> Decision[Order]:
    """The payment is opened next, by its own dialog."""
    placed = replace(s, id=e.order_id, number=e.number, price=s.price or cart(s, ctx))
    return then(placed, Say("order.placed", {"number": e.number}))


@dialog.always(OrderRefused)
def order_refused(s: Order, e: OrderRefused, _ctx: Ctx) -> Decision[Order]:
    """The press is taken back; the customer is told what is missing, or shown the price that changed."""
    back = replace(s, pay=None, confirmed=None) if e.reason == "price_changed" else replace(s, pay=None)
    return then(back, Say(f"order.refused.{e.reason}", options=HUMAN))


@dialog.always(Cancelled)
def cancelled(s: Order, _e: Cancelled, ctx: Ctx) -> Decision[Order]:
    """An unpaid order is withdrawn; a paid one stands."""
    if s.id is None:
        return then(s)
    if ctx.case.payment.status == "paid":
        return then(s, Say("order.stands", {"number": s.number}))
    return then(s, CancelOrder(s.id))


@dialog.always(OrderCancelled)
def order_cancelled(_s: Order, e: OrderCancelled, _ctx: Ctx) -> Decision[Order]:
    """Nothing is owed."""
    return then(Order(cancelled=e.number), Say("order.cancelled", {"number": e.number}))


@dialog.always(OrderStands)
def order_stands(s: Order, e: OrderStands, _ctx: Ctx) -> Decision[Order]:
    """The money came first."""
    return then(s, Say("order.stands", {"number": e.number}))


@dialog.always(PaymentOpened)
def way_to_pay(s: Order, _e: PaymentOpened, ctx: Ctx) -> Decision[Order]:
    """Another method chosen for the payment is the order's from then on."""
    return then(replace(s, method=ctx.case.payment.method or s.method))


@dialog.always(PaymentBooked)
def paid_after_all(s: Order, e: PaymentBooked, _ctx: Ctx) -> Decision[Order]:
    """Money for a cancelled order counts: the order stands again, unless another has taken its place."""
    if e.status != "paid" or s.id is not None or s.cancelled != e.number:
        return then(s)
    return then(replace(s, id=e.order_id, number=e.number, price=None))


@dialog.always(AutoRenewalSet)
def renewal_set(s: Order, e: AutoRenewalSet, _ctx: Ctx) -> Decision[Order]:
    """Switched in the zone."""
    return then(replace(s, auto_renewal=e.on) if e.changed else s)


@dialog.always(DefaultMethodSet)
def method_set(s: Order, e: DefaultMethodSet, _ctx: Ctx) -> Decision[Order]:
    """Changed in the zone: renewals go this way."""
    return then(replace(s, method=e.method))


@dialog.always(LoggedIn)
def logged_in(s: Order, e: LoggedIn, _ctx: Ctx) -> Decision[Order]:
    """An order that is placed goes on where it was left; a paid one is done."""
    placed, view = e.view.order, e.view
    if placed is None or placed.status not in ("placed", "paid"):
        return then(replace(s, id=None, number=None, cancelled=None, pay=None, confirmed=None, price=None), Unawait())
    paid = placed.status == "paid"
    known = Order(
        auto_renewal=placed.auto_renewal if view.auto_renewal is None else view.auto_renewal,
        method=(view.default_method if paid else None) or placed.method,
        terms="accept",
        clauses="accept",
        confirmed="yes",
        price=Price(*(Money(minor, placed.currency) for minor in (placed.net, placed.vat, placed.gross))),
        pay="now",
        id=placed.id,
        number=placed.number,
    )
    return then(known, Unawait())


@dialog.asked("ask_price", "choose_plan", "renewal_on", "renewal_off", "choose_payment_method")
def cart_asked(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """Cart and price are visible at any step; before the order each part of it can be changed from there."""
    known = {"auto_renewal": s.auto_renewal, "method": s.method} if s.id is None else {}
    edits = tuple(Option(f"edit:{name}", f"edit.{name}") for name, value in known.items() if value is not None)
    return then(s, Say("order.cart", shown(s, ctx), edits))


@dialog.asked("ask_payment_methods")
def methods_asked(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """All that the seller takes."""
    return then(s, Say("order.methods", {"methods": tuple(Word(option.key) for option in methods(ctx))}))


@dialog.asked("apply_discount_code")
def discount_asked(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """A code can be typed at any step before the order."""
    return then(s, Say("order.discount_how" if s.id is None else "order.discount_late", shown(s, ctx)))
