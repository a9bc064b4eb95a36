"""Cards about the order's money: what is to be paid, and the receipt that takes its place."""

from dialogs.card_rows import TRANSFER
from dialogs.kit import CardContent, Param, Params, RowContent, rows
from dialogs.order.bought import until
from dialogs.order.costs import shown
from dialogs.order.in_books import number_here
from dialogs.state import Ctx

_NUMBER = RowContent("number", copied=True)
_TYPED = ("iban", "slip_account", "amount", "reference")


def payment_card(params: Params, ctx: Ctx) -> CardContent:
    """Return the card of the order that waits for its money; `params` say how it stands."""
    return CardContent("payment", _key(ctx), (_NUMBER, *rows("method", "pay_by")), params)


def transfer_card(params: Params, ctx: Ctx) -> CardContent:
    """Return the card with what a transfer or a postal slip is made out with, to be copied into the bank's form."""
    filled = tuple(RowContent(name, copied=name in _TYPED) for name in TRANSFER)
    return CardContent("transfer", _key(ctx), filled, params)


def receipt_card(ctx: Ctx, invoices_to: str | None = None) -> CardContent | None:
    """Return the receipt of the conversation's paid order; `invoices_to`: e-invoices are on, and go to this address."""
    order = ctx.case.order
    if (number := number_here(ctx)) is None:
        return None
    paid: dict[str, Param | tuple[Param, ...]] = {
        **shown(order, ctx),
        "number": number,
        "paid": ctx.now,
        "until": until(ctx),
        "invoices_to": invoices_to,
    }
    return CardContent("receipt", _key(ctx), (_NUMBER, *rows("paid", "bought", "amounts", "method", "einvoice")), paid)


def _key(ctx: Ctx) -> str:
    return f"payment:{number_here(ctx)}"
