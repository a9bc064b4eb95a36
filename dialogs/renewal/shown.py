"""Renewals in texts: products, terms, prices now and before; subscriptions that ended."""

from collections.abc import Sequence
from datetime import datetime

from dialogs.kit import Param, Params, Word
from dialogs.order.costs import tax_shown
from dialogs.order.products import product_word, word_quantity
from values.account_view import NO_BOOKS, AccountView, Line, Reversal
from values.money import Buyer, Money
from values.order import Bill, PriceLine, price
from values.renewal import Outlook
from values.seller import Seller
from values.term import term_shown


def name_products(lines: Sequence[Line], seller: Seller) -> tuple[Word, ...]:
    """Return all products of a renewal or an end: one sentence names them."""
    return tuple(word_quantity(product, quantity, seller) for product, quantity in lines)


def bill_shown(bill: Bill, seller: Seller) -> Params:
    """Return the parameters of every message about a renewal."""
    tax: Params = {"vat_reason": None} if bill.tax is None else tax_shown(bill.tax)
    return {
        **program_shown(bill.lines, bill.company, seller),
        "gross": Money(bill.gross, bill.currency),
        "free": not bill.gross,
        **term_shown(bill.term),
        "was": Money(bill.was, bill.currency) if bill.was is not None else None,
        "code": bill.code,
        "kept": bill.kept,
        "over": bill.over,
        "first": bill.after_trial,
        **tax,
    }


def term_price(product: str, buyer: Buyer, seller: Seller) -> Params:
    """Return what another term of the product costs this buyer; None where it isn't sold."""
    term, tax = seller.renewal_rules.term, seller.tax(buyer)
    net = seller.net_of(seller.renewed_by(product), term)
    lines = () if net is None else (PriceLine(net, lowered=False),)
    gross = price(lines, seller.currency, vat_percent=tax.percent).gross if lines else None
    return {"gross": gross, **term_shown(term), "vat_reason": tax.reason}


def outlook_shown(outlook: Outlook, seller: Seller) -> Params:
    """Return how a term goes on, for the texts `outlook.*`."""
    return {**dict(_way_on(outlook)), "program": name_products(outlook.lines, seller)}


def _way_on(outlook: Outlook) -> tuple[tuple[str, Param], ...]:
    return (
        *(("outlook", outlook.kind), ("ends", outlook.ends_at), ("on", outlook.on), ("first", outlook.first)),
        ("free", outlook.gross == 0),
        *(("way", outlook.label), ("gross", outlook.sum), *term_shown(outlook.term).items(), ("last", outlook.last_no)),
        ("before", _paid_before(outlook)),
    )


def _paid_before(outlook: Outlook) -> Word | None:
    paid = outlook.before
    if paid is None:
        return None
    was = Money(paid.was, outlook.currency)
    return Word("outlook.before", (("was", was), ("code", paid.code), ("over", paid.over)))


def outlooks_shown(outlooks: Sequence[Outlook], seller: Seller, books: AccountView = NO_BOOKS) -> Word | None:
    """Return a sentence on the renewal of all terms, a line each where there are several; None where nothing runs.

    By the account's `books` each has its company's name, where several companies have terms.
    """
    words: Word | None = None
    several = len(outlooks) > 1 and len({one.company_id for one in books.owned}) > 1
    names = {one.id: one.name for one in books.companies} if several else {}
    of = {one.id: names.get(one.company_id or "") for one in books.owned} if several else {}
    for outlook in reversed(outlooks):
        program: tuple[str, Param] = ("program", _joined(name_products(outlook.lines, seller)))
        if company := next((name for id in outlook.ids if (name := of.get(id))), None):
            program = "program", Word("order.for_company", (("renewed", program[1]), ("company", company)))
        words = Word("outlook.row", (*_way_on(outlook), program, ("several", len(outlooks) > 1), ("rest", words)))
    return words


def last_days(ends: Sequence[tuple[str, datetime]], seller: Seller) -> Param | tuple[Param, ...]:
    """Return the last day of what ends; by product where they differ."""
    if len({at for _, at in ends}) == 1:
        return ends[0][1]
    return tuple(Word("zone.paid_for", (("until", at), ("company", product_word(of, seller)))) for of, at in ends)


def reversals_shown(reversals: Sequence[Reversal]) -> Word | None:
    """Return the withdrawals and refunds, each with its order where there are several; None where there are none."""
    words: Word | None = None
    for one in reversed(reversals):
        about = (("number", one.number if len(reversals) > 1 else None), ("back", one.refunded), ("whole", one.whole))
        words = Word("zone.reversal", (*about, ("stated", one.stated_at), ("accepted", one.accepted), ("rest", words)))
    return words


def _joined(products: Sequence[Word]) -> Word | None:
    """Return the products as one word: a word can't hold a list."""
    words: Word | None = None
    for product in reversed(products):
        words = product if words is None else Word("outlook.products", (("product", product), ("rest", words)))
    return words


def program_shown(lines: Sequence[Line], company: str | None, seller: Seller) -> Params:
    """Return the programs, and their company if the account has several."""
    renewed = name_products(lines, seller)
    if company is None:
        return {"program": renewed}
    return {"program": Word("order.for_company", (("company", company),)), "renewed": renewed}
