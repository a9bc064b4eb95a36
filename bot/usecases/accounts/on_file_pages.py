"""What one-time pages do for customers on file: a first password makes the account, a press stops the reminders."""

from bot.conversation.identity import derived_id
from bot.conversation.port import UnitOfWork
from bot.usecases.accounts.page_results import Accepted
from bot.usecases.renewals import holders
from dialogs.messages.renewal import RemindersSwitched
from services.accounts import links
from services.accounts.links import OneTimeLink
from services.directory import accounts, directory
from services.directory.directory import CustomerOnFile
from services.subscriptions import reminders
from services.subscriptions.reminders import Whose


def stands(tx: UnitOfWork, link: OneTimeLink, server_key: bytes) -> bool:
    """Whether a link for a first password may still make the account: none was made meanwhile, and the address on file
    is the one that the letter went to. True for every other link."""
    if "customer" not in link.data:
        return True
    known = directory.get(tx.connection, link.data["customer"])
    if known is None or known.account_id is not None or not known.email_key:
        return False
    return links.is_addressee(server_key, str(link.data["to"]), known.email_key)


def open_account(tx: UnitOfWork, link: OneTimeLink, credential: str, server_key: bytes, locale: str) -> None:
    """The account of the customer whose mailbox the letter with the link was in, and what they own."""
    known: CustomerOnFile | None = directory.get(tx.connection, link.data["customer"])
    if known is None:
        raise LookupError("a customer set a password who isn't on file any more")
    accounts.open_account(
        tx.connection,
        known,
        account_id=derived_id(server_key, f"{link.id}:account"),
        credential_id=credential,
        locale=locale,
        proven=("email",),
        now=tx.now,
    )


def stop_reminders(tx: UnitOfWork, link: OneTimeLink) -> Accepted | None:
    """No more reminders to whoever had the letter; None if the link has been used already."""
    if not links.use(tx.connection, link_id=link.id, now=tx.now):
        return None
    if link.account_id is None:
        reminders.stop(tx.connection, Whose("customer", link.data["customer"]), how="letter", now=tx.now)
        return Accepted("reminders_stopped")
    reminders.stop(tx.connection, Whose("account", link.account_id), how="letter", now=tx.now)
    holders.tell(tx, link.account_id, RemindersSwitched(on=False, told=True))
    return Accepted("reminders_stopped")
