"""What an order learns from elsewhere: the account that is logged into or left, the zone, a renewal that is begun.

Reactions of the order dialog.
"""

from dataclasses import replace

from dialogs import order_ways
from dialogs.case import Ctx, Order
from dialogs.kit import Decision, Dialog, Unawait, then
from dialogs.words.account import AccountLeft, LoggedIn
from dialogs.words.methods import DefaultMethodSet
from dialogs.words.renewal import RenewalBegun
from dialogs.words.zone import AutoRenewalSet
from values.money import Money
from values.price import Price


def declare(dialog: Dialog[Order]) -> None:
    """Takes the reactions in."""
    dialog.always(AutoRenewalSet)(renewal_set)
    dialog.always(RenewalBegun)(for_renewal)
    dialog.always(DefaultMethodSet)(method_set)
    dialog.always(LoggedIn)(logged_in)
    dialog.always(AccountLeft)(logged_out)


def renewal_set(s: Order, e: AutoRenewalSet, ctx: Ctx) -> Decision[Order]:
    """Switched in the zone. Where nothing is ordered without it, a no is only what isn't agreed to yet."""
    off = None if ctx.seller.auto_renewal == "obligatory" and s.id is None else False
    return then(replace(s, auto_renewal=True if e.on else off) if e.changed else s)


def for_renewal(s: Order, e: RenewalBegun, ctx: Ctx) -> Decision[Order]:
    """A new order; what was agreed to before needn't be asked again."""
    fresh = Order(auto_renewal=True if e.consented else None, method=s.method, ways=s.ways)
    return then(fresh, Unawait(), *order_ways.looked_up(ctx))


def method_set(s: Order, e: DefaultMethodSet, _ctx: Ctx) -> Decision[Order]:
    """Changed in the zone: renewals go this way."""
    return then(replace(s, method=e.method))


def logged_in(s: Order, e: LoggedIn, _ctx: Ctx) -> Decision[Order]:
    """An order that is placed goes on where it was left; a paid one is done."""
    placed, view = e.view.order, e.view
    if placed is None or placed.status not in ("placed", "paid"):
        fresh = replace(s, id=None, number=None, cancelled=None, pay=None, confirmed=None, price=None, items=())
        return then(replace(fresh, ways=view.ways, instrument=None, way=None), Unawait())
    paid = placed.status == "paid"
    known = Order(
        auto_renewal=placed.auto_renewal if view.auto_renewal is None else view.auto_renewal,
        method=(view.default_method if paid else None) or placed.method,
        terms="accept",
        clauses="accept",
        confirmed="yes",
        price=Price(*(Money(minor, placed.currency) for minor in (placed.net, placed.vat, placed.gross))),
        pay="now",
        id=placed.id,
        number=placed.number,
        tax=placed.tax,
        items=placed.items,
        years=placed.years,
        ways=view.ways,
    )
    return then(known, Unawait())


def logged_out(_s: Order, _e: AccountLeft, _ctx: Ctx) -> Decision[Order]:
    """It was the account's."""
    return then(Order(), Unawait())
