"""Ways to pay that a provider keeps for an account: as the desk shows them, and as the provider tells of them."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class StoredWay:
    """One on file. `label` is fit to be shown ("Visa …4242"), `expires_on` the last day on which a card is good; not
    `good`: its provider says that it can't be charged any more."""

    id: str
    method: str
    label: str = field(repr=False)
    expires_on: date | None = None
    is_default: bool = False
    good: bool = True

    def is_usable(self, on: date) -> bool:
        """Whether it can be paid with on that day, as far as anybody knows."""
        return self.good and (self.expires_on is None or self.expires_on >= on)


@dataclass(frozen=True, slots=True)
class KeptWay:
    """What a provider has kept with a payment, by its own names, which are of no use elsewhere."""

    token: str = field(repr=False)
    customer: str = field(repr=False)
    label: str = field(repr=False)
    expires: date | None = None
