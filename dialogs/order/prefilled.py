"""Answers that an order takes from elsewhere: log-in and log-out, the zone, a renewal, the last paid order.

Reactions of the order dialog. The last order's term, method and stored way stand in their rows of the order's card,
where one press changes them. What binds is asked each time.
"""

from msgspec.structs import replace

from dialogs.account.log_ins import is_idle
from dialogs.kit import Came, Decision, Dialog, Say, Unawait, need_slot, then
from dialogs.messages.account import LoggedIn
from dialogs.messages.order import CancelOrder, OrderBegun, OrderResumed
from dialogs.messages.renewal import RenewalBegun
from dialogs.messages.zone import AutoRenewalSet
from dialogs.order import stored_methods
from dialogs.order.bought import adopt_paid_order, as_order, last_unpaid, restore_paid_order, resumes_order
from dialogs.order.cart_lines import chosen_term, term_of
from dialogs.order.renewals import is_unpaid_renewal
from dialogs.order.terms import offered_terms, set_term, term_title
from dialogs.renewal.renewing import is_choosing_renewal
from dialogs.state import Cart, Ctx, Order, PlacedOrder
from values.account_view import AccountView
from values.term import Term


def declare(dialog: Dialog[Order]) -> None:
    """Declare the reactions."""
    dialog.always(AutoRenewalSet)(take_over_renewal_setting)
    dialog.always(RenewalBegun)(begin_renewal_order)
    dialog.always(LoggedIn)(resume_account_order)
    dialog.always(OrderBegun)(begin_another_order)
    dialog.always(OrderResumed)(resume_order)
    dialog.always(Came)(adopt_paid_order)


def take_over_renewal_setting(s: Order, e: AutoRenewalSet, ctx: Ctx) -> Decision[Order]:
    """Take auto-renewal over from the zone for what is being ordered, unless nothing is ordered without it.

    A renewal that the desk has ordered is withdrawn with it.
    """
    if not e.changed or e.until is not None or s.id is not None:
        withdrawn = e.changed and not e.on and is_unpaid_renewal(s, ctx)
        return then(s, *((CancelOrder(need_slot(s.id)),) if withdrawn else ()))
    off = None if ctx.seller.auto_renewal == "obligatory" else False
    return then(replace(s, auto_renewal=True if e.on else off))


def begin_renewal_order(_s: Order, _e: RenewalBegun, ctx: Ctx) -> Decision[Order]:
    """Begin a new order with nothing agreed to: a consent of an earlier one isn't switched on beforehand."""
    fresh = Order()
    usual = preset(fresh, ctx.books, ctx)
    return then(usual, Unawait(), *_as_last_time(fresh, usual, ctx))


def resume_account_order(s: Order, e: LoggedIn, ctx: Ctx) -> Decision[Order]:
    """Resume a placed order; a paid one is done, unless the customer is buying anew."""
    if e.view.order is not None and resumes_order(e.view, ctx):
        return then(replace(as_order(e.view.order), behind=restore_paid_order(e.view)), Unawait())
    made = s if s.id is None else Order()
    fresh = replace(made, cancelled=None, pay=None, price=None, instrument=None, way=None)
    known = replace(fresh, behind=restore_paid_order(e.view))
    if e.view.paid is not None and _termed_here(known, ctx):  # else it is asked: there is no last order's to win over
        known = set_term(known, term_of(known, ctx), ctx.seller)
    usual = preset(known, e.view, ctx)
    told = _as_last_time(known, usual, ctx) if ctx.case.account.entry == "buy" or is_choosing_renewal(ctx) else ()
    return then(usual, Unawait(), *told)


def begin_another_order(s: Order, _e: OrderBegun, ctx: Ctx) -> Decision[Order]:
    """Begin a new order with nothing agreed to; one that waits for its money comes first."""
    if last_unpaid(ctx.books) is not None:
        return then(s)
    fresh = Order(behind=restore_paid_order(ctx.books))
    usual = preset(fresh, ctx.books, ctx)
    return then(usual, Unawait(), *_as_last_time(fresh, usual, ctx))


def resume_order(s: Order, e: OrderResumed, _ctx: Ctx) -> Decision[Order]:
    """Resume the order placed before."""
    return then(Order(placed=PlacedOrder(e.order_id), behind=s.behind), Unawait())


def preset(s: Order, view: AccountView, ctx: Ctx) -> Order:
    """Return the order with the choices of the last paid one, as far as they can be had and nothing is chosen yet."""
    if view.paid is None:
        return s
    termed = s
    if chosen_term(s) is None and _sold_for(view.paid.term, ctx):
        termed = set_term(s, view.paid.term, ctx.seller)
    usual = (view.default_method, view.paid.method)
    method = next((one for one in usual if one in ctx.seller.methods), None)
    return termed if s.method is not None or method is None else _paid_by(termed, method, ctx)


def _termed_here(s: Order, ctx: Ctx) -> bool:
    """Return whether the customer saw the cart's term, and its price, before the log-in: that one is ordered."""
    return chosen_term(s) is None and ctx.case.cart != Cart() and len(offered_terms(ctx)) > 1


def _as_last_time(given: Order, now: Order, ctx: Ctx) -> tuple[Say, ...]:
    """Return what is said of the term that was taken over from the last order; the method's row has its tick."""
    term = chosen_term(now)
    if term is None or term == chosen_term(given) or len(offered_terms(ctx)) < 2:
        return ()
    return (Say("order.as_last_time", {"what": (term_title(term, ctx),)}),)


def _sold_for(term: Term, ctx: Ctx) -> bool:
    """Return whether every plan is sold for this term, so that any of them may still be chosen."""
    return all(term in plan.terms for plan in ctx.seller.plans)


def _paid_by(s: Order, method: str, ctx: Ctx) -> Order:
    """Return the order with the method, and the way that is stored for it if it is the only one.

    Stored ways are private: after a silence the customer chooses, and is asked for the password if it is one of them.
    """
    known = replace(s, method=method)
    stored = stored_methods.list_stored_ways(known, ctx)
    if not stored:
        return known
    if is_idle(ctx):
        return s
    return replace(known, instrument="saved", way=stored[0].id) if len(stored) == 1 else known
