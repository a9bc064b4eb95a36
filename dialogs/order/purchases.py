"""Purchases: an order that waits for its money before another is placed.

A part of every journey of a seller who sells: a customer who has paid once can order again.
"""

from msgspec.structs import replace

from dialogs.kit import Answered, Decision, Dialog, Option, Params, Say, Tell, then
from dialogs.messages.account import LoggedIn
from dialogs.messages.order import CancelOrder, OrderBegun, OrderCancelled, OrderRefused, OrderResumed, OrderStands
from dialogs.messages.renewal import RenewalNotBegun
from dialogs.order.bought import find_unpaid, has_chosen_goods, last_unpaid, resumes_order
from dialogs.order.in_books import stands
from dialogs.order.products import order_words
from dialogs.state import Ctx, Purchases
from values.account_view import OrderView
from values.money import Money

dialog = Dialog("purchases", Purchases, shown_as="order", outlives=lambda s: replace(s, open=None))


def _open(s: Purchases, ctx: Ctx) -> OrderView | None:
    """Return the order that is asked about, as long as it waits for its money."""
    return None if s.open is None else find_unpaid(s.open, ctx)


def _shown(s: Purchases, ctx: Ctx) -> Params:
    if (order := _open(s, ctx)) is None:
        return {}
    return {
        "number": order.number,
        "gross": Money(order.gross, order.currency),
        "until": order.payment_expires_at if order.payment_status == "pending" else None,
        "bought": order_words(order, ctx.seller),
    }


open_order = dialog.choose(
    "open_order",
    lambda _s, _c: tuple(
        Option(f"open_order:{way}", f"option.open_order.{way}", loses=way == "cancel") for way in ("pay", "cancel")
    ),
    when=lambda s, c: _open(s, c) is not None,
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
def settle_open_order(s: Purchases, e: Answered, ctx: Ctx) -> Decision[Purchases]:
    """Resume the open order, to be paid first; or cancel it, so that the new one goes on."""
    if (order := _open(s, ctx)) is None:
        return then(s)
    if e.value == "cancel":
        return then(s, CancelOrder(order.id))
    waits = (Say("purchases.cart_waits", {"number": order.number}),) if has_chosen_goods(ctx) else ()
    return then(replace(s, open=None), *waits, Tell(OrderResumed(order.id)))


@open_order.on(OrderCancelled)
def continue_new_order(s: Purchases, e: OrderCancelled, ctx: Ctx) -> Decision[Purchases]:
    """Go on with the new order."""
    again = (Tell(OrderBegun()),) if s.open is not None and s.open == ctx.case.order.id else ()
    return then(replace(s, open=None), Say("order.cancelled", {"number": e.number}), *again)


@open_order.on(OrderStands)
def close_paid_open_order(s: Purchases, e: OrderStands, _ctx: Ctx) -> Decision[Purchases]:
    """Ask no more about the open order: its money came first."""
    return then(replace(s, open=None), stands(e.number))


@dialog.always(OrderRefused, RenewalNotBegun)
def ask_about_blocking_order(s: Purchases, e: OrderRefused | RenewalNotBegun, _ctx: Ctx) -> Decision[Purchases]:
    """Ask whether the open order is to be paid or cancelled first."""
    return then(replace(s, open=e.open.id) if e.open is not None else s)


@dialog.always(LoggedIn)
def ask_which_order_first(_s: Purchases, e: LoggedIn, ctx: Ctx) -> Decision[Purchases]:
    """Ask which comes first: the order that waits, or the one chosen before the log-in."""
    waits = last_unpaid(e.view)
    return then(Purchases(waits.id if waits is not None and not resumes_order(e.view, ctx) else None))


@dialog.always(OrderBegun)
def ask_about_open_order(_s: Purchases, _e: OrderBegun, ctx: Ctx) -> Decision[Purchases]:
    """Ask about an open order first."""
    waits = last_unpaid(ctx.books)
    return then(Purchases(waits.id if waits is not None else None))
