"""Cards about an order: what it still needs, each in a row of its own; what is to be paid; the receipt."""

from dialogs.kit import CardContent, Param, Params, RowContent, rows
from dialogs.kit.card import TRANSFER
from dialogs.order.bought import choosable_addons, find_end
from dialogs.order.cart_lines import is_undecided
from dialogs.order.costs import known_company, next_term, renews, show_cart
from dialogs.order.in_books import number_here
from dialogs.order.list_prices import prices
from dialogs.order.terms import LENGTH
from dialogs.own.words import answers_shown, question_rows
from dialogs.state import Ctx, Order
from values.channel import Channel

KEY = "order"
AGREED = ("terms", "clauses")
"""The documents that an order may need, each accepted by an act of its own."""
_NUMBER = RowContent("number", copied=True)
_TYPED = ("iban", "slip_account", "amount", "reference")


def order_card(_slots: object, ctx: Ctx) -> CardContent:
    """Return the card of the order that is being made, for whichever dialog's step stands on it."""
    s = ctx.case.order
    known = show_cart(s, ctx)
    renewal = "once" if known["auto_renewal"] == "once" else _renewal(s, ctx)
    told = {"renewal": renewal, "renewal_gross": next_term(s, ctx).gross}
    return CardContent("order", KEY, _rows(s, ctx), {**known, **told, **answers_shown(ctx)})


def begun_card(_slots: object, ctx: Ctx) -> CardContent | None:
    """Return the card of the order that was begun, while the dialogs before it ask for account and contacts.

    Only a channel that keeps one card in view shows it: elsewhere it would be said again with each question.
    """
    begun = ctx.case.account.entry == "buy" and ctx.case.order.id is None
    known = bool(ctx.seller.plans) and not is_undecided(ctx.case.order, ctx)
    if not (begun and known and "order" in ctx.seller.dialogs and Channel(ctx.channel).keeps_card):
        return None
    return CardContent("order", KEY, rows("bought"), show_cart(ctx.case.order, ctx))


def _renewal(s: Order, ctx: Ctx) -> str:
    """Return whether the service will renew itself: yes, no, or none while that isn't spoken of."""
    on = renews(s, ctx)
    return "yes" if on else "none" if on is None and ctx.seller.auto_renewal != "offer" else "no"


def _rows(s: Order, ctx: Ctx) -> tuple[RowContent, ...]:
    return (
        RowContent("bought", edit=_cart(ctx)),
        *((RowContent("seats", edit="edit:seats"),) if show_cart(s, ctx)["seats"] is not None else ()),
        RowContent("amounts"),
        RowContent("discount", edit="edit:discount" if ctx.seller.discounts else None),
        RowContent("years", steps=LENGTH),
        RowContent("auto_renewal", steps=("auto_renewal",)),
        RowContent("method", steps=("method", "card", "paypal", "saved")),
        *((RowContent("company", edit="edit:confirm"),) if known_company(ctx) else ()),
        *(_orderer() if "orderer" in ctx.seller.dialogs else ()),
        *question_rows(ctx),
        *_documents(ctx),
    )


def _documents(ctx: Ctx) -> tuple[RowContent, ...]:
    """Return the rows of what is agreed to, in front of two the one that gives both."""
    each = tuple(RowContent(one, steps=(one,), document=one) for one in AGREED if ctx.seller.accepts(one))
    both = RowContent("terms_clauses", steps=("terms_clauses",), covers=AGREED)
    return (both, *each) if len(each) == len(AGREED) else each


def _cart(ctx: Ctx) -> str | None:
    """Return the payload that changes what is bought, where there is anything to choose."""
    if "renewal" in ctx.seller.dialogs:
        return "edit:cart"
    return "edit:addons" if "cart" in ctx.seller.dialogs and choosable_addons(ctx) else None


def _orderer() -> tuple[RowContent, ...]:
    return RowContent("invoice_email", edit="edit:invoice_email"), RowContent("orderer", edit="edit:person_name")


def offer_card(ctx: Ctx) -> CardContent | None:
    """Return what is sold with its price, before anything is chosen; none where customers own what they renew."""
    if not ctx.seller.sells or not ctx.seller.plans or "renewal" in ctx.seller.dialogs:
        return None
    only = len(ctx.seller.plans) == 1
    listed = prices(tuple(plan.id for plan in ctx.seller.plans), ctx)
    params = {**show_cart(ctx.case.order, ctx), "only": only, "prices": listed}
    return CardContent("offer", "offer", rows("bought") if only else rows("prices"), params)


def payment_card(params: Params, ctx: Ctx) -> CardContent:
    """Return the card of the order that waits for its money; `params` say how it stands."""
    return CardContent("payment", _key(ctx), (_NUMBER, *rows("method", "pay_by")), params)


def transfer_card(params: Params, ctx: Ctx) -> CardContent:
    """Return the card with what a transfer or a postal slip is made out with, to be copied into the bank's form."""
    filled = tuple(RowContent(name, copied=name in _TYPED) for name in TRANSFER)
    return CardContent("transfer", _key(ctx), filled, params)


def receipt_card(ctx: Ctx, invoices_to: str | None = None) -> CardContent | None:
    """Return the receipt of the conversation's paid order; `invoices_to`: e-invoices are on, and go to this address."""
    if (number := number_here(ctx)) is None:
        return None
    paid: dict[str, Param | tuple[Param, ...]] = {
        **show_cart(ctx.case.order, ctx),
        "number": number,
        "paid": ctx.now,
        "until": find_end(ctx),
        "invoices_to": invoices_to,
    }
    return CardContent("receipt", _key(ctx), (_NUMBER, *rows("paid", "bought", "amounts", "method", "einvoice")), paid)


def _key(ctx: Ctx) -> str:
    return f"payment:{number_here(ctx)}"
