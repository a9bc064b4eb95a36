"""The lines of the order: plan, seats, trial and term, as placed or as chosen so far."""

from datetime import datetime

from dialogs.company.data import read_company
from dialogs.kit import compute_once
from dialogs.order.bought import addons_of, find_plan_start
from dialogs.order.in_books import placed_order
from dialogs.renewal.renewing import lines as renewal_lines
from dialogs.renewal.renewing import list_renewable
from dialogs.state import Ctx, Order
from values.offer import Trial
from values.order import CartLine
from values.payment import NO_METHOD
from values.term import A_YEAR, Term, read_term, term_of_years


def plan_of(ctx: Ctx) -> str:
    """Return the chosen plan; without a choice, the only one."""
    only = ctx.seller.plans[0].id if ctx.seller.plans else ""
    return ctx.case.cart.plan or ctx.case.order.plan or only


def is_undecided(s: Order, ctx: Ctx) -> bool:
    """Return whether plan or seats are still to be chosen, so that no sum is the customer's yet."""
    if s.id is None and ctx.seller.seats_of(plan_of(ctx)) is not None and seats_chosen(ctx) is None:
        return True
    chosen = s.id is not None or ctx.case.cart.plan is not None or s.plan is not None
    open_ = len(ctx.seller.plans) > 1 or ctx.case.cart.withdrawn
    return "cart" in ctx.seller.dialogs and open_ and not chosen


def seats_chosen(ctx: Ctx) -> int | None:
    """Return the seats chosen of the plan; None where it has none, or is sold with fewer or more by now."""
    within, seats = ctx.seller.seats_of(plan_of(ctx)), ctx.case.cart.seats
    return seats if within and seats is not None and within.min <= seats <= within.max else None


def seats_of(ctx: Ctx) -> int:
    """Return how many of the plan are being bought: the seats chosen, until then the fewest."""
    within = ctx.seller.seats_of(plan_of(ctx))
    return seats_chosen(ctx) or (1 if within is None else within.min)


@compute_once
def lines(s: Order, ctx: Ctx) -> tuple[CartLine, ...]:
    """Return the order's lines: as placed; before that a renewal's programs, else the plan and its add-ons."""
    if "renewal" in ctx.seller.dialogs:
        return renewal_lines(ctx.case.renewal, ctx)
    order = placed_order(s, ctx)
    if order is not None and order.items:
        bought, once = order.items, order.once
    else:
        bought = ((plan_of(ctx), seats_of(ctx)), *addons_of(ctx.case.cart, ctx))
        once = tuple(addon.id for addon in ctx.seller.addons if addon.once)
    term, trial = term_of(s, ctx), trial_of(s, ctx)
    days = trial.days if trial is not None else 0
    return tuple(CartLine(name, term, quantity, once=name in once, trial=days) for name, quantity in bought)


def trial_of(s: Order, ctx: Ctx) -> Trial | None:
    """Return the trial that the order begins with: as placed, else the plan's.

    That is for whoever has never had the plan, or was granted one more since, and hasn't declined it.
    """
    if (order := placed_order(s, ctx)) is not None:
        return Trial(order.trial, order.method != NO_METHOD) if order.trial else None
    plan = plan_of(ctx)
    trial = ctx.seller.trial_of(plan)
    if trial is None or s.untried:
        return None
    of = {plan, *ctx.seller.instead_of(plan)}
    if any(o.product in of for o in ctx.books.owned):
        return None
    had = s.trial_refused == asked_for_trial(ctx) or any(o.product in of for o in ctx.books.lapsed)
    return None if had and not ctx.books.trial_granted else trial


def asked_for_trial(ctx: Ctx) -> str:
    """Return what a trial is asked for: a refused one is asked for anew with another plan or company alone."""
    return f"{plan_of(ctx)} {read_company(ctx).tax_number or ''}"


def is_free(s: Order, ctx: Ctx) -> bool:
    """Return whether the order is of a trial alone: nothing is paid for it, nor ordered behind it."""
    return (trial := trial_of(s, ctx)) is not None and not trial.kept


def chosen_term(s: Order) -> Term | None:
    """Return the term that was chosen here."""
    if s.years is not None:
        return term_of_years(s.years)
    return None if s.term is None else read_term(s.term)


@compute_once
def begins_at(s: Order, ctx: Ctx) -> datetime | None:
    """Return when the term begins that is ordered, where that isn't with its money."""
    if "renewal" not in ctx.seller.dialogs:
        return find_plan_start(plan_of(ctx), s, ctx)
    ends = {one.id: one.ends_at for one in list_renewable(ctx)}
    begun = {ends.get(line.renews) if line.renews else None for line in lines(s, ctx)}
    [only] = begun if len(begun) == 1 else [None]
    return only if s.id is None and only is not None and only > ctx.now else None


def term_of(s: Order, ctx: Ctx) -> Term:
    """Return the term: as placed or chosen, else the plan's first."""
    term = chosen_term(s) if (order := placed_order(s, ctx)) is None else order.term
    return term or next(iter(ctx.seller.terms_of(plan_of(ctx))), A_YEAR)
