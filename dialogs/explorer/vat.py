"""Samples of buyers from other countries, for the walk of a seller who asks VIES about them."""

from collections.abc import Hashable

from dialogs.state import ConversationState
from values.seller import Seller
from values.tax_number import country_of

ABROAD = ("FR44732829320", "DE136695976")


def number(seller: Seller) -> tuple[str, ...]:
    """Return a tax number of another country, where its VAT is another."""
    if not seller.vat.reverse_charge and not seller.vat.rates:
        return ()
    return tuple(text for text in ABROAD if country_of(text) != seller.country)[:1]


def shape(case: ConversationState, seller: Seller) -> Hashable:
    """Return the VAT check's slots, none with sellers whose VAT is the same for all."""
    if not number(seller) or case.order.id is not None:
        return ()
    company = case.company
    abroad = country_of(company.tax_number) is not None
    return (abroad, company.vat_checked_at is not None, company.check == "not_found", case.order.vat) if abroad else ()
