"""What was put right but waits for the customer: until they confirm it, what they confirmed before holds."""

from collections.abc import Mapping

from dialogs.case import Case

_COMPANY = {
    "tax_number": "tax_number",
    "company_name": "name",
    "street": "street",
    "postal_code": "postal_code",
    "city": "city",
}


def unconfirmed(case: Case) -> Mapping[str, str]:
    """The value that still holds, by the path of the step whose new answer waits."""
    found: dict[str, str] = {}
    company, saved = case.company, case.company.kept
    for step, slot in _COMPANY.items() if saved is not None else ():
        old = getattr(saved, slot)
        if old is not None and old != getattr(company, slot):
            found[f"company.{step}"] = str(old)
    contact = case.contact
    if contact.proven is not None and contact.phone is not None and contact.phone != contact.proven:
        found["contact.phone"] = contact.proven
    return found
