"""What the desk tells of renewals that it sees to by itself: what it will charge, has charged, or couldn't.

The reactions belong to the dialog `order` (`dialogs/order/order.py` takes them in).
"""

from dataclasses import replace

from dialogs.kit import Decision, Dialog, Option, Params, Say, Unawait, then
from dialogs.messages.charge import ChargeComing, RenewalCharged
from dialogs.messages.renewal import RenewalToPay, SubscriptionLapsed
from dialogs.order.bought import chosen
from dialogs.order.costs import tax_shown
from dialogs.renewal.renewing import begun
from dialogs.renewal.shown import bill_shown
from dialogs.state import Ctx, Order, PlacedOrder
from values.money import Money
from values.order import Price


def declare(dialog: Dialog[Order]) -> None:
    """Takes the reactions in."""
    dialog.always(RenewalToPay)(placed_by_itself)
    dialog.always(ChargeComing)(charge_coming)
    dialog.always(RenewalCharged)(charged)
    dialog.always(SubscriptionLapsed)(given_up)


def placed_by_itself(s: Order, e: RenewalToPay, ctx: Ctx) -> Decision[Order]:
    """The order that the desk has placed is the one to be paid here, unless another is being paid."""
    said = Say(f"order.renewal_refused.{e.refusal}" if e.refusal else _to_be_paid(e), _to_pay(e, ctx))
    if e.account_id != ctx.case.account.id:
        return then(s, Say("order.renewal_to_pay.log_in", _to_pay(e, ctx)))
    if s.id not in (None, e.order_id) and ctx.case.payment.status != "paid":
        return then(s, said)
    amounts = Price(*(Money(minor, e.currency) for minor in (e.net, e.vat, e.gross)))
    known = Order(
        auto_renewal=True,
        method=e.method,
        ways=s.ways,
        terms="accept",
        clauses="accept",
        confirmed="yes",
        price=amounts,
        tax=e.tax,
        pay="now",
        placed=PlacedOrder(e.order_id, e.number, e.bill.lines if e.bill is not None else ()),
        years=e.bill.years if e.bill is not None else None,
        renewal=s.renewal or s.id != e.order_id,
        behind=s.behind if s.id in (None, e.order_id) else replace(s, behind=None),
    )
    waits = (Say("purchases.cart_waits", {"number": e.number}),) if chosen(ctx) else ()
    return then(known, Unawait(), said, *waits)


def is_unpaid_renewal(s: Order, ctx: Ctx) -> bool:
    """Whether it is the renewal that the desk has ordered, and still waits for its money."""
    return s.renewal and s.id is not None and ctx.case.payment.status != "paid"


def given_up(s: Order, e: SubscriptionLapsed, ctx: Ctx) -> Decision[Order]:
    """Its renewal was never paid for, and can't be any more: the paid order before it counts again, and nothing stands
    in the way of a new one."""
    if s.id is None or s.id != e.order_id or ctx.case.payment.status == "paid":
        return then(s)
    return then(replace(s.behind or Order(), ways=s.ways, cancelled=e.number))


def charge_coming(s: Order, e: ChargeComing, ctx: Ctx) -> Decision[Order]:
    """What, when, from where, and how not to: in time, and said once."""
    bill = bill_shown(e.bill, e.plan, Money(e.gross, e.currency), ctx.seller)
    params: Params = {"ends": e.ends_at, "on": e.charge_at, "way": e.label, **bill}
    return then(s, Say("order.charge_coming", params, _switch(ctx)))


def charged(s: Order, e: RenewalCharged, ctx: Ctx) -> Decision[Order]:
    """The receipt, with the way to switch renewal off."""
    bill = bill_shown(e.bill, e.plan, Money(e.gross, e.currency), ctx.seller)
    params: Params = {"number": e.number, "way": e.label, "ends": e.until, **bill}
    return then(s, Say("order.charged", params, _switch(ctx)))


def _to_be_paid(e: RenewalToPay) -> str:
    return f"order.renewal_to_pay.{'again' if e.again else 'first'}"


def _to_pay(e: RenewalToPay, ctx: Ctx) -> Params:
    bill = bill_shown(e.bill, e.plan, Money(e.gross, e.currency), ctx.seller)
    taxed: Params = {} if e.tax is None else tax_shown(e.tax)
    told: Params = {"number": e.number, "ends": e.ends_at, "days": e.days, "way": e.label, "again": e.retry_at}
    return {**bill, **taxed, **told}


def _switch(ctx: Ctx) -> tuple[Option, ...]:
    """Where renewal is switched off, for whoever stands in the customer zone."""
    if ctx.case.account.id is None or (begun(ctx) and ctx.case.payment.status != "paid"):
        return ()
    by_order = "renewal" in ctx.seller.dialogs
    return (Option("my_data:additional" if by_order else "zone:renewal", "option.renewal_switch"),)
