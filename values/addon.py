"""Add-ons: what a plan can be widened by, in packs, and how a typed quantity of them is read."""

from dataclasses import dataclass

from values import quantity
from values.folding import fold_words
from values.parsed import Ok, Parsed, ParseRefused

PIECES, PACKS = "pieces", "packs"
"""What a number counts, as the word behind it: "150 pieces", "3 packs". Language understanding writes it so."""


@dataclass(frozen=True, slots=True)
class Addon:
    """Something sold beside a plan. `net` in minor units for one pack and year; `pack` pieces make one pack; at most
    `most` packs. `unit` is the word by which people name pieces rather than packs ("GB"), where they do."""

    id: str
    net: int
    pack: int = 1
    most: int = 99
    unit: str = ""

    def packs_for(self, pieces: int) -> int:
        """How many packs hold so many pieces."""
        return -(-pieces // self.pack)


@dataclass(frozen=True, slots=True)
class Unsure:
    """A number that doesn't count before it was said back: one that may count packs or pieces, or (`pieces`) a count
    of pieces that doesn't fill packs."""

    number: int
    pieces: bool = False


def parse(text: str, addon: Addon, *, minimum: int = 1) -> Parsed[int | Unsure]:
    """Reads how many packs are wanted: "150 pieces" are three packs of fifty, "10 GB" two of five, "3 packs" three.

    A bare number is taken where pieces and packs come to the same, or where only one of both is possible.
    Reasons: those of `quantity`; `addon.too_many` (with `most`, `pack`, `pieces`, `asked`).
    """
    read = quantity.parse(text, minimum=minimum, maximum=10**6)
    if isinstance(read, ParseRefused):
        return read
    number, counted = read.value, _counted(text, addon)
    needed = addon.packs_for(number)
    if addon.pack == 1 or number == 0 or counted == PACKS:
        return _within(number, number, addon)
    if counted == PIECES or number > addon.most:
        fits = isinstance(_within(needed, number, addon), Ok)
        return Ok(Unsure(number, pieces=True)) if fits and number % addon.pack else _within(needed, number, addon)
    return Ok(number) if needed == number else Ok(Unsure(number))


def _within(packs: int, asked: int, addon: Addon) -> Parsed[int | Unsure]:
    if packs <= addon.most:
        return Ok(packs)
    pieces = addon.most * addon.pack
    return ParseRefused("addon.too_many", {"most": addon.most, "pack": addon.pack, "pieces": pieces, "asked": asked})


def _counted(text: str, addon: Addon) -> str:
    words = [word.lstrip("0123456789") for word in fold_words(text[:200]).split()]
    if PACKS in words:
        return PACKS
    return PIECES if PIECES in words or (addon.unit and addon.unit.casefold() in words) else ""
