"""What customers are told before a renewal: what will be charged and when, and what they have to accept anew first."""

from dataclasses import dataclass
from datetime import datetime

from bot.conversation.port import UnitOfWork
from bot.usecases.renewals import holders, links
from bot.usecases.renewals.holders import HolderEnding
from dialogs.messages.charge import ChargeComing, MailCharge
from dialogs.messages.renewal import MailTerms, RenewalWaits
from services.jobs.port import StoredJob
from services.payments.methods import Method
from values.order import Bill

Calls = tuple[StoredJob, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What a step leaves: calls, and fields of the progress. With `documents` it is done once they are accepted."""

    calls: Calls = ()
    order_id: str | None = None
    announced: int | None = None
    documents: tuple[str, ...] = ()


def announce(tx: UnitOfWork, ending: HolderEnding, bill: Bill, way: Method, charge_at: datetime) -> Left:
    """Tell what will be charged, and when, so that it can be stopped in time."""
    plan, money = bill.lines[0][0], (bill.gross, bill.currency)
    event = ChargeComing(plan, ending.at, charge_at, way.label, *money, bill)
    if holders.tell(tx, ending.account_id, event).told:
        return Left(announced=bill.gross)
    letter = MailCharge(ending.of.id, plan, way.label, *money, ending.at, charge_at, bill=bill)
    return Left((holders.call(tx, ending, f"announced:{bill.gross}", letter),), announced=bill.gross)


def ask_to_accept(
    tx: UnitOfWork, ending: HolderEnding, bill: Bill, documents: tuple[str, ...], server_key: bytes
) -> Left:
    """Ask for the documents that have changed: until they are accepted nothing is ordered and nothing charged."""
    event = RenewalWaits(ending.account_id, documents, ending.at, bill)
    if holders.tell(tx, ending.account_id, event).told:
        return Left(documents=documents)
    links.make_start(tx, server_key, ending.of.id, ending.at, account_id=ending.account_id)
    letter = MailTerms(ending.of.id, documents, ending.at, bill)
    return Left((holders.call(tx, ending, f"terms:{tx.now.isoformat()}", letter),), documents=documents)
