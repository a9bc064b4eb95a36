"""An agent decides on a withdrawal, or asks the contract's account to stand behind it.

A number proves nothing, whoever typed it: only a statement behind which the contract's own account stands is decided.
"""

import sqlalchemy as sa

from bot.conversation import codec
from bot.conversation.desk import AgentTurn
from bot.conversation.identity import marked_id
from bot.conversation.owners import Publish, Transaction
from bot.usecases.agents.act_forms import ActNotDone, ActWanted
from bot.usecases.billing.refunds import request
from bot.usecases.command_deps import limit_letter
from bot.usecases.orders.withdrawals import split_stated_money
from dialogs.messages.withdrawal import MailProof, WithdrawalJudged
from services.accounts import accounts, one_time_links
from services.accounts.one_time_links import Purpose
from services.contacts import contacts
from services.orders import contract_over, order_record, withdrawals
from services.store.conversations import StoredConversation
from values import masked
from values.money import Money
from values.private import Private, PrivateStruct
from values.seller import Seller


class ContractSeen(PrivateStruct):
    """A contract that a statement is about, or only names, with whose it is: enough to know them again."""

    number: str
    name: Private[str]
    email: Private[str]


class WithdrawalSeen(PrivateStruct):
    """A statement of withdrawal with its contracts. Unproven, it is of nobody's yet, and can't be decided.

    `back`, `kept`: what goes back once it is accepted, and what is kept for what was used.
    """

    stated: withdrawals.WithdrawalRecord
    about: tuple[ContractSeen, ...]
    back: Money | None = None
    kept: Money | None = None

    @property
    def proven(self) -> bool:
        """Return whether an account stands behind it."""
        return self.stated.account_id is not None


def read_statements(
    connection: sa.Connection, here: StoredConversation, early: str | None
) -> tuple[WithdrawalSeen, ...]:
    """Return what was stated here, also by whoever has logged out since, and elsewhere by the account."""
    stated = {one.id: one for one in withdrawals.statements_in(connection, here.id)}
    if here.account_id is not None:
        stated |= {one.id: one for one in withdrawals.of_account(connection, here.account_id)}
    found = sorted(stated.values(), key=lambda one: (one.decision is not None, one.stated_at))
    about = {one.id: withdrawals.list_stated_orders(connection, one) for one in found}
    return tuple(
        WithdrawalSeen(
            one,
            tuple(_contract(connection, order) for order in about[one.id]),
            *split_stated_money(connection, one, about[one.id], early),
        )
        for one in found
    )


def _contract(connection: sa.Connection, order: order_record.OrderRecord) -> ContractSeen:
    owner = accounts.get(connection, order.account_id)
    name, email = str(order.billing.get("name") or ""), owner.email if owner is not None else ""
    return ContractSeen(order.number, masked.words(name), masked.email(email))


def judge_statement(
    turn: AgentTurn, wanted: ActWanted, seller: Seller, *, accepted: bool
) -> tuple[WithdrawalJudged, Money]:
    """Return the decision, checked against the books, and what goes back once it is accepted.

    Errors: ActNotDone, LookupError.
    """
    stated, number = _waiting(turn, wanted.of), wanted.typed.strip()
    if stated.account_id is None:
        raise ActNotDone("not_proven")
    order = order_record.by_number(turn.connection, number) if number else None
    if order is not None and order.account_id != stated.account_id:
        order = None
    if order is None and (accepted or number):
        raise ActNotDone("no_contract")
    reason = None if accepted else wanted.why
    if order is None:
        return WithdrawalJudged(stated.id, accepted, None, reason), Money(0, seller.currency)
    back, _kept = split_stated_money(turn.connection, stated, [order], seller.withdrawal.early)
    return WithdrawalJudged(stated.id, accepted, order.number, reason), back or Money(0, order.currency)


def ask_proof(turn: AgentTurn, statement_id: str, number: str) -> None:
    """Leave the letter to the proven address of the contract's account, which the agent needn't know.

    Errors: ActNotDone, LookupError for a statement that isn't this conversation's.
    """
    stated = _waiting(turn, statement_id)
    if stated.account_id is not None:
        raise ActNotDone("proven_before")
    order = order_record.by_number(turn.connection, number.strip().upper())
    if order is None:
        raise ActNotDone("unknown_number")
    owner, here, key = accounts.get(turn.connection, order.account_id), turn.conversation.id, turn.turn.server_key
    if owner is None or owner.status == "closed" or contacts.prover_of(turn.connection, owner.email_key) != owner.id:
        raise ActNotDone("no_address")
    of = (here, None)
    if limit_letter(turn.connection, owner.email_key, of=of, server_key=key, now=turn.now, quotas=True) is not None:
        raise ActNotDone("too_many")
    link_id = marked_id(key, f"proof:{stated.id}:{order.id}:{turn.now.isoformat()}")
    issue_page(turn, link_id, "prove_withdrawal", owner.id, {"withdrawal": stated.id, "order": order.id})
    turn.turn.outbox.leave(turn.connection, codec.stored_job(f"{link_id}:letter", here, MailProof(link_id), turn.now))


def issue_page(turn: AgentTurn, id: str, purpose: Purpose, account_id: str | None, data: dict[str, str]) -> None:
    """Make a page by which somebody proves who they are."""
    one_time_links.issue(
        turn.connection,
        link_id=id,
        purpose=purpose,
        conversation_id=turn.conversation.id,
        account_id=account_id,
        data=data,
        server_key=turn.turn.server_key,
        now=turn.now,
    )


def _waiting(turn: AgentTurn, statement_id: str) -> withdrawals.WithdrawalRecord:
    """Return a statement of this conversation, or of its account, that waits. Errors: ActNotDone, LookupError."""
    stated, here = withdrawals.get(turn.connection, statement_id), turn.conversation
    theirs = stated is not None and stated.account_id is not None and stated.account_id == here.account_id
    if stated is None or not (theirs or stated.conversation_id == here.id):
        raise LookupError("no such statement")
    if stated.decision is not None:
        raise ActNotDone("decided_before")
    return stated


def give_back_withdrawn(turn: AgentTurn, statement_id: str, seller: Seller, publish: Publish, by: str) -> None:
    """Ask for the refund that an accepted withdrawal comes to; of what can't be given back the seller is told later."""
    stated = withdrawals.get(turn.connection, statement_id)
    order = order_record.get(turn.connection, stated.order_id) if stated is not None and stated.order_id else None
    if stated is None or order is None or stated.decision != withdrawals.ACCEPTED:
        return
    if amount := contract_over.compute_unrequested_refund(turn.connection, order, stated.kept_back):
        tx = Transaction(turn.connection, turn.now, publish)
        outbox, why = turn.turn.outbox, "withdrawal"
        request(outbox, tx, order, seller=seller, amount=amount, payment_id=None, reason=why, told=True, by=by)
