"""The cart: what is bought, for how much and how it may be paid, as the texts and the buttons need it."""

from dialogs.case import Ctx, Order
from dialogs.kit import Option, Params, Word
from dialogs.renewing import lines as renewal_lines
from values.cart_line import CartLine
from values.price import Price, price


def cart(s: Order, ctx: Ctx) -> Price:
    """What the order costs as it stands; once it is placed, what it was placed for."""
    if s.id is not None and s.price is not None:
        return s.price
    code = ctx.seller.discount(s.discount, ctx.now) if s.discount else None
    return price(
        [(ctx.seller.plan(line.plan).net, line.years * line.quantity) for line in lines(s, ctx)],
        ctx.seller.currency,
        vat_percent=ctx.seller.vat_percent,
        percent_off=code.percent if code else 0,
    )


def lines(s: Order, ctx: Ctx) -> tuple[CartLine, ...]:
    """What is bought: the programs of a renewal, else the plan chosen."""
    if "renewal" in ctx.seller.dialogs:
        return renewal_lines(ctx.case.renewal, ctx)
    plan = ctx.seller.plan(s.plan) if s.plan else ctx.seller.plans[0]
    return (CartLine(plan.id, s.years or plan.years[0]),)


def shown(s: Order, ctx: Ctx) -> Params:
    """The cart's lines for the texts."""
    total = cart(s, ctx)
    code = ctx.seller.discount(s.discount, ctx.now) if s.discount else None
    bought = lines(s, ctx)
    return {
        "plan": tuple(Word(f"plan.{line.plan}") for line in bought),
        "years": max((line.years for line in bought), default=1),
        "net": total.net,
        "vat": total.vat,
        "vat_percent": ctx.seller.vat_percent,
        "gross": total.gross,
        "discount": s.discount if code else None,
        "percent": code.percent if code else 0,
        "method": Word(f"option.method.{s.method}") if s.method else None,
        "auto_renewal": s.auto_renewal,
        "chargeable": s.method in ctx.seller.chargeable,
    }


def methods(ctx: Ctx) -> tuple[Option, ...]:
    """The seller's methods of payment as quick replies."""
    return tuple(Option(f"method:{m}", f"option.method.{m}") for m in ctx.seller.methods)
