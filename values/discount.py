"""Discount codes of an offer: by how much one lowers the price, of what, until when and how often."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

NotGood = Literal["unknown", "expired", "other_plan"]
Spent = Literal["used_up", "used_by_customer"]


@dataclass(frozen=True, slots=True)
class DiscountCode:
    """A code that lowers the net price by `percent`, or else by `amount` (minor units of the seller's currency).

    `uses` is how many orders may stand with it in all, `uses_per_customer` how many of one account; None sets no limit.
    `plans`: the only ones whose price it lowers; none named, it lowers that of everything.
    """

    code: str
    percent: int = 0
    expires_at: datetime | None = None
    amount: int = 0
    uses: int | None = None
    uses_per_customer: int | None = 1
    plans: tuple[str, ...] = ()

    def good_at(self, now: datetime) -> bool:
        """Whether it hasn't expired."""
        return self.expires_at is None or now < self.expires_at

    def lowers(self, plan: str) -> bool:
        """Whether it is a code for this plan or add-on."""
        return not self.plans or plan in self.plans


def judge(known: Iterable[DiscountCode], code: str, plans: Iterable[str], now: datetime) -> DiscountCode | NotGood:
    """The code as it is known, if it lowers the price of one of `plans` at `now`; else why not."""
    found = next((one for one in known if one.code == code.upper()), None)
    if found is None:
        return "unknown"
    if not found.good_at(now):
        return "expired"
    return found if any(found.lowers(plan) for plan in plans) else "other_plan"
