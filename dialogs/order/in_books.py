"""The placed order of a conversation as the books have it, with its latest payment."""

from dialogs.state import Ctx
from values.account_view import AccountView, OrderView


def find_order(books: AccountView, order_id: str | None) -> OrderView | None:
    """Return this order of the account."""
    known = (order for part in ((books.order, books.paid), books.waiting, books.orders) for order in part)
    return next((order for order in known if order is not None and order.id == order_id), None)


def order_here(ctx: Ctx) -> OrderView | None:
    """Return the order that was placed here, or is gone on with here; None before that."""
    return find_order(ctx.books, ctx.case.order.id) if ctx.case.order.id is not None else None


def is_paid(ctx: Ctx) -> bool:
    """Return whether the order of this conversation is paid."""
    order = order_here(ctx)
    return order is not None and order.status == "paid"
