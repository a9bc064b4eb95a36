"""Renewals that the desk sees to by itself: announced charges, charged or failed ones.

The reactions belong to the dialog `order` (`dialogs/order/order.py` declares them).
"""

from msgspec.structs import replace

from dialogs.kit import Decision, Dialog, Say, Unawait, then
from dialogs.messages.letters import SendNote
from dialogs.messages.renewal import ChargeComing, RenewalCharged, RenewalToPay, SubscriptionLapsed
from dialogs.order.bought import adopt_paid_order, as_order, find_unpaid, has_chosen_goods, restore_paid_order
from dialogs.order.in_books import is_paid, placed_order
from dialogs.renewal import notices
from dialogs.state import Ctx, Order
from values.rules import NOTE_ORDER


def declare(dialog: Dialog[Order]) -> None:
    """Declare the reactions."""
    dialog.always(RenewalToPay)(adopt_desks_order)
    dialog.always(ChargeComing, RenewalCharged)(announce_charge)
    dialog.always(SubscriptionLapsed)(return_to_order_before)


def adopt_desks_order(s: Order, e: RenewalToPay, ctx: Ctx) -> Decision[Order]:
    """Adopt the order that the desk has placed, unless another is being paid, or the desk is charging it."""
    said = notices.say(e, ctx)
    if e.account_id != ctx.case.account.id:
        return then(s, Say("order.renewal_to_pay.log_in", said.params))
    placed = find_unpaid(e.order_id, ctx)
    fresh = e.adds and e.mails and e.refusal is None and NOTE_ORDER in ctx.seller.notes
    letter = (SendNote(NOTE_ORDER, e.order_id),) if fresh else ()
    if e.charging:
        return then(s, said, *letter)
    if placed is None or (s.id not in (None, e.order_id) and not is_paid(ctx)):
        return then(s, said)
    waits = (Say("purchases.cart_waits", {"number": e.number}),) if has_chosen_goods(ctx) else ()
    return then(replace(as_order(placed), behind=restore_paid_order(ctx.books)), Unawait(), said, *letter, *waits)


def is_unpaid_renewal(s: Order, ctx: Ctx) -> bool:
    """Return whether the order is a renewal by the desk that still waits for its money."""
    order = placed_order(s, ctx)
    return order is not None and order.renewal and order.status != "paid"


def return_to_order_before(s: Order, e: SubscriptionLapsed, ctx: Ctx) -> Decision[Order]:
    """Return to the paid order before a renewal whose time to pay is over."""
    if s.id is None or s.id != e.order_id or is_paid(ctx):
        return then(s)
    return then(replace(s.behind or Order(), cancelled=e.number))


def announce_charge(s: Order, e: ChargeComing | RenewalCharged, ctx: Ctx) -> Decision[Order]:
    """Announce a charge, or tell its receipt; with the way to switch renewal off."""
    now = adopt_paid_order(s, e, ctx) if isinstance(e, RenewalCharged) else then(s)
    return Decision(now.slots, (notices.say(e, ctx), *now.effects))
