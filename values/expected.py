"""What the open step offers and awaits: the light in which a message is read."""

from dataclasses import dataclass

from values.binding import BindingAct
from values.expects import Expects


@dataclass(frozen=True, slots=True)
class OptionWords:
    """One button: its payload, every title by which it is known, in any language, and what it binds to, if anything."""

    payload: str
    titles: tuple[str, ...] = ()
    binds: BindingAct | None = None
    pieces: tuple[str, ...] = ()  # words by which what it adds is counted


@dataclass(frozen=True, slots=True)
class Expected:
    """The open step as language understanding needs to know it.

    `country` is the ISO code that decides about numbers, or `tax_number.VATIN`, and `home` then the seller's own
    country; `discount_codes` are those the profile knows; `correctable` names the earlier answers (`Expects` names or
    steps) that may be corrected; `optional` steps can be skipped, and `several` take more than one of their options at
    once; `pieces` are the words by which a quantity is counted; `enough` is the payload of "that's all";
    `names` are the seller's own and its products'.
    """

    expects: Expects
    step: str
    options: tuple[OptionWords, ...] = ()
    country: str = "PL"
    discount_codes: tuple[str, ...] = ()
    correctable: tuple[str, ...] = ()
    free_text: bool = False
    optional: bool = False
    several: bool = False
    home: str = ""
    pieces: tuple[str, ...] = ()
    enough: str = ""
    names: tuple[str, ...] = ()
