"""An agent decides on a withdrawal, asks the contract's account to stand behind it, or gives its money back.

A number proves nothing, whoever typed it: only a statement behind which the contract's own account stands is decided.
"""

from bot.conversation import codec
from bot.conversation.desk import AgentTurn
from bot.conversation.dispatch import Publish, Transaction
from bot.conversation.identity import marked_id
from bot.usecases.billing.refunds import request
from bot.usecases.command_deps import letter_held
from bot.usecases.orders import cancelling
from dialogs.messages.withdrawal import MailProof, WithdrawalJudged
from services.accounts import accounts, one_time_links
from services.contacts import contacts
from services.orders import order_record, withdrawals
from services.orders.order_record import OrderRecord
from services.payments import record, refunds
from values.incoming_text import clean, one_line
from values.money import Money, minor_units
from values.private import Private, PrivateStruct
from values.seller import Seller


class NotDecided(Exception):
    """A withdrawal can't be decided so, or its proof not be asked for.

    `why` is decided_before, not_proven, no_contract or no_reason; proven_before, unknown_number, no_address or
    too_many.
    """

    def __init__(self, why: str) -> None:
        super().__init__("a withdrawal wasn't decided")
        self.why = why


class NotRefunded(Exception):
    """Nothing is given back. `why` is no_sum, no_reason, sure (is the sum meant?), or a refusal of the books.

    `sum`: what is meant, or what could be given back.
    """

    def __init__(self, why: str, sum_: Money) -> None:
        super().__init__("nothing was given back")
        self.why = why
        self.sum = sum_


class NotCancelled(Exception):
    """The order stays as it is. `why` is no_reason, sure (is it meant?), paid or cancelled."""

    def __init__(self, why: str) -> None:
        super().__init__("an order wasn't cancelled")
        self.why = why


class RefundWanted(PrivateStruct):
    """The sum of a payment to be given back, as an agent typed it, and why; `sure`: the sum confirmed, minor units."""

    payment_id: str
    sum: str
    reason: Private[str]
    sure: str = ""


class WithdrawalAnswer(PrivateStruct):
    """An agent's decision on a statement. `number` is the contract's; `reason` says why it is refused."""

    id: str
    accepted: bool
    number: str = ""
    reason: Private[str] = ""


def judged(turn: AgentTurn, answer: WithdrawalAnswer) -> WithdrawalJudged:
    """Return the decision, checked against the books. Errors: NotDecided, LookupError."""
    stated, number = _waiting(turn, answer.id), answer.number.strip()
    if stated.account_id is None:
        raise NotDecided("not_proven")
    order = order_record.by_number(turn.connection, number) if number else None
    if order is not None and order.account_id != stated.account_id:
        order = None
    if order is None and (answer.accepted or number):
        raise NotDecided("no_contract")
    reason = clean(answer.reason).text.strip()
    if not answer.accepted and not 0 < len(reason) <= withdrawals.MOST_REASON:
        raise NotDecided("no_reason")
    about = order.number if order is not None else None
    return WithdrawalJudged(stated.id, answer.accepted, about, None if answer.accepted else reason)


def ask_proof(turn: AgentTurn, statement_id: str, number: str) -> None:
    """Leave the letter to the proven address of the contract's account, which the agent needn't know.

    Errors: NotDecided, LookupError for a statement that isn't this conversation's.
    """
    stated = _waiting(turn, statement_id)
    if stated.account_id is not None:
        raise NotDecided("proven_before")
    order = order_record.by_number(turn.connection, number.strip().upper())
    if order is None:
        raise NotDecided("unknown_number")
    owner, here, key = accounts.get(turn.connection, order.account_id), turn.conversation.id, turn.turn.server_key
    if owner is None or owner.status == "closed" or contacts.prover_of(turn.connection, owner.email_key) != owner.id:
        raise NotDecided("no_address")
    of = (here, None)
    if letter_held(turn.connection, owner.email_key, of=of, server_key=key, now=turn.now, quotas=True) is not None:
        raise NotDecided("too_many")
    link_id = marked_id(key, f"proof:{stated.id}:{order.id}:{turn.now.isoformat()}")
    one_time_links.issue(
        turn.connection,
        link_id=link_id,
        purpose="prove_withdrawal",
        conversation_id=here,
        account_id=owner.id,
        data={"withdrawal": stated.id, "order": order.id},
        server_key=key,
        now=turn.now,
    )
    turn.turn.outbox.leave(turn.connection, codec.stored_job(f"{link_id}:letter", here, MailProof(link_id), turn.now))


def _waiting(turn: AgentTurn, statement_id: str) -> withdrawals.WithdrawalRecord:
    """Return a statement of this conversation, or of its account, that waits. Errors: NotDecided, LookupError."""
    stated, here = withdrawals.get(turn.connection, statement_id), turn.conversation
    theirs = stated is not None and stated.account_id is not None and stated.account_id == here.account_id
    if stated is None or not (theirs or stated.conversation_id == here.id):
        raise LookupError("no such statement")
    if stated.decision is not None:
        raise NotDecided("decided_before")
    return stated


def give_back(turn: AgentTurn, wanted: RefundWanted, seller: Seller, publish: Publish) -> tuple[OrderRecord, Money]:
    """Ask for the refund once its sum is confirmed; return it with its order.

    Errors: NotRefunded; LookupError for a payment that isn't of the account logged in here.
    """
    of = record.get(turn.connection, wanted.payment_id)
    order = order_record.get(turn.connection, of.order_id) if of is not None else None
    if of is None or order is None or order.account_id != turn.conversation.account_id:
        raise LookupError("no such payment of this customer's")
    minor, reason = minor_units(wanted.sum.strip().replace(",", "."), of.currency), one_line(wanted.reason)
    meant = Money(minor or 0, of.currency)
    if meant.minor <= 0:
        raise NotRefunded("no_sum", meant)
    if not 0 < len(reason) <= refunds.MOST_REASON:
        raise NotRefunded("no_reason", meant)
    if wanted.sure != str(meant.minor):
        raise NotRefunded("sure", meant)
    tx = Transaction(turn.connection, turn.now, publish)
    held = request(
        turn.turn.outbox, tx, order, seller=seller, amount=meant.minor, payment_id=of.id, reason=reason, told=True
    )
    if isinstance(held, refunds.RefundNotPossible):
        raise NotRefunded(held.reason, Money(held.left, of.currency))
    return order, meant


def cancel(turn: AgentTurn, order_id: str, reason: str, publish: Publish, *, sure: bool) -> OrderRecord:
    """Cancel an unpaid order of the account logged in here, once that is confirmed.

    Errors: NotCancelled; LookupError for another's order.
    """
    order, here = order_record.get(turn.connection, order_id), turn.conversation
    if order is None or order.account_id != here.account_id:
        raise LookupError("no such order of this customer's")
    if not 0 < len(reason) <= refunds.MOST_REASON:
        raise NotCancelled("no_reason")
    if not sure:
        raise NotCancelled("sure")
    refused = cancelling.cancel(Transaction(turn.connection, turn.now, publish), order, reason, here=here.id)
    if refused is not None:
        raise NotCancelled(refused)
    return order
