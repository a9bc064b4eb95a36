"""A bill: what a renewal renews, for how long and for how much, as every message about it says."""

from dataclasses import dataclass, field

from values.account_view import Line
from values.vat import Vat


@dataclass(frozen=True, slots=True)
class Bill:
    """All `lines` for `years`, amounts in minor units. `was`: the sum that the customer knows, where it is another one,
    and the discount `code` that had lowered it. `tax`: why its VAT is what it is. `company`: the name of the buyer,
    where the account has several."""

    lines: tuple[Line, ...]
    years: int
    gross: int
    currency: str
    was: int | None = None
    code: str | None = None
    tax: Vat | None = None
    company: str | None = field(default=None, repr=False)
