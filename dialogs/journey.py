"""All dialogs by name, and the journey that a profile makes of them. Listed, not discovered."""

from collections.abc import Sequence
from typing import Any

from dialogs import (
    account,
    cart,
    changed_terms,
    company,
    contact,
    einvoice,
    elsewhere,
    feedback,
    handoff,
    lost_password,
    on_file,
    order,
    orderer,
    own_data,
    payment,
    personal,
    purchases,
    reminder,
    renewal,
    zone,
)
from dialogs.kit import Dialog, Journey

ALL: dict[str, Dialog[Any]] = {
    module.dialog.name: module.dialog
    for module in (
        handoff,
        feedback,
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


ANYWHERE = ("handoff", "feedback", "own_data", "elsewhere", "purchases")
"""Dialogs that customers may be led into from any step, and out of again."""


def journey(names: Sequence[str]) -> Journey:
    """The dialogs in the profile's order, behind what is possible anywhere and before the zone. Errors: KeyError."""
    renewed = ("changed_terms",) if "order" in names else ()
    return Journey([ALL[name] for name in dict.fromkeys((*ANYWHERE, *names, *renewed, "personal", "zone"))])
