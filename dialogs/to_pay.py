"""The payment that an order waits for: how it stands, by which ways it is made, and its papers.

Among them are the page by which somebody else pays, the pro forma, and the invoice afterwards.
"""

from msgspec.structs import replace

from dialogs.company.data import read_company
from dialogs.kit import Option, Params, Say, Word
from dialogs.order.bought import list_waiting
from dialogs.order.costs import cart, methods
from dialogs.order.in_books import method_of as ordered_method
from dialogs.order.in_books import number_here, order_here
from dialogs.order.order_card import transfer_card
from dialogs.state import Ctx
from values.account_view import InvoiceLine, OrderView, PaymentStatus
from values.money import Money
from values.payment import is_offline

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
    return tuple(tell_invoice("zone.invoice_opened", one, ctx) for one in issued if number)


def tell_invoice(key: str, invoice: InvoiceLine, ctx: Ctx, options: tuple[Option, ...] = ()) -> Say:
    """Tell of an invoice, with the way to its document where the desk holds it."""
    return Say(key, invoice_shown(invoice, ctx), options, reads=(invoice,) if invoice.has_pdf else ())


def invoice_shown(invoice: InvoiceLine, _ctx: Ctx) -> Params:
    """Return an invoice for the texts. Without a day until which it is to be paid nothing says that it is unpaid."""
    return {
        "kind": invoice.told_as,
        "correction": invoice.told_as == "correction",
        "to_pay": invoice.gross.minor > 0 and invoice.due is not None,
        "number": invoice.number,
        "gross": invoice.gross,
        "issued": invoice.issued,
        "due": invoice.due,
        "ksef": invoice.ksef_number,
        "at": "pdf" if invoice.has_pdf else "url" if invoice.url else None,
        "url": invoice.url,
    }


def status_of(ctx: Ctx) -> PaymentStatus | None:
    """Return how the money stands for which this conversation waits."""
    order = order_here(ctx)
    return None if order is None else order.money


def method_of(ctx: Ctx) -> str | None:
    """Return the payment's method: the order's, unless another was chosen since."""
    return ctx.case.payment.wanted or ordered_method(ctx.case.order, ctx)


def is_paid_offline(ctx: Ctx) -> bool:
    """Return whether the customer takes the money to a bank or post office, so that nobody waits in the chat."""
    return status_of(ctx) == "pending" and is_offline(method_of(ctx))


def page_button(ctx: Ctx, *, hidden: bool = False) -> tuple[Option, ...]:
    """Return the button of the page for somebody else; while all goes well it is none, but can be said."""
    return (replace(PAGE, hidden=hidden),) if find_payable(ctx) is not None else ()


def methods_named(ctx: Ctx, *only: str | None) -> tuple[Option, ...]:
    """Return the methods as they may be said where they are no buttons: "BLIK" where BLIK is awaited already."""
    return tuple(Option(o.payload, o.key, hidden=True) for o in methods(ctx) if not only or o.value in only)


def other_methods(ctx: Ctx) -> tuple[Option, ...]:
    """Return the methods that may take the place of the payment's own, each said as such."""
    others = (o for o in methods(ctx) if o.value != method_of(ctx))
    return tuple(Option(o.payload, "option.payment.instead", {"method": Word(o.key)}) for o in others)


def find_code_provider(ctx: Ctx) -> str | None:
    """Return the provider that takes the code of the payment's method in the chat, None where its page does."""
    return dict(ctx.seller.by_code).get(method_of(ctx) or "")


def other_ways(ctx: Ctx) -> tuple[Option, ...]:
    """Return the methods that may take an awaited transfer's place, and last the transfer, which stays till then."""
    method = method_of(ctx)
    kept = Option(f"method:{method}", "option.payment.keep", {"method": Word(f"option.method.{method}")})
    return (*other_methods(ctx), kept)


def payment_shown(ctx: Ctx) -> Params:
    """Return what is to be paid, for the texts."""
    order, status, number = order_here(ctx), status_of(ctx), number_here(ctx)
    back = any(one.whole and one.number == number for one in ctx.books.reversals)
    return {
        "gross": cart(ctx.case.order, ctx).gross,
        "number": number,
        "method": Word(f"option.method.{method_of(ctx)}"),
        "status": "refunded" if back and status == "paid" else status,
        "until": order.payment_expires_at if order is not None and status == "pending" else None,
    }


def how_to_pay(ctx: Ctx, *, mailed: bool = False) -> Say:
    """Return what a transfer or a postal slip is made out with; `mailed`: an e-mail says the same."""
    email = read_company(ctx).holder_email or ctx.case.find_email(ctx.books)
    params = payment_shown(ctx)
    params = {**params, "email": email if mailed else None, "expires": params["until"]}
    return Say(f"payment.instructions.{method_of(ctx)}", params, card=transfer_card(params, ctx))
