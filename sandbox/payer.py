"""The payer's outcomes at a provider, and the notices that follow: one rule for all providers.

A repeated outcome is harmless: a paid attempt stays paid, and its notice is sent again.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, Literal, Protocol, get_args

from msgspec import Struct
from msgspec.structs import replace

from sandbox.attempts import PaymentBook, ProviderAttempt

Outcome = Literal["paid", "failed", "abandoned"]
Notify = Literal["once", "twice", "late", "forged", "none"]
OUTCOMES: Final = get_args(Outcome)
NOTIFY: Final = get_args(Notify)
Back = Literal["refunded", "refund_failed", "disputed", "dispute_won", "dispute_lost"]
BACK: Final = get_args(Back)
"""Outcomes of money that the seller has taken."""
LATE: Final = timedelta(hours=1)
BLIK_PLAYS: Final = {
    "777": "paid",
    "666": "waits",
    "500": "declined",
    "510": "limit",
    "700": "expired",
    "520": "unkept",
}
"""Ends of a payment by the first three digits of its BLIK code; a code with any others is wrong."""


def play_of(code: str, *, kept: bool = False) -> str:
    """Return what a BLIK code plays; `kept`: for later, too, which not every bank does."""
    played = BLIK_PLAYS.get(code[:3], "wrong") if re.fullmatch(r"[0-9]{6}", code) else "wrong"
    return "paid" if played == "unkept" and not kept else played


class Sending(Struct, frozen=True):
    """The times that a notice is sent, and the time after which."""

    times: int
    after: timedelta

    @classmethod
    def of(cls, notify: Notify) -> "Sending":
        """Return what the control API's word means."""
        return cls({"none": 0, "twice": 2}.get(notify, 1), LATE if notify == "late" else timedelta(0))


class PaymentStandIn(Protocol):
    """The interface of a payment stand-in, as the payer uses it."""

    async def tell(self, attempt: ProviderAttempt) -> None:
        """Send the notice of what the payer did, if this provider sends one."""

    async def tell_forged(self, attempt: ProviderAttempt) -> None:
        """Send a notice as if it were paid, wrongly signed."""

    def tell_later(self, attempt: ProviderAttempt, after: timedelta) -> None:
        """Let the notice go so much later."""

    async def bring_back(self, attempt: ProviderAttempt) -> None:
        """Open the seller's return address as the payer's browser would."""


class Payer:
    """Acts at a provider's stand-in."""

    def __init__(self, book: PaymentBook) -> None:
        self._book = book

    async def act(
        self,
        provider: PaymentStandIn,
        attempt: ProviderAttempt,
        outcome: Outcome,
        notify: Notify,
        *,
        by_browser: bool = False,
        settle: Callable[[ProviderAttempt], ProviderAttempt] = lambda attempt: attempt,
        details: Mapping[str, Any] | None = None,
    ) -> ProviderAttempt:
        """Record the outcome and notify the seller; return the attempt as it then stands.

        `by_browser`: the payer's own browser goes back by itself; `settle` runs in the transaction of the outcome;
        `details` are kept with the attempt.
        """
        if notify == "forged":
            await provider.tell_forged(attempt)
            return attempt
        if outcome == "abandoned":
            return attempt
        attempt = self._record(attempt, outcome, settle, {**(details or {}), "notify": notify})
        match notify:
            case "once" | "twice":
                for _ in range(2 if notify == "twice" else 1):
                    await provider.tell(attempt)
                if not by_browser:
                    await provider.bring_back(attempt)
            case "late":
                provider.tell_later(attempt, LATE)
            case "none":
                pass
        return self._book.by_id(attempt.id) or attempt

    def _record(
        self,
        attempt: ProviderAttempt,
        outcome: Literal["paid", "failed"],
        settle: Callable[[ProviderAttempt], ProviderAttempt],
        details: dict[str, Any],
    ) -> ProviderAttempt:
        """Record the outcome before the seller hears of it. A paid or captured attempt keeps its status."""
        with self._book.write():
            attempt = self._book.by_id(attempt.id) or attempt
            is_over = attempt.status in ("paid", "refunded") or "capture_id" in attempt.details
            now = replace(attempt, status=attempt.status if is_over else outcome)
            return settle(self._book.save(now.with_details(**details)))
