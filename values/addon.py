"""Add-ons: what a plan can be widened by, in packs, and how a typed quantity of them is read."""

from dataclasses import dataclass

from values import quantity
from values.folding import fold_words
from values.parsed import Ok, Parsed, Refused


@dataclass(frozen=True, slots=True)
class Addon:
    """Something sold beside a plan. `net` in minor units for one pack and year; `pack` pieces make one pack; at most
    `most` packs. `unit` is the word by which people name pieces rather than packs ("GB"), where they do."""

    id: str
    net: int
    pack: int = 1
    most: int = 99
    unit: str = ""


def parse(text: str, addon: Addon, *, minimum: int = 1) -> Parsed[int]:
    """Reads how many packs are wanted. A number too large for packs, or one with the unit, counts pieces: "100 users"
    are two packs of fifty, "10 GB" two cuts of five.

    Reasons: those of `quantity`; `addon.pack` (with `pack`) for pieces that don't fill packs, `addon.too_many` (with
    `most`, `pieces`, `asked`).
    """
    read = quantity.parse(text, minimum=minimum, maximum=10**6)
    if isinstance(read, Refused):
        return read
    number = read.value
    pieces = addon.pack > 1 and (number > addon.most or _named(text, addon.unit))
    if pieces and number % addon.pack:
        return Refused("addon.pack", {"pack": addon.pack, "asked": number})
    packs = number // addon.pack if pieces else number
    if packs > addon.most:
        return Refused("addon.too_many", {"most": addon.most, "pieces": addon.most * addon.pack, "asked": number})
    return Ok(packs)


def _named(text: str, unit: str) -> bool:
    return bool(unit) and any(word.lstrip("0123456789") == unit.casefold() for word in fold_words(text[:200]).split())
