"""Order: auto-renewal, method of payment, terms and clauses, the summary, and the act that obliges to pay."""

from dataclasses import replace

from dialogs.case import Ctx, Order
from dialogs.kit import (
    Answered,
    Asked,
    Cancelled,
    Condition,
    Decision,
    Dialog,
    Option,
    Param,
    Params,
    Say,
    Skipped,
    Word,
    then,
)
from dialogs.words.account import LoggedIn, SendLetter
from dialogs.words.order import (
    CancelOrder,
    ConfirmationRenewed,
    OrderCancelled,
    OrderPlaced,
    OrderRefused,
    OrderStands,
    PlaceOrder,
    ResendConfirmation,
)
from values import discount_code
from values.expects import Expects
from values.parsed import Ok, Parsed, Refused
from values.price import Price, price


def _outlives(s: Order) -> Order:
    return s if s.id is not None else Order()


dialog = Dialog("order", Order, outlives=_outlives)


def _open(s: Order, _ctx: Ctx) -> bool:
    return s.id is None


def cart(s: Order, ctx: Ctx) -> Price:
    """What the order costs as it stands."""
    plan = ctx.seller.plan(s.plan) if s.plan else ctx.seller.plans[0]
    code = ctx.seller.discount(s.discount, ctx.now) if s.discount else None
    return price(
        [(plan.net, s.years or plan.years[0])],
        ctx.seller.currency,
        vat_percent=ctx.seller.vat_percent,
        percent_off=code.percent if code else 0,
    )


def shown(s: Order, ctx: Ctx) -> dict[str, Param]:
    """The cart's lines for the texts."""
    total = cart(s, ctx)
    code = ctx.seller.discount(s.discount, ctx.now) if s.discount else None
    return {
        "plan": Word(f"plan.{s.plan or ctx.seller.plans[0].id}"),
        "years": s.years or ctx.seller.plans[0].years[0],
        "net": total.net,
        "vat": total.vat,
        "vat_percent": ctx.seller.vat_percent,
        "gross": total.gross,
        "discount": s.discount,
        "percent": code.percent if code else 0,
        "method": Word(f"option.method.{s.method}") if s.method else None,
        "auto_renewal": s.auto_renewal,
        "chargeable": s.method in ctx.seller.chargeable,
    }


def _shown(s: Order, ctx: Ctx) -> Params:
    return shown(s, ctx)


def _accept(step: str) -> tuple[Option, ...]:
    return (Option(f"{step}:accept", f"option.{step}.accept"),)


def methods(ctx: Ctx) -> tuple[Option, ...]:
    """The seller's methods of payment as quick replies."""
    return tuple(Option(f"method:{m}", f"option.method.{m}") for m in ctx.seller.methods)


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
    params=_shown,
    intents={
        "renewal_on": "auto_renewal:yes",
        "renewal_off": "auto_renewal:no",
        "affirm": "auto_renewal:yes",
        "deny": "auto_renewal:no",
    },
)
method = dialog.choose("method", lambda _s, c: methods(c), slot="method", done=_filled("method"))
terms = dialog.choose(
    "terms",
    lambda _s, _c: _accept("terms"),
    slot="terms",
    done=_filled("terms"),
    intents={"affirm": "terms:accept"},
)
clauses = dialog.choose(
    "clauses",
    lambda _s, _c: _accept("clauses"),
    slot="clauses",
    done=_filled("clauses"),
    intents={"affirm": "clauses:accept"},
)
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
    params=_shown,
    intents={"affirm": "confirm:yes", "deny": "confirm:edit", "correct_data": "confirm:edit"},
    edits=("auto_renewal", "method", "discount"),
)
pay = dialog.choose(
    "pay",
    lambda _s, _c: (Option("pay:now", "option.pay.now"),),
    slot="pay",
    done=_filled("pay"),
    needs=("confirm",),
    params=_shown,
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
        price=cart(s, c),
        documents=("terms", "clauses"),
    ),
    done=lambda s, _c: s.id is not None,
    final=lambda s, _c: s.id is not None,
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


@discount.on(Skipped)
def no_code(s: Order, _e: Skipped, _ctx: Ctx) -> Decision[Order]:
    """No code, or the one given before stays."""
    return then(s)


@email_link.on(Answered)
def letter_again(s: Order, _e: Answered, ctx: Ctx) -> Decision[Order]:
    """The confirmation letter once more."""
    return then(s, ResendConfirmation(ctx.case.account.id or ""))


@email_link.on(ConfirmationRenewed)
def letter_renewed(s: Order, e: ConfirmationRenewed, ctx: Ctx) -> Decision[Order]:
    """It is sent to the account's address."""
    email = ctx.case.account.email or ""
    return then(s, SendLetter(e.letter, email), Say("order.letter_again", {"email": email}))


@place.on(OrderPlaced)
def order_placed(s: Order, e: OrderPlaced, _ctx: Ctx) -> Decision[Order]:
    """The payment is opened next, by its own dialog."""
    return then(replace(s, id=e.order_id, number=e.number), Say("order.placed", {"number": e.number}))


@place.on(OrderRefused)
def order_refused(s: Order, e: OrderRefused, _ctx: Ctx) -> Decision[Order]:
    """The press is taken back; the customer is told what is missing."""
    return then(replace(s, pay=None), Say(f"order.refused.{e.reason}", options=(Option("/agent", "option.agent"),)))


@dialog.always(Cancelled)
def cancelled(s: Order, _e: Cancelled, ctx: Ctx) -> Decision[Order]:
    """An unpaid order is withdrawn; a paid one stands."""
    if s.id is None or ctx.case.payment.status == "paid":
        return then(s)
    return then(s, CancelOrder(s.id))


@dialog.always(OrderCancelled)
def order_cancelled(_s: Order, e: OrderCancelled, _ctx: Ctx) -> Decision[Order]:
    """Nothing is owed."""
    return then(Order(), Say("order.cancelled", {"number": e.number}))


@dialog.always(OrderStands)
def order_stands(s: Order, e: OrderStands, _ctx: Ctx) -> Decision[Order]:
    """The money came first."""
    return then(s, Say("order.stands", {"number": e.number}))


@dialog.always(LoggedIn)
def logged_in(s: Order, e: LoggedIn, _ctx: Ctx) -> Decision[Order]:
    """An order that is placed goes on where it was left; a paid one is done."""
    placed = e.view.order
    if placed is None or placed.status not in ("placed", "paid", "failed"):
        return then(replace(s, id=None, number=None, pay=None, confirmed=None))
    return then(
        Order(
            auto_renewal=placed.auto_renewal,
            method=placed.method,
            terms="accept",
            clauses="accept",
            confirmed="yes",
            pay="now",
            id=placed.id,
            number=placed.number,
        )
    )


@dialog.asked("ask_price")
def price_asked(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """Cart and price are visible at any step."""
    return then(s, Say("order.cart", shown(s, ctx)))


@dialog.asked("apply_discount_code")
def discount_asked(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
    """A code can be typed at any step before the order."""
    return then(s, Say("order.discount_how" if s.id is None else "order.discount_late", shown(s, ctx)))
