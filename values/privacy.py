"""How long what is known of a person is kept, and what is kept when the person is erased: a profile's `[privacy]`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrivacyRules:
    """`conversations_days`: what was said is deleted so long after it was; `unfinished_days`: a conversation that is
    nobody's goes so long after its last word. Of an erased person orders are kept for so many years after that of the
    order, and the proof of consents after that of the erasure.

    `audit_days`: who saw and did what at the agents' desk is known for so long.
    `directory`: what becomes of the seller's own record of a customer on file who is erased: keep or forget.
    """

    conversations_days: int = 180
    unfinished_days: int = 30
    keep_invoices_years: int = 5
    keep_consents_years: int = 6
    directory: str = "keep"
    audit_days: int = 730


DEFAULT = PrivacyRules()
