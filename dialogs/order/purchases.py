"""Purchases: the account's services, and an order that waits for its money before another is placed.

A part of every journey of a seller who sells: a customer who has paid once can order again.
"""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.kit import Answered, Asked, Came, Decision, Dialog, Event, Option, Params, Say, Tell, required, then
from dialogs.messages.account import AccountLeft, LoggedIn
from dialogs.messages.order import (
    AccountSeen,
    BeginOrder,
    CancelOrder,
    OrderBegun,
    OrderCancelled,
    OrderRefused,
    OrderResumed,
    OrderStands,
    SeeAccount,
)
from dialogs.messages.payment import DefaultMethodSet, MethodForgotten, MoneyBack, PaymentBooked
from dialogs.messages.renewal import RenewalCharged, RenewalNotBegun, RenewalToPay, SubscriptionLapsed
from dialogs.messages.withdrawal import ContractNamed, WithdrawalDecided, WithdrawalKept
from dialogs.messages.zone import AutoRenewalSet
from dialogs.order.bought import chosen, resumes
from dialogs.order.products import counted
from dialogs.state import Ctx, Purchases
from values.account_view import AccountView
from values.money import Money

# What another conversation or the seller's API has changed is seen after so long at the latest.
FRESH = timedelta(hours=1)


def _outlives(s: Purchases) -> Purchases:
    return replace(s, unpaid=None)


dialog = Dialog("purchases", Purchases, shown_as="order", outlives=_outlives)


def _shown(s: Purchases, ctx: Ctx) -> Params:
    if s.unpaid is None:
        return {}
    return {
        "number": s.unpaid.number,
        "gross": Money(s.unpaid.gross, s.unpaid.currency),
        "until": s.unpaid.payment_expires_at if s.unpaid.payment_status == "pending" else None,
        "bought": tuple(counted(product, n, ctx.seller) for product, n in s.unpaid.items),
    }


open_order = dialog.choose(
    "open_order",
    lambda _s, _c: tuple(
        Option(f"open_order:{way}", f"option.open_order.{way}", loses=way == "cancel") for way in ("pay", "cancel")
    ),
    when=lambda s, c: s.unpaid is not None and c.case.account.id is not None,
    done=lambda _s, _c: False,
    params=_shown,
    intents={
        "pay": "open_order:pay",
        "affirm": "open_order:pay",
        "back": "open_order:pay",
        "cancel": "open_order:cancel",
    },
    counted=False,
)


@open_order.on(Answered)
def settled(s: Purchases, e: Answered, ctx: Ctx) -> Decision[Purchases]:
    """Resume the open order, to be paid first; or cancel it, so that the new one goes on."""
    if s.unpaid is None:
        return then(s)
    if e.value == "cancel":
        return then(s, CancelOrder(s.unpaid.id))
    waits = (Say("purchases.cart_waits", {"number": s.unpaid.number}),) if chosen(ctx) else ()
    return then(replace(s, unpaid=None), *waits, Tell(OrderResumed(s.unpaid)))


@open_order.on(OrderCancelled)
def withdrawn(s: Purchases, e: OrderCancelled, ctx: Ctx) -> Decision[Purchases]:
    """Go on with the new order."""
    own = s.unpaid is not None and s.unpaid.id == ctx.case.order.id
    again = (BeginOrder(required(ctx.case.account.id)),) if own else ()
    return then(replace(s, unpaid=None), Say("order.cancelled", {"number": e.number}), *again)


@open_order.on(OrderStands)
def paid_meanwhile(s: Purchases, e: OrderStands, ctx: Ctx) -> Decision[Purchases]:
    """Resume the open order: its money came first."""
    return then(
        replace(s, unpaid=None), Say("order.stands", {"number": e.number}), SeeAccount(required(ctx.case.account.id))
    )


@dialog.always(OrderRefused, RenewalNotBegun)
def stands_open(s: Purchases, e: OrderRefused | RenewalNotBegun, _ctx: Ctx) -> Decision[Purchases]:
    """Ask whether the open order is to be paid or cancelled first."""
    return then(replace(s, unpaid=e.open) if e.open is not None else s)


@dialog.always(LoggedIn)
def logged_in(_s: Purchases, e: LoggedIn, ctx: Ctx) -> Decision[Purchases]:
    """Ask which comes first: the order that waits, or the one chosen before the log-in."""
    asked = e.view.order is not None and e.view.order.status == "placed" and not resumes(e.view, ctx)
    return then(replace(_seen(e.view, ctx), unpaid=e.view.order if asked else None))


@dialog.always(OrderBegun)
def begun(_s: Purchases, e: OrderBegun, ctx: Ctx) -> Decision[Purchases]:
    """Ask about an open order first."""
    waiting = e.view.order if e.view.order is not None and e.view.order.status == "placed" else None
    return then(replace(_seen(e.view, ctx), unpaid=waiting))


@dialog.always(AccountSeen)
def seen(s: Purchases, e: AccountSeen, ctx: Ctx) -> Decision[Purchases]:
    """Take over the books' state; an order settled elsewhere isn't asked about any more."""
    still = s.unpaid is not None and e.view.order is not None and e.view.order.status == "placed"
    return then(replace(_seen(e.view, ctx), unpaid=s.unpaid if still else None))


@dialog.always(Came)
def looked_up(s: Purchases, _e: Came, ctx: Ctx) -> Decision[Purchases]:
    """Read the account anew for a customer who comes back."""
    stale = ctx.case.payment.status == "paid" if s.seen_at is None else ctx.now >= s.seen_at + FRESH
    return then(s, *_look(ctx, when=stale))


@dialog.asked("ask_end", "change_plan", "order_addon")
def asked_about(s: Purchases, _e: Asked, ctx: Ctx) -> Decision[Purchases]:
    """Read the account anew before the zone answers."""
    return then(s, *_look(ctx, when=True))


@dialog.always(PaymentBooked)
def money_came(s: Purchases, e: PaymentBooked, ctx: Ctx) -> Decision[Purchases]:
    """Read the account anew: the paid order's service begins."""
    known = any(order.payment_id == e.payment_id for order in s.waiting)
    return then(s, *_look(ctx, when=e.status == "paid" or known))


@dialog.always(RenewalToPay)
def renewal_waits(s: Purchases, e: RenewalToPay, ctx: Ctx) -> Decision[Purchases]:
    """Read the account anew: the renewal may wait beside another order."""
    return then(s, *_look(ctx, when=e.account_id == ctx.case.account.id))


@dialog.always(OrderCancelled)
def order_cancelled(s: Purchases, e: OrderCancelled, _ctx: Ctx) -> Decision[Purchases]:
    return then(replace(s, waiting=tuple(order for order in s.waiting if order.number != e.number)))


@dialog.always(AutoRenewalSet)
def renewal_set(s: Purchases, e: AutoRenewalSet, ctx: Ctx) -> Decision[Purchases]:
    """Take over how the services renew now; where that wasn't said, read the account anew."""
    if not e.changed:
        return then(s)
    if e.owned is None:
        return then(replace(s, outlooks=e.outlooks), *_look(ctx, when=True))
    return then(replace(s, owned=e.owned, outlooks=e.outlooks))


@dialog.always(DefaultMethodSet, MethodForgotten)
def method_set(s: Purchases, e: DefaultMethodSet | MethodForgotten, _ctx: Ctx) -> Decision[Purchases]:
    """Take over how the services go on with another way to pay."""
    gone = isinstance(e, MethodForgotten) and e.way_id is None
    return then(s if gone else replace(s, outlooks=e.outlooks))


@dialog.always(SubscriptionLapsed, RenewalCharged, MoneyBack, WithdrawalKept, WithdrawalDecided, ContractNamed)
def changed(s: Purchases, _e: Event, ctx: Ctx) -> Decision[Purchases]:
    """Read the account anew when a service ends or goes on, or a withdrawal changes what is charged for it."""
    return then(s, *_look(ctx, when=True))


@dialog.always(AccountLeft)
def logged_out(_s: Purchases, _e: AccountLeft, _ctx: Ctx) -> Decision[Purchases]:
    """Clear account data on log-out."""
    return then(Purchases())


def _look(ctx: Ctx, *, when: bool) -> tuple[SeeAccount, ...]:
    account_id = ctx.case.account.id
    return (SeeAccount(account_id),) if when and account_id is not None and ctx.seller.sells else ()


def _seen(view: AccountView, ctx: Ctx) -> Purchases:
    waiting = tuple(o for o in view.waiting if o.payment_expires_at is not None and o.payment_expires_at > ctx.now)
    several = tuple((c.id, c.name) for c in view.companies) if len(view.companies) > 1 else ()
    known = Purchases(view.owned, view.lapsed, ctx.now, waiting=waiting, companies=several)
    return replace(known, outlooks=view.outlooks, reversals=view.reversals)
