"""The page by which somebody else pays the order: its link, and the pro forma that they may want."""

from dialogs.einvoice import invoice_said
from dialogs.kit import Option, Say
from dialogs.order.bought import list_waiting
from dialogs.order.in_books import number_here, order_here
from dialogs.state import Ctx
from values.account_view import OrderView
from values.money import Money

PAGE = Option("payment:page", "option.payment.page")


def find_payable(ctx: Ctx) -> OrderView | None:
    """Return the order that somebody else could pay now: this conversation's, else one that waits beside it."""
    here = order_here(ctx)
    waiting = (one for one in (here, *list_waiting(ctx)) if one is not None and one.waits and one.gross)
    good = (one for one in waiting if one.payment_expires_at is not None and one.payment_expires_at > ctx.now)
    return next(good, None)


def tell_page(ctx: Ctx) -> Say:
    """Return the link to the page; before there is anything to pay, when it comes."""
    order = find_payable(ctx)
    if order is None:
        return Say("payment.page_later")
    told = {"number": order.number, "gross": Money(order.gross, order.currency)}
    return Say("payment.page", told, alone=True, reads=(order,))


def tell_pro_formas(ctx: Ctx) -> tuple[Say, ...]:
    """Return those that the seller has issued for the order; whoever gets none finds its page, which prints as one."""
    number = number_here(ctx)
    issued = (one for one in ctx.books.invoices if one.kind == "pro_forma" and one.order_number == number)
    return tuple(invoice_said("zone.invoice_opened", one, ctx) for one in issued if number)
