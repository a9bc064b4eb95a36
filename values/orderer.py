"""Who orders for a company: whom the seller's people may call about it, and where the invoices go."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OrdererDetails:
    """As the customer gave it, each in its normal form (`values/person_name.py`, `phone.py`, `email.py`)."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    invoice_email: str = field(repr=False)
