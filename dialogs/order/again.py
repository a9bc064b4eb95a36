"""Presets of another order: the term, the method and the stored way of the last paid one.

Each stands in its row of the order's card, where one press changes it. What binds is asked each time.
"""

from msgspec.structs import replace

from dialogs.account.log_ins import is_idle
from dialogs.order import stored_methods
from dialogs.state import Ctx, Order
from values.account_view import AccountView


def preset(s: Order, view: AccountView, ctx: Ctx) -> Order:
    """Return the order with the choices of the last paid one, as far as they can be had and nothing is chosen yet."""
    if view.paid is None:
        return s
    termed = s if s.years is not None or not _sold_for(view.paid.years, ctx) else replace(s, years=view.paid.years)
    usual = (view.default_method, view.paid.method)
    method = next((one for one in usual if one in ctx.seller.methods), None)
    return termed if s.method is not None or method is None else _paid_by(termed, method, ctx)


def _sold_for(years: int, ctx: Ctx) -> bool:
    """Return whether every plan is sold for so many years, so that any of them may still be chosen."""
    return all(years in plan.years for plan in ctx.seller.plans)


def _paid_by(s: Order, method: str, ctx: Ctx) -> Order:
    """Return the order with the method, and the way that is stored for it if it is the only one.

    Stored ways are private: after a silence the customer chooses, and is asked for the password if it is one of them.
    """
    known = replace(s, method=method)
    stored = stored_methods.usable(known, ctx)
    if not stored:
        return known
    if is_idle(ctx):
        return s
    return replace(known, instrument="saved", way=stored[0].id) if len(stored) == 1 else known
