"""A returning customer's company: on the order's card as it was confirmed, or shown to be confirmed anew."""

from msgspec.structs import replace

from dialogs.account.entry import NEEDING
from dialogs.company.data import begin_beside, country, keep_answers, needs_vies, read_legal_form
from dialogs.kit import Decision, Unawait, need_slot, then
from dialogs.kit.card import shows
from dialogs.messages.company import LookUpCompanyLater
from dialogs.state import Company, Ctx, take_saved
from values.account_view import AccountView


def take_for_order(known: Company, view: AccountView, ctx: Ctx) -> Decision[Company]:
    """Take the account's company for another order, or the one named before the log-in; ask which of several."""
    if known.named is not None and ctx.case.account.entry in NEEDING:
        return take_by_number(known, known.named, view, ctx)
    if len(view.companies) > 1:
        return then(replace(known, id=None, confirmed=None, choosing=True), Unawait())
    if view.paid is not None and is_confirmed_by_order(known, ctx):
        return then(replace(known, again=True), Unawait())
    return show_again(known, ctx)


def take_by_number(known: Company, number: str, view: AccountView, ctx: Ctx) -> Decision[Company]:
    """Take the company with this number: one of the account's, or a new one, whose data are looked up and shown."""
    own = next((one for one in view.companies if one.tax_number == number), None)
    if own is not None:
        return show_again(keep_answers(take_saved(own), known), ctx)
    return then(begin_beside(Company(tax_number=number), known), Unawait())


def find_number_named_before(s: Company, view: AccountView) -> str | None:
    """Return the number that was given before the log-in, if it isn't that of the account's company."""
    number = s.tax_number if s.id is None and s.tax_number else s.named
    return number if view.company is not None and number != view.company.tax_number else None


def is_confirmed_by_order(known: Company, ctx: Ctx) -> bool:
    """Return whether ordering confirms the company: nothing about it is open, and the order's card shows it."""
    rules = ctx.seller.company
    allowed = not rules.legal_forms or read_legal_form(known, ctx) in rules.buyers
    return (
        known.check == "verified" and not needs_vies(known, ctx) and allowed and shows("order", "company", ctx.seller)
    )


def show_again(known: Company, ctx: Ctx) -> Decision[Company]:
    """Show the company to be confirmed for another order; VIES is asked anew."""
    again = replace(known, id=None, confirmed=None)
    if not needs_vies(known, ctx):
        return then(again, Unawait())
    asked = LookUpCompanyLater(country(known, ctx), need_slot(known.tax_number), trade=True)
    return then(replace(again, check="pending", vat_checked_at=None, vat_check_id=None), Unawait(), asked)
