"""*Yes, that was me*: the page of a letter to a contract's proven address, about a statement that somebody made.

A statement of withdrawal by somebody who isn't logged in to the contract's account waits until that account stands
behind it. Whoever ignores the letter loses nothing.
"""

import sqlalchemy as sa

from bot.conversation.port import UnitOfWork
from bot.usecases.accounts.page_results import Accepted
from dialogs.kit import Params
from dialogs.messages.withdrawal import WithdrawalKept
from services.accounts import accounts, one_time_links
from services.orders import order_record, withdrawals
from services.store import conversations


def asked(connection: sa.Connection, link: one_time_links.OneTimeLink) -> tuple[accounts.AccountRecord, Params] | None:
    """Return whom the link asks, and what the letter and the page say; None once nobody is asked any more.

    The words of the statement are a stranger's, and stay out.
    """
    stated = withdrawals.get(connection, str(link.data.get("withdrawal")))
    order = order_record.get(connection, str(link.data.get("order")))
    owner = accounts.get(connection, order.account_id) if order is not None else None
    if stated is None or order is None or owner is None or stated.decision or stated.account_id is not None:
        return None
    said: Params = {"stated_at": stated.stated_at, "number": order.number}
    return (owner, said) if owner.id == link.account_id and owner.status != "closed" else None


def prove(tx: UnitOfWork, link: one_time_links.OneTimeLink) -> Accepted | None:
    """Have the contract's account stand behind the statement, from its hour on; None if that is over.

    The chat is locked first, as in turns.
    """
    here, id, by = link.conversation_id, str(link.data.get("withdrawal")), link.account_id
    conversations.load(tx.connection, here, lock=True)
    over = asked(tx.connection, link) is None
    if not one_time_links.use(tx.connection, link_id=link.id, now=tx.now) or over:
        return None
    order = withdrawals.choose(tx.connection, id, str(link.data.get("order")), by=by, here=here)
    stated = withdrawals.get(tx.connection, id)
    if order is None or stated is None:
        return None
    left = bool(withdrawals.unproven_in(tx.connection, here))
    tx.tell(here, WithdrawalKept(id, stated.stated_at, order.number, first=False, left=left))
    return Accepted("withdrawal_proven")
