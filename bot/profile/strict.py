"""What the tables of a profile share: unknown names are mistakes, and how ids and prices are written."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from values.money import Money

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Strict(BaseModel):
    """Unknown names are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _net(value: Decimal) -> Decimal:
    if value <= 0 or value != value.quantize(Decimal("0.01")):
        raise ValueError("a price is above zero and has at most two places: write it like “299.00”")
    return value


Net = Annotated[Decimal, AfterValidator(_net)]


def minor(net: Decimal, currency: str) -> int:
    """The price in minor units of its currency."""
    unit = Money(1, currency).decimal
    return int(net / unit)
