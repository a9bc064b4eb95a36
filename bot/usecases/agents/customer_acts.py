"""Acts on the money of whoever is logged in to a conversation, each declared once (`ACTS`) and done in one frame.

The agent gives a reason and is asked once whether the sum is meant; the customer is told in the agent's name, and the
trail says who did what, and why (`AgentActs.on_card`).
"""

from collections.abc import Callable

from msgspec import Struct

from bot.conversation.desk import AgentTurn
from bot.conversation.dispatch import Publish, Transaction
from bot.usecases.billing.refunds import request
from bot.usecases.orders import cancelling
from dialogs.kit import Params
from services.agents.agent_accounts import Role
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import record, refunds
from services.payments.record import PaymentRecord
from services.payments.refunds import RefundNotPossible
from values.incoming_text import one_line
from values.money import Money, minor_units
from values.private import Private, PrivateStruct
from values.seller import Seller

OF_EVERY_ACT = ("no_reason",)
"""Refusals that are told in the same words, whatever the act."""


class ActWanted(PrivateStruct):
    """An agent's form. `of`: the id of what it is about; `typed`: of some acts a sum; `sure`: the one that is meant."""

    of: str
    reason: Private[str]
    typed: str = ""
    sure: str = ""


class ActRefused(Exception):
    """Nothing is done. `why` is no_reason, sure (is it meant?), or the act's own.

    `sum`: what is meant, or what could be; `sure` confirms it in the next form.
    """

    def __init__(self, why: str, sum_: Money | None = None, sure: str = "") -> None:
        super().__init__("an act wasn't done")
        self.why = why
        self.sum = sum_
        self.sure = sure


class ActTold(Struct, frozen=True):
    """What was done: the text for the customer, and what the trail says of it before the reason."""

    key: str
    params: Params
    about: str


class ActUnderWay(Struct, frozen=True):
    """An act under way: who does it in which turn, and the form."""

    turn: AgentTurn
    agent_id: str
    locale: str
    wanted: ActWanted
    seller: Seller
    publish: Publish

    @property
    def tx(self) -> Transaction:
        return Transaction(self.turn.connection, self.turn.now, self.publish)

    @property
    def reason(self) -> str:
        return one_line(self.wanted.reason)

    def confirm(self, sum_: Money) -> None:
        """Have a reason, and the agent's word that this sum is meant. Errors: ActRefused."""
        if not 0 < len(self.reason) <= refunds.MOST_REASON:
            raise ActRefused("no_reason", sum_)
        if self.wanted.sure != str(sum_.minor):
            raise ActRefused("sure", sum_, str(sum_.minor))

    def order(self, order_id: str) -> OrderRecord:
        """Return an order of the account logged in here. Errors: LookupError."""
        order = order_record.get(self.turn.connection, order_id)
        if order is None or order.account_id != self.turn.conversation.account_id:
            raise LookupError("no such order of this customer's")
        return order

    def payment(self, payment_id: str) -> tuple[PaymentRecord, OrderRecord]:
        """Return a payment of that account with its order. Errors: LookupError."""
        if (of := record.get(self.turn.connection, payment_id)) is None:
            raise LookupError("no such payment of this customer's")
        return of, self.order(of.order_id)


class CustomerAct(Struct, frozen=True):
    """An act of the card. `name`: of its form and its words; `trail`: of what was done, in trail and journal."""

    name: str
    trail: str
    do: Callable[[ActUnderWay], ActTold]
    role: Role = "agent"


def _refund(acting: ActUnderWay) -> ActTold:
    """Give money of a payment back."""
    of, order = acting.payment(acting.wanted.of)
    meant = Money(minor_units(acting.wanted.typed.strip().replace(",", "."), of.currency) or 0, of.currency)
    if meant.minor <= 0:
        raise ActRefused("no_sum", meant)
    acting.confirm(meant)
    held = request(
        acting.turn.turn.outbox,
        acting.tx,
        order,
        seller=acting.seller,
        amount=meant.minor,
        payment_id=of.id,
        reason=acting.reason,
        told=True,
    )
    if isinstance(held, RefundNotPossible):
        raise ActRefused(held.reason, Money(held.left, of.currency))
    said = {"number": order.number, "sum": meant}
    return ActTold("payment.refund_asked", said, f"{order.number}, {meant.format(acting.locale)}")


def _cancel(acting: ActUnderWay) -> ActTold:
    """Cancel an unpaid order."""
    order = acting.order(acting.wanted.of)
    acting.confirm(order.price.gross)
    refused = cancelling.cancel(acting.tx, order, acting.reason, here=acting.turn.conversation.id)
    if refused is not None:
        raise ActRefused(refused)
    return ActTold("order.cancelled", {"number": order.number}, order.number)


ACTS = (
    CustomerAct("refund", "refund_asked", _refund, "supervisor"),
    CustomerAct("cancel", "order_cancelled", _cancel),
)
