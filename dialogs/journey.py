"""All dialogs by name, and the journey that a profile makes of them. Listed, not discovered."""

from collections.abc import Sequence
from typing import Any

from dialogs import einvoice, elsewhere, feedback, offered, payment, voice, withdrawal
from dialogs.account import account, digits, lost_password, on_file, own_data, personal
from dialogs.account.proof import hold_back, puts_off
from dialogs.company import company
from dialogs.contact import contact
from dialogs.handoff import handoff
from dialogs.kit import Dialog, Journey
from dialogs.order import cart, changed_terms, order, orderer, purchases
from dialogs.order.order_card import begun_card
from dialogs.own.own_questions import own_questions
from dialogs.renewal import reminder, renewal
from dialogs.zone import zone
from values.question import OwnQuestion
from values.seller import Seller

ALL: dict[str, Dialog[Any]] = {
    module.dialog.name: module.dialog
    for module in (
        handoff,
        withdrawal,
        feedback,
        voice,
        offered,
        digits,
        own_data,
        elsewhere,
        purchases,
        reminder,
        cart,
        account,
        on_file,
        lost_password,
        contact,
        renewal,
        company,
        orderer,
        order,
        payment,
        einvoice,
        changed_terms,
        personal,
        zone,
    )
}


ANYWHERE = ("handoff", "withdrawal", "feedback", "voice", "offered", "log_in", "own_data", "elsewhere", "purchases")
"""Dialogs that customers may be led into from any step, and out of again."""


def journey(names: Sequence[str], questions: tuple[OwnQuestion, ...] = ()) -> Journey:
    """Return the dialogs in the profile's order, between those possible anywhere and the zone.

    The seller's own `questions` stand among their steps. Raises KeyError for a dialog that doesn't exist.
    """
    renewed = ("changed_terms",) if "order" in names else ()
    own = own_questions(questions, tuple(names))
    known = dict.fromkeys((*ANYWHERE, *names, *renewed, "personal", "zone"))
    dialogs = [*(ALL[name] for name in known), own]
    return Journey(dialogs, dict.fromkeys(("account", "contact"), begun_card), hold_back, puts_off)


def journey_of(seller: Seller) -> Journey:
    """Return the seller's journey. Raises KeyError for a dialog that doesn't exist."""
    names = list(seller.dialogs)
    if "order" in names and "cart" not in names and any(plan.seats for plan in seller.plans):
        names.insert(names.index("order"), "cart")  # for the seats alone
    return journey(names, seller.own_questions)
