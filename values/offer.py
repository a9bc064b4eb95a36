"""Add-ons in packs and discount codes, with the parsers of their typed forms."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, Protocol

from msgspec import Struct

from values.codes import parse_quantity
from values.parsing import Ok, Parsed, ParseRefused, fold_digits, fold_words, unaccent
from values.patterns import regex
from values.term import Term, share_of_year

PIECES, PACKS = "pieces", "packs"
"""What a number counts, as the word behind it: "150 pieces", "3 packs". Language understanding writes it so."""

WITHOUT = "without "
"""Before so many of an add-on, or nothing: they are to be taken out."""
MORE = "more "
"""Before so many that are wanted beside those that there are."""


def counted_on(text: str, have: int) -> str:
    """Return a number in words of `MORE` or `WITHOUT` as the number that there are then; others as they are."""
    way, _, number = text.partition(" ")
    number, _, counted = number.partition(" ")
    if f"{way} " not in (MORE, WITHOUT) or not number.isdecimal():
        return text
    return f"{max(have + (int(number) if f'{way} ' == MORE else -int(number)), 0)} {counted}".strip()


class Addon(Struct, frozen=True):
    """Something sold beside a plan.

    `net` and `nets` for one pack, as in `net_for`; `pack` pieces make one pack; at most `most` packs. `unit` is the
    word by which people name pieces rather than packs ("GB"), if there is one. `once`: `net` is paid once, with the
    first term. `required`: an order has one pack of it at least.
    """

    id: str
    net: int
    pack: int = 1
    most: int = 99
    unit: str = ""
    nets: tuple[tuple[Term, int], ...] = ()
    once: bool = False
    required: bool = False

    def packs_for(self, pieces: int) -> int:
        """Return how many packs hold so many pieces."""
        return -(-pieces // self.pack)


class Trial(Struct, frozen=True):
    """The first stretch of a plan, free for `days`. `kept`: with a way to pay on file, which is charged at its end."""

    days: int
    kept: bool = False


class _Priced(Protocol):
    @property
    def net(self) -> int: ...
    @property
    def nets(self) -> tuple[tuple[Term, int], ...]: ...
    @property
    def once(self) -> bool: ...


def net_for(sold: _Priced, term: Term) -> int:
    """Return the net price of one for a term, in minor units.

    The term's own of `nets`; else its share of `net`, the price of one year, or all of that where it is paid once.
    """
    own = dict(sold.nets).get(term, sold.net if sold.once else None)
    return share_of_year(sold.net, term) if own is None else own


class Unsure(Struct, frozen=True):
    """A number that must be confirmed before it counts.

    It may count packs or pieces, or (`pieces`) be a count of pieces that doesn't fill packs.
    """

    number: int
    pieces: bool = False


def parse_packs(text: str, addon: Addon, *, minimum: int = 1) -> Parsed[int | Unsure]:
    """Read how many packs are wanted: "150 pieces" are three packs of fifty, "10 GB" two of five, "3 packs" three.

    A bare number is taken where pieces and packs come to the same, or where only one of both is possible. Reasons:
    those of `quantity`; `addon.too_many` (with `most`, `pack`, `pieces`, `asked`).
    """
    read = parse_quantity(text, minimum=minimum, maximum=10**6)
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


NotGood = Literal["unknown", "expired", "other_plan"]
Spent = Literal["used_up", "used_by_customer"]


class DiscountCode(Struct, frozen=True):
    """A code that lowers the net price by `percent`, or else by `amount` (minor units of the seller's currency).

    `uses` is how many orders may stand with it in all, `uses_per_customer` how many of one account; None sets no limit.
    `plans`: the only ones whose price it lowers; none named, it lowers that of everything. `terms`: of how many of what
    renews itself, the ordered one among them.
    """

    code: str
    percent: int = 0
    expires_at: datetime | None = None
    amount: int = 0
    uses: int | None = None
    uses_per_customer: int | None = 1
    plans: tuple[str, ...] = ()
    terms: int = 1

    def good_at(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at

    def lowers(self, plan: str) -> bool:
        return not self.plans or plan in self.plans


def judge_discount(
    known: Iterable[DiscountCode], code: str, plans: Iterable[str], now: datetime
) -> DiscountCode | NotGood:
    """Return the known code if it lowers the price of one of `plans` at `now`; else the reason why not."""
    found = next((one for one in known if one.code == code.upper()), None)
    if found is None:
        return "unknown"
    if not found.good_at(now):
        return "expired"
    return found if any(found.lowers(plan) for plan in plans) else "other_plan"


_SHAPE = regex(r"[A-Z0-9][A-Z0-9_\-]{1,31}")
_SPACES = regex(r"\s+")


def parse_discount_code(text: str) -> Parsed[str]:
    """Read one code of 2–32 letters, digits, `_` or `-` into capitals.

    The reason is `discount_code.shape`.
    """
    code = normalise_code(text[:200])
    return Ok(code) if _SHAPE.fullmatch(code) else ParseRefused("discount_code.shape")


def normalise_code(text: str) -> str:
    """Return capitals without spaces, accents and surrounding punctuation: the form in which codes are compared."""
    return _SPACES.sub("", unaccent(fold_digits(text))).strip("\"'.,;:!?()[]„”“«»").upper()


@lru_cache(maxsize=64)
def codes_by_form(codes: tuple[str, ...]) -> Mapping[str, str]:
    """Return a seller's codes by the form in which they are compared."""
    return MappingProxyType({normalise_code(code): code for code in codes})
