"""Withdrawals from a contract: kept as they were stated, with their hour, until a person has decided.

A contract is a paid order that runs, or was paid within the days of withdrawal. While a statement waits, nothing is
charged for its contract; one for which no contract is named stands for every contract of the account.

Nobody ends another's contract by naming its number. A statement waits for its account until the contract's own stands
behind it, by a log-in or by a link to its proven address; until then it is neither accepted nor refused.
"""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
from msgspec.structs import asdict

from services.orders import contract_over, numbers, order_record
from services.store.tables.orders import withdrawal
from services.store.tables.subscriptions import subscription
from services.store.tables.subscriptions import subscription_extension as extension
from services.subscriptions import renewed_together, subscription_record, subscriptions
from values.private import Private, PrivateStruct

DAYS = timedelta(days=14)
"""For so long after its payment a contract may be withdrawn from though it doesn't run yet, or any more."""
MOST_CHARS = 2000
"""So much of a statement is kept; all of it stands in the journal."""
ACCEPTED, REFUSED = "accepted", "refused"
Decision = Literal["accepted", "refused"]

# Also as people write them: fs-2026-1234.
_NUMBER = re.compile(r"(?<![\w/-])([A-Za-z0-9]{1,8})\s?[/-]\s?(20\d\d)\s?[/-]\s?(\d{4,9})(?!\w)", re.ASCII)
_MOST_NUMBERS = 10


class WithdrawalRecord(PrivateStruct):
    """A statement. `decision` is None while it waits.

    `account_id`: the account stands behind it, and `order_id` is one of its orders. None: nobody has proven themselves
    yet, whatever number the words name.
    """

    id: str
    conversation_id: str
    account_id: str | None
    order_id: str | None
    words: Private[str]
    stated_at: datetime
    decision: Decision | None = None
    reason: Private[str | None] = None
    decided_at: datetime | None = None
    kept_back: int = 0


_ALL = sa.select(withdrawal).order_by(withdrawal.c.stated_at, withdrawal.c.id)
_GET = _ALL.where(withdrawal.c.id == sa.bindparam("wanted"))
_HERE = _ALL.where(withdrawal.c.conversation_id == sa.bindparam("here"))
_OF_ACCOUNT = _ALL.where(withdrawal.c.account_id == sa.bindparam("of"))


def keep(connection: sa.Connection, stated: WithdrawalRecord) -> WithdrawalRecord:
    """Store a statement, and return it; said again, the first one counts and is returned.

    A refused one may be stated anew. Said again with its contract, it is about that contract.
    """
    same = next((one for one in _known(connection, stated) if _says_the_same(one, stated)), None)
    if same is None:
        connection.execute(sa.insert(withdrawal).values({**asdict(stated), "words": stated.words[:MOST_CHARS]}))
        if stated.order_id is not None:
            contract_over.set_refund_timer(connection, stated.order_id, stated.stated_at)
        return stated
    if same.order_id is None and stated.order_id is not None:
        choose(connection, same.id, stated.order_id, by=stated.account_id)
    elif same.account_id is None and read_numbers(stated.words) > read_numbers(same.words):
        words = f"{same.words[: MOST_CHARS // 2]}\n\n{stated.words}"[:MOST_CHARS]
        connection.execute(sa.update(withdrawal).where(withdrawal.c.id == same.id).values(words=words))
    return get(connection, same.id) or same


def statements_in(connection: sa.Connection, conversation_id: str) -> list[WithdrawalRecord]:
    """Return the statements of a conversation, oldest first."""
    return _read(connection, _HERE, here=conversation_id)


def of_account(connection: sa.Connection, account_id: str) -> list[WithdrawalRecord]:
    """Return the statements behind which the account stands, oldest first."""
    return _read(connection, _OF_ACCOUNT, of=account_id)


def get(connection: sa.Connection, withdrawal_id: str) -> WithdrawalRecord | None:
    return next(iter(_read(connection, _GET, wanted=withdrawal_id)), None)


def stand_behind(
    connection: sa.Connection, conversation_id: str, account_id: str, now: datetime
) -> list[WithdrawalRecord]:
    """Give the account what was stated in this conversation before the log-in; return those that wait.

    What names another's contract stays nobody's: a log-in proves the contracts of its own account.
    """
    mine = [one for one in list_unproven(connection, conversation_id) if not names_others(connection, account_id, one)]
    for one in mine:
        order = find_order(connection, account_id, one.words, now)
        _give(connection, one.id, account_id, order.id if order is not None else None)
    return [known for one in mine if (known := get(connection, one.id)) is not None]


def list_unproven(connection: sa.Connection, conversation_id: str) -> list[WithdrawalRecord]:
    """Return the statements of a conversation that wait for an account to stand behind them, oldest first."""
    return [one for one in statements_in(connection, conversation_id) if one.account_id is None and not one.decision]


def choose(
    connection: sa.Connection, withdrawal_id: str, order_id: str, *, by: str | None, here: str | None = None
) -> order_record.OrderRecord | None:
    """Say about which of its contracts the account `by` stands behind a waiting statement.

    It is the account's, or is nobody's yet and was made `here`: where the account is logged in, or has said so by a
    link. None for another's order, or a statement that is decided.
    """
    known, order = get(connection, withdrawal_id), order_record.get(connection, order_id)
    if known is None or known.decision or order is None or by is None or order.account_id != by:
        return None
    if known.account_id != by and (known.account_id is not None or known.conversation_id != here):
        return None
    _give(connection, known.id, by, order.id)
    return order


def decide(
    connection: sa.Connection,
    withdrawal_id: str,
    decision: Decision,
    *,
    order: order_record.OrderRecord | None,
    reason: str | None,
    now: datetime,
    early: str | None = None,
) -> WithdrawalRecord | None:
    """Decide once. Accepted, its contract renews no more, and is over where its money is back.

    What the order only added to a running term is taken off then, and the rest renews.

    `early`: the document that asks to begin before the days of withdrawal are over.

    None for a statement that is decided, that nobody stands behind yet, or whose account the contract isn't of.
    """
    if decision == ACCEPTED and order is None:
        return None
    theirs = withdrawal.c.account_id == order.account_id if order is not None else withdrawal.c.account_id.is_not(None)
    decided = (
        sa.update(withdrawal)
        .where(withdrawal.c.id == withdrawal_id, withdrawal.c.decision.is_(None), theirs)
        .values(decision=decision, reason=reason, decided_at=now, **({} if order is None else {"order_id": order.id}))
        .returning(withdrawal.c.stated_at)
    )
    stated_at = connection.execute(decided).scalar()
    if stated_at is None:
        return None
    if decision == ACCEPTED and order is not None:
        kept = contract_over.compute_kept_money(connection, order, stated_at, early)
        connection.execute(sa.update(withdrawal).where(withdrawal.c.id == withdrawal_id).values(kept_back=kept))
        contract_over.set_refund_timer(connection, order.id, stated_at)
        subscriptions.renew_no_more(connection, _given_by(connection, order.id))
        contract_over.end_contract(connection, order, now)
        renewed_together.stop_left_behind(connection, order.account_id)
    return get(connection, withdrawal_id)


def withdrawable_orders(
    connection: sa.Connection, account_id: str, now: datetime
) -> tuple[order_record.OrderRecord, ...]:
    """Return the paid orders that may be withdrawn from, the latest paid first."""
    by_term = subscription_record.terms(connection, account_id)
    known = subscription_record.of_account(connection, account_id)
    running = {by_term[s.id].order_id for s in known if s.id in by_term and s.status in ("active", "grace")}
    over = {one.order_id for one in of_account(connection, account_id) if one.decision == ACCEPTED}
    found = [
        (order.paid_at, order)
        for order in order_record.of_account(connection, account_id)
        if order.status == "paid" and order.paid_at is not None and order.id not in over
        if order.id in running or now - order.paid_at <= DAYS
    ]
    return tuple(order for _, order in sorted(found, key=lambda one: (one[0], one[1].number), reverse=True))


def find_order(
    connection: sa.Connection, account_id: str, words: str, now: datetime
) -> order_record.OrderRecord | None:
    """Return the account's order that the words name, else its only contract; None where any of several may be meant.

    One that is named is meant though nobody may withdraw from it any more: it is never taken for another.
    """
    said = find_numbers(connection, words)
    known = [order for order in order_record.of_account(connection, account_id) if order.number in said]
    found = known if said else withdrawable_orders(connection, account_id, now)
    return found[0] if len(found) == 1 else None


def find_numbers(connection: sa.Connection, words: str) -> frozenset[str]:
    """Return the numbers in the words that are written as orders' are here; nobody may have such an order."""
    return frozenset(one for one in read_numbers(words) if numbers.is_counted(connection, one.rpartition("/")[0]))


def names_others(connection: sa.Connection, account_id: str, stated: WithdrawalRecord) -> bool:
    """Return whether the statement names contracts, and none of this account's."""
    said = find_numbers(connection, stated.words)
    return bool(said) and not any(o.number in said for o in order_record.of_account(connection, account_id))


def list_stated_orders(connection: sa.Connection, stated: WithdrawalRecord) -> list[order_record.OrderRecord]:
    """Return the orders that the statement is about: its own, else those that its words name, whosever they are."""
    if stated.order_id is not None:
        known = [order_record.get(connection, stated.order_id)]
    else:
        known = [order_record.by_number(connection, one) for one in sorted(find_numbers(connection, stated.words))]
    return [order for order in known if order is not None]


def stop_charges(connection: sa.Connection, account_id: str, subscription_ids: Collection[str]) -> bool:
    """Return whether nothing may be charged for these subscriptions of the account.

    A statement about their contract waits, or was accepted for the very term that they run by.
    """
    stated = [one for one in of_account(connection, account_id) if one.decision != REFUSED]
    if not stated:
        return False
    by_term = subscription_record.terms(connection, account_id)
    present = {by_term[id].order_id for id in subscription_ids if id in by_term}
    ever = present | _orders_of(connection, subscription_ids)
    return any(
        one.order_id in (present if one.decision else ever) or (one.order_id is None and not one.decision)
        for one in stated
    )


def withdrawn_at(connection: sa.Connection, *account_ids: str) -> dict[str, datetime]:
    """Return the hours of the accounts' accepted statements, by their orders."""
    table = withdrawal
    accepted = sa.select(table.c.order_id, table.c.stated_at).where(
        table.c.account_id.in_(account_ids), table.c.decision == ACCEPTED, table.c.order_id.is_not(None)
    )
    accepted = accepted.order_by(table.c.stated_at.desc())  # of several about one contract the first one counts
    return {row[0]: row[1] for row in connection.execute(accepted)}


def find_last_withdrawn_order(connection: sa.Connection, account_id: str) -> str | None:
    """Return the order of the account's last statement that was accepted."""
    accepted = [one.order_id for one in of_account(connection, account_id) if one.decision == ACCEPTED]
    return next(reversed(accepted), None)


def _known(connection: sa.Connection, stated: WithdrawalRecord) -> list[WithdrawalRecord]:
    if stated.account_id is None:
        return statements_in(connection, stated.conversation_id)
    return of_account(connection, stated.account_id)


def _says_the_same(one: WithdrawalRecord, again: WithdrawalRecord) -> bool:
    """Return whether it waits, or was accepted, for the same contract, or waits for one to be named."""
    if one.decision == REFUSED or one.account_id != again.account_id:
        return False
    if one.account_id is None:  # by the words alone: whether such a contract exists is told to nobody
        return not one.decision and (not (was := read_numbers(one.words)) or read_numbers(again.words) <= was)
    return one.decision is None if one.order_id is None else one.order_id == again.order_id


def read_numbers(words: str) -> frozenset[str]:
    """Return the words that have the form of an order's number, of this seller's or another's."""
    found = _NUMBER.findall(words)[:_MOST_NUMBERS]
    return frozenset(f"{head.upper()}/{year}/{int(n):06d}" for head, year, n in found)


def _give(connection: sa.Connection, withdrawal_id: str, account_id: str, order_id: str | None) -> None:
    values = {"account_id": account_id, "order_id": order_id}
    given = sa.update(withdrawal).where(withdrawal.c.id == withdrawal_id).values(**values)
    stated_at = connection.execute(given.returning(withdrawal.c.stated_at)).scalar()
    if order_id is not None and stated_at is not None:
        contract_over.set_refund_timer(connection, order_id, stated_at)


def _orders_of(connection: sa.Connection, subscription_ids: Collection[str]) -> set[str]:
    """Return every order by which these subscriptions were bought, or went on."""
    began = sa.select(subscription.c.order_id).where(subscription.c.id.in_(subscription_ids))
    went_on = sa.select(extension.c.order_id).where(extension.c.subscription_id.in_(subscription_ids))
    return {id for query in (began, went_on) for id in connection.execute(query).scalars() if id is not None}


def _given_by(connection: sa.Connection, order_id: str) -> list[str]:
    """Return the subscriptions that the order began or put off the end of."""
    began = sa.select(subscription.c.id).where(subscription.c.order_id == order_id)
    went_on = sa.select(extension.c.subscription_id).where(
        extension.c.order_id == order_id, extension.c.from_end != extension.c.to_end
    )
    return sorted({id for query in (began, went_on) for id in connection.execute(query).scalars()})


def _read(connection: sa.Connection, query: sa.Select[Any], **values: str) -> list[WithdrawalRecord]:
    return [WithdrawalRecord(**row) for row in connection.execute(query, values).mappings()]
