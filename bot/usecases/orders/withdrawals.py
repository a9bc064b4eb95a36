"""Withdrawals: kept with their hour, given to the account that logs in or has the address, decided by a person."""

import re

import sqlalchemy as sa
from msgspec.structs import replace

from bot.conversation.identity import conversation_id, derived_id, hash_network, hashed_address
from bot.conversation.port import UnitOfWork
from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles, limit_letter
from dialogs.kit import Declared, Event, ReceiptOnPage
from dialogs.messages import withdrawal
from dialogs.messages.handoff import ReplyAddressKept
from dialogs.state import PlacedOrder
from services.contacts import contacts
from services.orders import contract_over, order_record, orders, withdrawals
from services.orders.order_record import OrderRecord
from services.orders.withdrawals import WithdrawalRecord
from services.store import conversations
from services.subscriptions import renewals
from services.support import handoffs
from values import email as emails
from values.channel import Channel
from values.money import Money
from values.private import Private, PrivateStruct

NAME = re.compile(r"(?:[^\W\d_]|[ '’-]|\.(?= |$)){1,120}")
"""A name that a stranger may be mailed: without digits, signs, links."""


class StatedOnPage(PrivateStruct):
    """A statement made without a log-in, in the page's words, from a network address where one counts.

    `email`: the address for its receipt, `name`: whose it is, as given.
    """

    words: Private[str]
    name: Private[str]
    email: Private[str]
    locale: str
    network: Private[str | None]


def declare_without_chat(tx: UnitOfWork, stated: StatedOnPage, server_key: bytes, *, quotas: bool) -> bool:
    """Have it declared in a chat that nobody holds, so that it is acknowledged, handed over and decided as any other.

    It is the account's own where the address is the one that the contract's account has proven. Stated again, it is
    the same chat. As much is done whether or not there is such a contract. Return whether a receipt is mailed: beyond
    the limits of letters none is, and the statement counts all the same.
    """
    key = emails.key(stated.email)
    address = hashed_address(Channel.WEB, derived_id(server_key, f"withdraw:{key}:{stated.words}"))
    here = conversation_id(Channel.WEB, address)
    network = hash_network(server_key, stated.network) if quotas else None
    conversations.open_talk(tx.connection, Channel.WEB, address, stated.locale, tx.now, here, network)
    of = (here, network)
    held = limit_letter(tx.connection, key, of=of, server_key=server_key, now=tx.now, quotas=quotas)
    by = contacts.prover_of(tx.connection, key)
    named = withdrawals.find_numbers(tx.connection, stated.words)
    known = [order_record.by_number(tx.connection, number) for number in named]
    is_theirs = any(order is not None and order.account_id == by for order in known)
    tx.tell(here, ReplyAddressKept(stated.email))
    receipt = ReceiptOnPage(stated.name if NAME.fullmatch(stated.name) else "", held is None)
    tx.tell(here, Declared(stated.words, by if is_theirs else None, receipt=receipt))
    return receipt.goes


@handles(withdrawal.KeepWithdrawal)
def keep_withdrawal(deps: CommandDeps, command: withdrawal.KeepWithdrawal, context: CommandContext) -> Event:
    """Store the statement, also while an agent has the conversation, and mark the request as one about it."""
    handoffs.change_reason(context.connection, context.conversation.id, handoffs.WITHDRAWAL)
    by, unpaid, words = command.account_id, None, command.words
    if command.number is not None:
        words = deps.renderer.words("withdrawal.words", {"number": command.number}, context.locale)
    stated = WithdrawalRecord(context.id, context.conversation.id, None, None, words, context.now)
    if by is not None and not withdrawals.names_others(context.connection, by, stated):
        order_id, unpaid = _meant(context, by, words)
        stated = replace(stated, account_id=by, order_id=order_id)
    kept = withdrawals.keep(context.connection, stated)
    return _kept(context, kept, by, first=kept.id == context.id, unpaid=unpaid)


def _meant(context: CommandContext, account_id: str, words: str) -> tuple[str | None, str | None]:
    """Return the order that is meant, and the same where nobody has paid for it."""
    among = withdrawals.withdrawable_orders(context.connection, account_id, context.now)
    pending = orders.find_order_being_paid(context.connection, account_id, context.now)
    open_id = pending.order_id if pending is not None else None
    if (meant := withdrawals.find_order(context.connection, account_id, words, context.now)) is not None:
        return meant.id, meant.id if meant.id == open_id else None
    if among:
        return None, None
    # All that is left is not paid yet, or it is said again of what is over.
    return open_id or withdrawals.find_last_withdrawn_order(context.connection, account_id), open_id


@handles(withdrawal.StandBehindWithdrawal)
def stand_behind(_deps: CommandDeps, command: withdrawal.StandBehindWithdrawal, context: CommandContext) -> Event:
    """Give what waits to the account, but what names another's contract; the last statement is told of."""
    here, account_id = context.conversation.id, command.account_id
    found = withdrawals.stand_behind(context.connection, here, account_id, context.now)
    last = [*withdrawals.list_unproven(context.connection, here), *found][-1:]
    return _kept(context, last[0], account_id, first=False) if last else withdrawal.NothingStated()


def _kept(
    context: CommandContext, kept: WithdrawalRecord, by: str | None, *, first: bool, unpaid: str | None = None
) -> withdrawal.WithdrawalKept:
    """Return what is kept; `by`: the account that is logged in here, which other statements here may not be of."""
    order = order_record.get(context.connection, kept.order_id) if kept.order_id is not None else None
    asked = order is None and kept.decision is None
    among = withdrawals.withdrawable_orders(context.connection, by, context.now) if asked and by is not None else ()
    left = bool(withdrawals.list_unproven(context.connection, context.conversation.id))
    return withdrawal.WithdrawalKept(
        kept.id,
        kept.stated_at,
        order.number if order is not None else None,
        tuple(PlacedOrder(one.id) for one in among),
        unpaid,
        first,
        kept.account_id is not None,
        kept.decision,
        left,
        left and by is not None,
    )


@handles(withdrawal.FindUndecided)
def find_undecided(_deps: CommandDeps, _command: withdrawal.FindUndecided, context: CommandContext) -> Event:
    """Find one that can be decided: what nobody stands behind yet waits for its proof, not for a person."""
    here = withdrawals.statements_in(context.connection, context.conversation.id)
    return withdrawal.UndecidedFound(next((one.id for one in here if one.decision is None and one.account_id), None))


@handles(withdrawal.NameContract)
def name_contract(_deps: CommandDeps, command: withdrawal.NameContract, context: CommandContext) -> Event:
    """Note which contract is meant; one that can't be is no answer."""
    here, before = context.conversation, withdrawals.get(context.connection, command.id)
    order = withdrawals.choose(context.connection, command.id, command.order_id, by=here.account_id, here=here.id)
    if order is None or before is None:
        return withdrawal.NothingStated()
    if before.account_id is not None:
        return withdrawal.ContractNamed(order.number)
    return _kept(context, replace(before, account_id=here.account_id, order_id=order.id), here.account_id, first=False)


def split_money(connection: sa.Connection, order: OrderRecord, kept: int) -> tuple[Money | None, Money | None]:
    """Return what goes back of the order's money, and what is kept; None where it is nothing."""
    back = contract_over.compute_money_not_back(connection, order, kept)
    return Money(back, order.currency) if back else None, Money(kept, order.currency) if kept else None


def split_stated_money(
    connection: sa.Connection, stated: WithdrawalRecord, about: list[OrderRecord], early: str | None
) -> tuple[Money | None, Money | None]:
    """Return the same of a statement for agents, as it stands or would be accepted."""
    if stated.decision == withdrawals.REFUSED or len(about) != 1:
        return None, None
    waits = stated.decision is None
    kept = (
        contract_over.compute_kept_money(connection, about[0], stated.stated_at, early) if waits else stated.kept_back
    )
    return split_money(connection, about[0], kept)


@handles(withdrawal.DecideWithdrawal)
def decide_withdrawal(deps: CommandDeps, command: withdrawal.DecideWithdrawal, context: CommandContext) -> Event:
    """Decide, and say so in the account's other chats; for a contract that goes on, what fell due is charged now."""
    order = order_record.by_number(context.connection, command.number) if command.number else None
    decided = withdrawals.decide(
        context.connection,
        command.id,
        withdrawals.ACCEPTED if command.accepted else withdrawals.REFUSED,
        order=order,
        reason=command.reason,
        now=context.now,
        early=deps.seller.withdrawal.early,
    )
    if decided is None:
        return withdrawal.NothingStated()
    if decided.account_id is not None and not command.accepted:
        rules, zone = deps.seller.renewal_rules, deps.seller.zone
        renewals.collect_again(context.connection, decided.account_id, rules, zone, context.now)
    number = order.number if order is not None else None
    over = order is not None and contract_over.has_ended(context.connection, order.id)
    told = withdrawal.WithdrawalDecided(decided.id, command.accepted, decided.stated_at, number, command.reason, over)
    if order is not None and command.accepted:
        back, kept = split_money(context.connection, order, decided.kept_back)
        told = replace(told, back=back, kept=kept)
    by, here = decided.account_id or "", context.conversation.id
    for chat in renewals.addresses(context.connection, by, context.now).conversations:
        if chat != here:
            context.tell(chat, replace(told, elsewhere=True))
    return told
