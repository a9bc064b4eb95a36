"""Words by key, their parameters, and quick replies: what dialogs offer before it is put into a language."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from values.country import Country
from values.day import Day
from values.meaning import BindingAct
from values.money import Money


class Word(Struct, frozen=True):
    """A text key whose words stand in another text: a method's name, a step's label. `params` are its own places."""

    key: str
    params: "tuple[tuple[str, Param], ...]" = ()


Param = Word | str | int | bool | datetime | Money | Country | Day | None
Params = Mapping[str, "Param | tuple[Param, ...]"]


class Option(Struct, frozen=True):
    """A quick reply: what pressing it sends (`payload`), and the key of its words."""

    payload: str
    key: str
    params: Params = {}
    ticked: bool | None = None  # a toggle's state; None for a plain button
    hidden: bool = False  # taken when pressed or said, but not shown as a button
    aside: bool = False  # beside the open step: shown behind its answers
    binds: BindingAct | None = None  # the act that it gives: by this button or by the act's own words
    pieces: "Word | None" = None  # what it adds, in the words by which people count it
    whole: "Word | None" = None  # of a box: all that is agreed to by ticking it
    chosen: bool = False  # on a card: the answer that its row has now
    loses: bool = False  # ends or throws away what the customer has: no channel shows it as the likely answer

    @property
    def step(self) -> str:
        """The STEP of `STEP:VALUE`."""
        return self.payload.partition(":")[0]

    @property
    def value(self) -> str:
        """The VALUE of `STEP:VALUE`."""
        return self.payload.partition(":")[2]


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
