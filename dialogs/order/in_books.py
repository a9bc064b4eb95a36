"""The placed order of a conversation as the books have it, with its latest payment."""

from dialogs.kit import HUMAN, Say
from dialogs.state import Ctx, Order
from values.account_view import AccountView, OrderView
from values.money import Money
from values.order import Price
from values.payment import NO_METHOD


def find_order(books: AccountView, order_id: str | None) -> OrderView | None:
    """Return this order of the account."""
    return next((order for order in books.orders if order.id == order_id), None)


def placed_order(s: Order, ctx: Ctx) -> OrderView | None:
    """Return the order in the books; None until it is placed."""
    return find_order(ctx.books, s.id) if s.id is not None else None


def last_seats(plan: str, ctx: Ctx) -> int | None:
    """Return how many of the plan were bought last."""
    lines = () if ctx.books.paid is None else ctx.books.paid.items
    owned = ((one.product, one.quantity) for one in ctx.books.owned)
    return next((number for product, number in (*lines, *owned) if product == plan), None)


def order_here(ctx: Ctx) -> OrderView | None:
    """Return the order that was placed here, or is gone on with here; None before that."""
    return placed_order(ctx.case.order, ctx)


def number_here(ctx: Ctx) -> str | None:
    """Return the number that customers know this conversation's order by; None until it is placed."""
    order = order_here(ctx)
    return None if order is None else order.number


def stands(number: str | None) -> Say:
    """Say that this order is paid and isn't cancelled here; a person helps with the money."""
    return Say("order.stands", {"number": number}, (HUMAN,))


def price_of(order: OrderView) -> Price:
    """Return what is owed."""
    return Price(*(Money(minor, order.currency) for minor in (order.net, order.vat, order.gross)))


def method_of(s: Order, ctx: Ctx) -> str | None:
    """Return the order's method of payment: as it is paid, else as chosen."""
    order = placed_order(s, ctx)
    method = s.method if order is None else order.payment_method or order.method
    return None if method == NO_METHOD else method


def is_renewing(s: Order, ctx: Ctx) -> bool | None:
    """Return whether what is ordered renews itself; None while that isn't chosen.

    Once it is paid: whether any of its terms does that runs, or, where none is its own any more, any of the account.
    Where it isn't the same for all, customers hear rather of a charge that may not come than of none that does.
    """
    order = placed_order(s, ctx)
    if order is None or order.status != "paid":
        return s.auto_renewal if order is None else order.auto_renewal
    of_it = [one.auto_renewal for one in ctx.books.owned if one.order_id == order.id]
    return any(of_it) if of_it else renews_any(ctx)


def renews_any(ctx: Ctx) -> bool:
    """Return whether anything renews itself that runs."""
    return any(one.auto_renewal for one in ctx.books.owned)


def is_paid(ctx: Ctx) -> bool:
    """Return whether the order of this conversation is paid."""
    order = order_here(ctx)
    return order is not None and order.status == "paid"
