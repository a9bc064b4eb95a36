"""What plans and add-ons cost by themselves, for whoever asks."""

from dialogs.kit import Word
from dialogs.order.costs import tax_of
from dialogs.order.products import counted
from dialogs.state import Ctx, Order
from values.order import PriceLine, price


def priced(s: Order, ctx: Ctx) -> tuple[str, ...]:
    """Return what a question is about: what it names, else all plans while none of several is chosen."""
    if ctx.about:
        return ctx.about
    chosen = s.id is not None or ctx.case.cart.plan is not None or s.plan is not None
    several = "cart" in ctx.seller.dialogs and len(ctx.seller.plans) > 1
    return tuple(plan.id for plan in ctx.seller.plans) if several and not chosen else ()


def prices(products: tuple[str, ...], ctx: Ctx) -> Word | None:
    """Return their prices, one under the other."""
    words: Word | None = None
    for product in reversed(products):
        words = _price(product, words, ctx)
    return words


def _price(product: str, rest: Word | None, ctx: Ctx) -> Word:
    sold = {addon.id: (addon.net, 1) for addon in ctx.seller.addons}
    sold |= {plan.id: (plan.net, plan.years[0]) for plan in ctx.seller.plans}
    net, years = sold[product]
    vat = tax_of(ctx.case.order, ctx).percent
    total = price([PriceLine(net, years, False)], ctx.seller.currency, vat_percent=vat)
    about = (("product", counted(product, 1, ctx.seller)), ("years", years), ("net", total.net), ("gross", total.gross))
    return Word("order.price", (*about, ("rest", rest)))
