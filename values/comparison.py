"""What the books and a payment provider say differently about the same money, and what is to be done about it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from values.money import Money

Kind = Literal[
    "paid_there",  # and open here: its notice was lost
    "paid_here",  # and no money there
    "sums_differ",
    "refunds_differ",
    "refund_waits",  # asked for here, for long
    "dispute_differs",
]
_MENDED = "asked again, as after a notice: look once more in a minute"
REMEDIES: dict[Kind, str] = {
    "paid_there": _MENDED,
    "refunds_differ": _MENDED,
    "dispute_differs": _MENDED,
    "paid_here": "look for it in the provider's panel; if it isn't there, ask the customer and end the order",
    "sums_differ": "compare both in the provider's panel; give back there what isn't owed",
    "refund_waits": "look for it in the provider's panel; the desk goes on asking",
}


class Difference(Struct, frozen=True):
    """One thing that books and provider say differently, in minor units; of a dispute both are its states."""

    kind: Kind
    provider: str
    theirs_id: str
    payment_id: str
    attempt: int
    order: str
    currency: str
    ours: int | str
    theirs: int | str
    since: datetime

    @property
    def remedy(self) -> str:
        """The remedy, to be done or begun already."""
        return REMEDIES[self.kind]

    @property
    def shown(self) -> dict[str, str]:
        """What each says, as a person reads it, and what is to be done."""
        said = {"ours": self._shown(self.ours), "theirs": self._shown(self.theirs)}
        return {"kind": self.kind, **said, "remedy": self.remedy}

    def _shown(self, said: int | str) -> str:
        return said if isinstance(said, str) else f"{Money(said, self.currency).decimal} {self.currency}"

    @property
    def mends_itself(self) -> bool:
        """Return whether asking the provider again, as after its notice, is all that it needs."""
        return self.remedy == _MENDED
