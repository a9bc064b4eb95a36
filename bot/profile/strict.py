"""What the tables of a profile share: unknown names are mistakes, and how ids and prices are written."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from bot.profile.problems import WrongProfile
from values.money import Money


def written(pattern: str, how: str) -> AfterValidator:
    """Take texts of a form only; `how` says in words how they are written."""
    form = re.compile(pattern)

    def checked(value: str) -> str:
        if not form.fullmatch(value):
            raise WrongProfile(f"“{value[:40]}” isn’t written right", f"Write {how}.")
        return value

    return AfterValidator(checked)


Id = Annotated[str, written(r"[a-z][a-z0-9_]{0,31}", "small letters, digits and _, a letter first, 32 at most")]


class StrictTable(BaseModel):
    """Unknown names are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _net(value: Decimal) -> Decimal:
    if value <= 0 or value != value.quantize(Decimal("0.01")):
        raise WrongProfile("a price is above zero and has at most two places", "Write it like “299.00”.")
    return value


Net = Annotated[Decimal, AfterValidator(_net)]


def minor(net: Decimal, currency: str) -> int:
    """The price in minor units of its currency."""
    unit = Money(1, currency).decimal
    return int(net / unit)
