"""Late answers of registers, which come when the company dialog doesn't wait for them any more."""

from dataclasses import replace

from dialogs.company.data import against, agrees, checked, data, filled, struck_off
from dialogs.kit import Decision, Dialog, Say, then, unchanged
from dialogs.messages.company import CheckSet, CompanyFound, CompanyUnknown, RegisterSilent, SetCheck
from dialogs.state import Company, Ctx


def add_late_answers(dialog: Dialog[Company]) -> None:
    """Declare the reactions."""

    @dialog.always(CompanyFound)
    def found_late(s: Company, e: CompanyFound, ctx: Ctx) -> Decision[Company]:
        """Offer the register's differing data before the order; later they only count as a check."""
        if s.tax_number is None:
            return then(s)  # it was about a company that is asked for no more
        same = agrees(s, e.data)
        if s.id is not None and (same or ctx.case.order.id is not None):
            now = against(checked(s, e), e.data)
            return then(now, SetCheck(s.id, now.check or "verified", now.vat_checked_at, now.vat_check_id))
        if same:
            source = e.source if data(s) == e.data else s.source
            return then(replace(checked(s, e), source=source), *struck_off(e))
        known = replace(checked(s, e), source=e.source, found=None)
        if None in (s.name, s.street, s.postal_code, s.city):
            return then(filled(known, e.data), Say("company.found_meanwhile"), *struck_off(e))
        return then(replace(known, offered=e.data, confirmed=None, id=None), Say("company.found_late"), *struck_off(e))

    @dialog.always(CompanyUnknown)
    def unknown_late(s: Company, _e: CompanyUnknown, _ctx: Ctx) -> Decision[Company]:
        """Record the check for the seller; the customer isn't troubled."""
        checked = replace(s, check="not_found")
        return then(checked, SetCheck(s.id, "not_found")) if s.id is not None else then(checked)

    dialog.always(RegisterSilent, CheckSet)(unchanged)  # after all tries the check stays pending
