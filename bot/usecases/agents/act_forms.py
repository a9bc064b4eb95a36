"""Forms of agents' acts on money: why, and once more whether the sum is meant."""

from services.payments.refunds import MOST_REASON
from values.incoming_text import one_line
from values.money import Money
from values.private import Private, PrivateStruct

OF_EVERY_ACT = ("no_reason", "decided_before", "unproven", "over")
"""Refusals that are told in the same words, whatever the act."""


class ActNotDone(Exception):
    """Nothing is done. `why` is no_reason, sure (is it meant?), or the act's own.

    `sum`: what is meant, or what could be; `sure` confirms it in the next form.
    """

    def __init__(self, why: str, sum_: Money | None = None, sure: str = "") -> None:
        super().__init__("an act wasn't done")
        self.why = why
        self.sum = sum_
        self.sure = sure


class ActWanted(PrivateStruct):
    """An agent's form. `of`: the id of what it is about; `sure`: what is meant.

    `typed`: of some acts a sum, or the number of an order.
    """

    of: str
    reason: Private[str]
    typed: str = ""
    sure: str = ""

    @property
    def why(self) -> str:
        """The reason, in one line."""
        return one_line(self.reason)

    def confirm(self, sum_: Money, *, why: str = "sure", reasoned: bool = True, order: str = "") -> None:
        """Have a reason, and the agent's word that this sum, for this `order`, is meant; `why` asks for it.

        Errors: ActNotDone.
        """
        meant = f"{order} {sum_.minor}".strip()
        if reasoned and not 0 < len(self.why) <= MOST_REASON:
            raise ActNotDone("no_reason", sum_)
        if self.sure != meant:
            raise ActNotDone(why, sum_, meant)
