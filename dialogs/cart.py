"""The cart: what is bought, for how much and how it may be paid, as the texts and the buttons need it."""

from dialogs.case import Ctx, Order
from dialogs.kit import Option, Params, Word
from values.price import Price, price


def cart(s: Order, ctx: Ctx) -> Price:
    """What the order costs as it stands; once it is placed, what it was placed for."""
    if s.id is not None and s.price is not None:
        return s.price
    plan = ctx.seller.plan(s.plan) if s.plan else ctx.seller.plans[0]
    code = ctx.seller.discount(s.discount, ctx.now) if s.discount else None
    return price(
        [(plan.net, s.years or plan.years[0])],
        ctx.seller.currency,
        vat_percent=ctx.seller.vat_percent,
        percent_off=code.percent if code else 0,
    )


def shown(s: Order, ctx: Ctx) -> Params:
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
        "discount": s.discount if code else None,
        "percent": code.percent if code else 0,
        "method": Word(f"option.method.{s.method}") if s.method else None,
        "auto_renewal": s.auto_renewal,
        "chargeable": s.method in ctx.seller.chargeable,
    }


def methods(ctx: Ctx) -> tuple[Option, ...]:
    """The seller's methods of payment as quick replies."""
    return tuple(Option(f"method:{m}", f"option.method.{m}") for m in ctx.seller.methods)
