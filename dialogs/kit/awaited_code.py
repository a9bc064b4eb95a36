"""Codes that a step takes, as a channel may show them: one field each, and how long another one is not to be had."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

PACE = timedelta(seconds=60)
"""How long a code is given to arrive before another one is offered."""


class AwaitedCode(Struct, frozen=True):
    """One of the codes that the open step takes.

    `again` is the payload that sends another one, from `again_at` on; `proven`: what it proves is proven already, while
    the other one is still awaited. One by `blik` pays: it is typed in its field only, never as a message; `terms` names
    the provider whose terms are accepted with it.
    """

    by: Literal["sms", "letter", "blik"]
    again: str = ""
    again_at: datetime | None = None
    proven: bool = False
    terms: str = ""


def pace_next_code(sent_at: datetime | None) -> datetime | None:
    """Return from when on another code is offered after one sent then."""
    return sent_at + PACE if sent_at is not None else None
