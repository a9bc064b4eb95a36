"""Prices in words: of what a message names, of all plans, of a trial, and of each part of the offer."""

from collections.abc import Iterator

from dialogs.kit import Param, Params, Word
from dialogs.order.cart_lines import is_undecided, lines, plan_of, trial_of
from dialogs.order.costs import show_cart, tax_of
from dialogs.order.products import pieces, product_word, word_quantity
from dialogs.state import Ctx, Order
from values.meaning import Intent
from values.money import Money
from values.offer import Addon, net_for
from values.order import PriceLine, price
from values.seller import Plan
from values.term import A_YEAR, Term, term_shown


def offer(plan: Plan, ctx: Ctx) -> Word:
    """Return a plan with its own price for the shortest term, as its text `offer.ID` may say it."""
    vat = tax_of(ctx.case.order, ctx).percent
    total = price([PriceLine(net_for(plan, plan.terms[0]), 1, False)], ctx.seller.currency, vat_percent=vat)
    amounts = (("net", total.net), ("vat", total.vat), ("gross", total.gross), ("vat_percent", vat))
    return Word(f"offer.{plan.id}", (*amounts, *term_shown(plan.terms[0]).items()))


def seats_asked(ctx: Ctx) -> int | None:
    """Return the number of seats whose price the message asks for."""
    meaning = None if ctx.said is None else ctx.said.meaning
    named = meaning.entities if isinstance(meaning, Intent) else ()
    return next((int(one.value) for one in named if one.entity == "quantity"), None)


def list_priced_products(s: Order, ctx: Ctx, seats: int | None = None) -> tuple[str, ...]:
    """Return the products that a question is about: those it names, else all plans while several may be chosen.

    While a cart of renewals is empty they are the programs' subscriptions. Of so many `seats` it is the plan.
    """
    if ctx.about:
        return ctx.about
    if not lines(s, ctx):
        return tuple(program.subscription for program in ctx.seller.programs)
    chosen = None if ctx.case.cart.withdrawn else ctx.case.cart.plan
    found = tuple(plan.id for plan in ctx.seller.plans if chosen in (None, plan.id)) if is_undecided(s, ctx) else ()
    return found or ((plan_of(ctx),) if seats is not None else ())


def prices(products: tuple[str, ...], ctx: Ctx, seats: int | None = None, term: Term | None = None) -> Word | None:
    """Return their prices, one under the other: for this term where they are sold for it, else for each of theirs.

    In whole years that is the first. Of a plan sold by the seat that of one, and of so many `seats`.
    """
    words: Word | None = None
    for product in reversed(products):
        within, sold = ctx.seller.seats_of(product), ctx.seller.sold(product) or ctx.seller.plan(product)
        offered = sold.terms if isinstance(sold, Plan) else (term or A_YEAR,)
        named = tuple(one for one in offered if one == term)
        for asked in reversed(named or (offered[:1] if ctx.seller.by_years else offered)):
            if seats is not None and within is not None and max(within.min, 2) <= seats <= within.max:
                words = _price(product, words, ctx, asked, seats)
            words = _price(product, words, ctx, asked)
    return words


def trial_sold(ctx: Ctx) -> Params | None:
    """Return the order's trial, else the first plan's, and what is paid behind it; None where no plan has one."""
    s = ctx.case.order
    if trial_of(s, ctx) is not None:
        told = dict(show_cart(s, ctx))
        sums = ((name, told[name]) for name in ("after", "later") if is_undecided(s, ctx))
        return told | {name: _from(least) for name, least in sums if isinstance(least, Money)}
    plan = ctx.seller.tried_plan
    if plan is None or plan.trial is None:
        return None
    term, vat, seats = plan.terms[0], tax_of(s, ctx).percent, ctx.seller.seats_of(plan.id)
    fewest = PriceLine(net_for(plan, term), 1 if seats is None else seats.min, False)
    paid = price([fewest], ctx.seller.currency, vat_percent=vat).gross
    after = paid if seats is None else _from(paid)
    told: Params = {"trial": plan.trial.days, "kept": plan.trial.kept, "after": after, "later": None}
    return {**told, "gross": Money(0, ctx.seller.currency), **term_shown(term)}


def _from(least: Money) -> Word:
    """Return a sum as the least of those that may be chosen yet."""
    return Word("order.from", (("gross", least),))


def _price(product: str, rest: Word | None, ctx: Ctx, term: Term, number: int = 1) -> Word:
    sold = ctx.seller.sold(product) or ctx.seller.plan(product)
    vat = tax_of(ctx.case.order, ctx).percent
    total = price([PriceLine(net_for(sold, term), number, False)], ctx.seller.currency, vat_percent=vat)
    about = (("product", word_quantity(product, number, ctx.seller)), *term_shown(term).items(), ("once", sold.once))
    return Word("order.price", (*about, ("net", total.net), ("gross", total.gross), ("rest", rest)))


def offer_words(ctx: Ctx) -> Iterator[Word]:
    """Yield the words of the offer as customers are shown them: each plan and add-on, with what fills its texts."""
    for plan in ctx.seller.plans:
        yield product_word(plan.id, ctx.seller)
        if "cart" in ctx.seller.dialogs:
            yield offer(plan, ctx)
    for addon in (*ctx.seller.addons, *ctx.seller.former_addons):
        yield from (product_word(addon.id, ctx.seller), pieces(addon, addon.pack), ask_addon(addon, ctx))


def ask_addon(addon: Addon, ctx: Ctx) -> Word:
    return Word(f"addon.{addon.id}.ask", tuple(about_addon(addon, ctx).items()))


def about_addon(addon: Addon, ctx: Ctx) -> dict[str, Param]:
    most, unit_net = addon.most * addon.pack, Money(addon.net, ctx.seller.currency)
    told: Params = {"product": Word(f"addon.{addon.id}.title"), "once": addon.once}
    return {**told, "most": addon.most, "pieces": most, "pack": addon.pack, "unit_net": unit_net}
