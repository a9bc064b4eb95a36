"""`[vat]` of `profile.toml`: what may stand there, and what of it makes no sense beside the rest."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from bot.profile.strict import StrictTable
from values import tax_number
from values.money import UNION, VatRules
from values.parsing import Ok

Percent = Annotated[int, Field(ge=0, le=50)]


class VatTable(StrictTable):
    """`[vat]`. `rates`: per cent by country (ISO), for consumers abroad."""

    number: str | None = None
    reverse_charge: bool = False
    rates: dict[str, Percent] = Field(default_factory=dict)

    def build(self) -> VatRules:
        """The rules."""
        return VatRules(self.number, self.reverse_charge, tuple(sorted(self.rates.items())))


def vat_problems(table: VatTable, country: str, *, vatin: bool) -> Iterator[tuple[str, str, str]]:
    """What contradicts itself: the name in the table, what is wrong, and the remedy."""
    if table.number is not None and not _is_number(table.number, country):
        what = f"{table.number} is no VAT number of {country}"
        yield "number", what, "Write it with the letters of the country in front."
    for abroad in table.rates:
        if abroad not in UNION or abroad == country:
            what = f"{abroad} is no other country of the Union"
            yield "rates", what, "Name each by its two letters; the own rate is `vat_percent`."
    told = [name for name in ("reverse_charge", "rates") if getattr(table, name)]
    if told and not vatin:
        yield told[0], "no company from abroad can be given", "Write `vatin = true` under [company]."


def _is_number(number: str, country: str) -> bool:
    read = tax_number.parse(number, tax_number.VATIN)
    return isinstance(read, Ok) and read.value == number and tax_number.country_of(number) == country
