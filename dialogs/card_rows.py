"""The rows that each kind of card may have, by name: profiles choose among them, texts are written for them."""

from collections.abc import Mapping

from dialogs.kit.card import CardKind
from values.seller import Seller

TRANSFER = ("payee", "iban", "slip_account", "amount", "reference", "bic", "bank")

ROWS: Mapping[CardKind, tuple[str, ...]] = {
    "offer": ("bought", "prices"),
    "company": ("tax_number", "company_name", "street", "postal_code", "city"),
    "order": (
        *("bought", "seats", "amounts", "discount", "years", "auto_renewal", "method", "company"),
        *("invoice_email", "orderer", "terms", "clauses"),
    ),
    "payment": ("number", "method", "pay_by"),
    "transfer": TRANSFER,
    "receipt": ("number", "paid", "bought", "amounts", "method", "einvoice"),
    "activation": ("company", "invoice_email"),
    "zone": ("email", "number", "bought", "paid_until", "auto_renewal", "extensions"),
    "change": ("change_old", "change_new", "change_from", "amounts", "method", "change_next"),
}

ALWAYS: Mapping[CardKind, tuple[str, ...]] = {
    "order": ("bought", "amounts", "years", "auto_renewal", "method", "terms", "clauses"),
    "company": ("tax_number", "company_name"),
    "payment": ("number",),
    "transfer": ("payee", "iban", "slip_account", "amount", "reference"),
    "receipt": ("number",),
    "change": ("change_old", "change_new", "change_from", "amounts", "method", "change_next"),
}
"""Rows that no profile may leave out: answers stand in them, or what the law wants shown."""


def shows(kind: CardKind, row: str, seller: Seller) -> bool:
    """Return whether the seller's card of this kind has the row."""
    return row in dict(seller.cards).get(kind, ROWS[kind])
