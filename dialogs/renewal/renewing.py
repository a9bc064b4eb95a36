"""Renewing: whether a renewal is being ordered, and the contents of its cart."""

from dialogs.state import Ctx, Renewal
from values.account_view import AccountView
from values.order import CartLine
from values.renewal import Owned


def is_ordering(ctx: Ctx) -> bool:
    """Return whether an order is under way: with sellers of renewals once one is begun, else always."""
    return "renewal" not in ctx.seller.dialogs or ctx.case.renewal.begun


def asks_company_data(ctx: Ctx) -> bool:
    """Return whether the company's data are asked for: for an order, or to be reported as wrong."""
    return "renewal" not in ctx.seller.dialogs or ctx.case.renewal.begun or ctx.case.company.reporting


def is_choosing_renewal(ctx: Ctx) -> bool:
    """Return whether the customer is choosing what to renew, and hasn't ordered it yet."""
    return ctx.case.renewal.begun and ctx.case.order.id is None


def products(ctx: Ctx) -> tuple[str, ...]:
    """Return the products that this seller renews."""
    return tuple(program.product for program in ctx.seller.programs)


def list_renewable(ctx: Ctx) -> tuple[Owned, ...]:
    """Return the account's subscriptions that this seller renews: what runs, and behind it what has ended."""
    return owned_of(ctx.books, ctx)


def owned_of(view: AccountView, ctx: Ctx) -> tuple[Owned, ...]:
    known = products(ctx)
    return tuple(o for o in (*view.owned, *view.lapsed) if o.product in known) if known else ()


def list_cart_products(s: Renewal) -> tuple[str, ...]:
    """Return the products in the cart, as the customer has put them there, else as the desk suggests."""
    if s.picked is not None:
        return s.picked
    return (s.suggested,) if s.suggested is not None else ()


def extensible(s: Renewal, ctx: Ctx) -> bool:
    """Return whether the licence of everything in the cart can be extended."""
    programs = [ctx.seller.program(product) for product in list_cart_products(s)]
    return bool(programs) and all(p is not None and p.extension is not None for p in programs)


def lines(s: Renewal, ctx: Ctx) -> tuple[CartLine, ...]:
    """Return the order's lines: a further term of each subscription in the cart, or an extension of each licence."""
    term = ctx.seller.renewal_rules.term
    found: list[CartLine] = []
    for one in list_renewable(ctx):
        program = ctx.seller.program(one.product)
        if program is None or one.product not in list_cart_products(s):
            continue
        if s.service != "extension":
            found.append(CartLine(program.subscription, term, renews=one.id))
        elif program.extension is not None:
            found.append(CartLine(program.extension, term))
    return tuple(found)
