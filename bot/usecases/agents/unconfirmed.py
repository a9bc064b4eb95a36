"""What was put right but waits for the customer: until they confirm it, what they confirmed before holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogs.company import company
from dialogs.kit import by_others
from dialogs.state import ConversationState

_COMPANY = {step.path: step.slots[0] for step in company.dialog.steps if step.slots and by_others(step)}
"""The slot of each step of a company that an agent may answer."""


@dataclass(frozen=True, slots=True)
class WaitingCorrection:
    """An answer that waits: `new`, empty where it isn't known yet; `holds` until it is confirmed."""

    holds: str = field(repr=False)
    new: str = field(repr=False)


def unconfirmed(case: ConversationState) -> Mapping[str, WaitingCorrection]:
    """By the path of the step whose new answer waits."""
    found: dict[str, WaitingCorrection] = {}
    here, saved = case.company, case.company.kept
    for path, slot in _COMPANY.items() if saved is not None else ():
        old, new = getattr(saved, slot), getattr(here, slot)
        if old is not None and old != new:
            found[path] = WaitingCorrection(str(old), str(new or ""))
    contact, account = case.contact, case.account
    if contact.proven is not None and contact.phone is not None and contact.phone != contact.proven:
        found["contact.phone"] = WaitingCorrection(contact.proven, contact.phone)
    if account.asked_email is not None and account.asked_email != account.email:
        found["account.email"] = WaitingCorrection(account.email or "", account.asked_email)
    return found
