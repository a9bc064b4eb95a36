"""Renewals in texts: products, terms, prices now and before; subscriptions that ended."""

from collections.abc import Sequence

from dialogs.kit import Params, Word
from dialogs.messages.renewal import MailLapse, MailNoLongerSold, NoLongerSold, SubscriptionLapsed
from dialogs.order.costs import tax_shown
from dialogs.order.products import counted, product_word
from values.account_view import Line
from values.money import Money
from values.order import Bill
from values.seller import Seller


def named(lines: Sequence[Line], seller: Seller) -> tuple[Word, ...]:
    """Return all products of a renewal or an end: one sentence names them."""
    return tuple(counted(product, quantity, seller) for product, quantity in lines)


def bill_shown(bill: Bill | None, plan: str, gross: Money, seller: Seller) -> Params:
    """Return the parameters of every message about a renewal.

    Earlier releases stored `plan` and `gross` only.
    """
    known = bill or Bill(((plan, 1),), 1, gross.minor, gross.currency)
    tax: Params = {"vat_reason": None} if known.tax is None else tax_shown(known.tax)
    return {
        **_program(known.lines, known.company, seller),
        "gross": Money(known.gross, known.currency),
        "years": known.years,
        "was": Money(known.was, known.currency) if known.was is not None else None,
        "code": known.code,
        **tax,
    }


def ended_shown(e: SubscriptionLapsed | MailLapse, seller: Seller) -> Params:
    """Return the ended products, their end, the last day to renew, and the unpaid order cancelled with them."""
    number = e.number if isinstance(e, SubscriptionLapsed) else None
    about: Params = {"ends": e.ends_at, "grace": e.grace_until, "number": number}
    return {**_program(e.lines or ((e.plan, 1),), e.company, seller), **about}


def unsold_shown(e: NoLongerSold | MailNoLongerSold, seller: Seller) -> Params:
    """Return the products that can't be renewed, their end, and those sold instead."""
    others = tuple(product_word(plan, seller) for plan in e.plans)
    return {"program": named(e.lines, seller), "ends": e.ends_at, "others": others or None, "whole": e.whole}


def _program(lines: Sequence[Line], company: str | None, seller: Seller) -> Params:
    """Return the program, and its company if the account has several."""
    renewed = named(lines, seller)
    if company is None:
        return {"program": renewed}
    return {"program": Word("order.for_company", (("company", company),)), "renewed": renewed}
