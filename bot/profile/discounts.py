"""`[[discount]]` of `profile.toml`: what may stand there, and what of it makes no sense beside the offer."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from bot.profile.problems import WrongProfile
from bot.profile.strict import Id, Net, StrictTable, minor, written
from values.offer import DiscountCode

Offer = Mapping[str, Decimal]
"""The prices of one year (or of one pack for a year), in major units, by the ids of plans and add-ons."""


Code = Annotated[str, written(r"[A-Z0-9][A-Z0-9_\-]{1,31}", "2 to 32 capital letters, digits, - and _")]


def _any(value: object) -> object:
    """ "any" sets no limit."""
    return None if value == "any" else value


class DiscountTable(StrictTable):
    """`[[discount]]`. `amount` in major units of the net price."""

    code: Code
    percent: int | None = Field(default=None, ge=1, le=99)
    amount: Net | None = None
    expires_at: datetime | None = None
    uses: int | None = Field(default=None, ge=1)
    uses_per_customer: Annotated[Annotated[int, Field(ge=1)] | None, BeforeValidator(_any)] = 1
    plans: tuple[Id, ...] = ()
    over: bool = False  # past on purpose: no warning

    @field_validator("expires_at")
    @classmethod
    def _with_offset(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise WrongProfile("a moment needs its offset", "Write it like 2026-01-31T23:59:59+01:00.")
        return value

    @model_validator(mode="after")
    def _lowers_in_one_way(self) -> "DiscountTable":
        if (self.percent is None) == (self.amount is None):
            raise WrongProfile("a code lowers the price either by `percent` or by `amount`", "Write one of them.")
        return self

    def build(self, currency: str) -> DiscountCode:
        """The code, its amount in minor units of the currency."""
        return DiscountCode(
            self.code,
            self.percent or 0,
            self.expires_at,
            minor(self.amount, currency) if self.amount is not None else 0,
            self.uses,
            self.uses_per_customer,
            self.plans,
        )


def discount_problems(
    tables: tuple[DiscountTable, ...], plans: Offer, addons: Offer
) -> Iterator[tuple[int, str, str, str]]:
    """What contradicts the offer: the number of the table, the name in it, what is wrong, and the remedy."""
    for n, table in enumerate(tables):
        for plan in table.plans:
            if plan not in plans and plan not in addons:
                yield n, "plans", f"{table.code} is for {plan}, which isn’t sold", f"Remove {plan}, or add [[plan]]."
        # Each order has a plan: as long as something of it is left, there is something to pay.
        prices = [net for plan, net in plans.items() if not table.plans or plan in table.plans]
        if table.amount is not None and prices and table.amount >= min(prices):
            what = f"{table.code} takes off all of a price of {min(prices)}: nothing would be left to pay"
            yield n, "amount", what, "Lower `amount`, or name dearer ones in `plans`."
