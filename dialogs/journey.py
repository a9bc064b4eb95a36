"""All dialogs by name, and the journey that a profile makes of them. Listed, not discovered."""

from collections.abc import Sequence
from typing import Any

from dialogs import (
    account,
    cart,
    company,
    contact,
    einvoice,
    feedback,
    handoff,
    lost_password,
    on_file,
    order,
    orderer,
    payment,
    personal,
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
        personal,
        zone,
    )
}


def journey(names: Sequence[str]) -> Journey:
    """The dialogs in the profile's order, hand-off and feedback before and the zone behind them. Errors: KeyError."""
    return Journey([ALL[name] for name in dict.fromkeys(("handoff", "feedback", *names, "personal", "zone"))])
