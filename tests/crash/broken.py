"""A promise that wasn't kept."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["lost", "doubled", "stuck", "order", "held", "books"]


@dataclass(frozen=True, slots=True)
class Broken:
    """What, and whose. "held": two agents had a talk at once, or the bot spoke while one had it; "books": the desk
    has other money, another renewal or another withdrawal than there is."""

    kind: Kind
    who: str
    what: str
