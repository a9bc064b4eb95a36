"""Sums that a question shows: an answer counts on these alone, the plan and the term that they are for."""

from collections.abc import Iterator

from dialogs.kit import BoundStep, Say
from dialogs.order.cart_lines import begins_at, chosen_term, is_undecided, lines, term_of
from dialogs.order.costs import cart, code_of, show_cart
from dialogs.state import Ctx, Order
from values.money import Money
from values.offer import Addon
from values.order import CartLine
from values.seller import Plan
from values.term import Term, years_of


def bind_sums(_slots: object, ctx: Ctx) -> BoundStep:
    """Return what the cart comes to: its sums, its lines and their beginning, and the seller's figures behind them."""
    s = ctx.case.order
    sums, lined = ("", "") if is_undecided(s, ctx) else (_sums(s, ctx), _lined(s, ctx))
    return BoundStep(f"{sums}|{lined}|{' '.join(_figures(s, ctx))}", lambda before, now: _changed(before, sums, now))


def _sums(s: Order, ctx: Ctx) -> str:
    total = cart(s, ctx)
    return f"{total.net.minor}/{total.vat.minor}/{total.gross.minor}"


def _lined(s: Order, ctx: Ctx) -> str:
    each = (f"{line.plan}*{line.quantity}*{_time(line)}" for line in lines(s, ctx))
    begins = begins_at(s, ctx)
    return " ".join((*each, "" if begins is None else f"{begins:%Y-%m-%d}"))


def _time(line: CartLine) -> str:
    free = f"{line.trial}+" if line.trial else ""
    return free + ("once" if line.once else _length(line.term))


def _length(term: Term) -> str:
    """Return a term as marks have it: those of earlier releases named years alone."""
    return str(years_of(term) or term)


def _figures(s: Order, ctx: Ctx) -> Iterator[str]:
    """Yield what the seller alone decides on, as NAME=FIGURE; while no plan is chosen, of all that may be."""
    yield f"vat={ctx.seller.vat_percent}"
    if "cart" not in ctx.seller.dialogs or is_undecided(s, ctx):
        yield from map(_prices, ctx.seller.plans)
    else:
        yield from (_prices(sold) for line in lines(s, ctx) if (sold := ctx.seller.sold(line.plan)))
    if chosen_term(s) is None and ctx.seller.plans and not is_undecided(s, ctx):
        yield f"years={_length(term_of(s, ctx))}"
    if (code := code_of(s, ctx)) is not None:
        yield f"{code.code}={code.percent}/{code.amount}{f'/{code.terms}' if code.terms > 1 else ''}"


def _prices(sold: Plan | Addon) -> str:
    """Return what a product costs for whichever term: choosing another is no change of the seller's."""
    return f"{sold.id}={'/'.join((str(sold.net), *(f'{term}:{net}' for term, net in sold.nets)))}"


def _changed(before: str, sums: str, ctx: Ctx) -> Say:
    """Return what is said where the sums were others, or came to the same for something else."""
    s = ctx.case.order
    was = before.partition("|")[0]
    if sums in ("", was):
        return Say("order.refused.offer_changed", show_cart(s, ctx))
    return Say("order.refused.price_changed", {**show_cart(s, ctx), "before": _gross(was, ctx)})


def _gross(sums: str, ctx: Ctx) -> Money | None:
    gross = sums.rpartition("/")[2]
    return Money(int(gross), ctx.seller.currency) if gross else None
