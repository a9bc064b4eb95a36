"""The outlook of terms: how each goes on after its end. The one answer that chat, letters, API and charges give.

It is derived from the subscriptions and what is kept to be charged (`bot/usecases/renewals/quotes.py`); the texts for
each kind stand once per language (`outlook.toml`).
"""

from datetime import datetime, timedelta
from typing import Literal

from values.money import Money
from values.private import Private, PrivateStruct

Kind = Literal["charged", "link", "ends", "covered"]
Line = tuple[str, int]


class Outlook(PrivateStruct):
    """The outlook, after `ends_at`, of subscriptions that are renewed together, or not at all.

    `charged`: on `on` the stored way to pay of this `label` is charged. `link`: a payment link comes on `on`, or has
    come where that is None; unpaid, the term ends. `ends`: nothing follows. `covered`: the next term is bought already.
    `ids` are the subscriptions, `lines` what is renewed or ends, and how many of it; `gross` is the sum in minor units
    for `years` more, None where nothing is asked for.
    """

    kind: Kind
    ids: tuple[str, ...]
    lines: tuple[Line, ...]
    ends_at: datetime
    on: datetime | None = None
    label: Private[str | None] = None
    gross: int | None = None
    currency: str = ""
    years: int = 1

    @property
    def renews(self) -> bool:
        """Return whether the desk itself sees to another term."""
        return self.kind in ("charged", "link")

    @property
    def last_no(self) -> datetime | None:
        """Return the last day on which a charge can still be called off: the one before it."""
        return self.on - timedelta(days=1) if self.kind == "charged" and self.on is not None else None

    @property
    def sum(self) -> Money | None:
        """Return the sum of the renewal."""
        return None if self.gross is None else Money(self.gross, self.currency)
