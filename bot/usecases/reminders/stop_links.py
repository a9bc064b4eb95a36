"""Links in reminders by which their reader stops them: as often as they are pressed, also long after the letter.

A press is idempotent and takes nothing but the link: a mail program's own button sends it (RFC 8058).
"""

from typing import Final

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation.port import UnitOfWork
from bot.usecases.accounts.page_results import Accepted
from bot.usecases.renewals import notifications
from dialogs.messages.letters import RemindersLeft
from dialogs.messages.renewal import RemindersSwitched
from services.accounts import accounts, one_time_links
from services.directory import directory
from services.store import conversations
from services.subscriptions import reminders
from services.subscriptions.reminders import Whose
from values import email as emails

NOTHING_COMES: Final = Accepted("stopped_for_address")


class _Reader(Struct, frozen=True):
    """The recipient of reminders, and the key of the address that they go to now."""

    whose: Whose
    email_key: str | None


def note_letter_address(
    connection: sa.Connection, link: one_time_links.OneTimeLink, server_key: bytes, email: str
) -> None:
    """Note which address the letter with this link goes to: its reader stops what goes there, no one else's."""
    to = one_time_links.make_address_mark(server_key, emails.key(email))
    one_time_links.note_address_mark(connection, link_id=link.id, to=to)


def stop_by_link(tx: UnitOfWork, link: one_time_links.OneTimeLink, server_key: bytes) -> Accepted:
    """Stop the reminders that the link's letter was one of.

    Nothing is switched where none goes to its reader any more: the person is erased, or has another address.
    """
    one_time_links.use(tx.connection, link_id=link.id, now=tx.now)
    reader = _reader(tx.connection, link)
    if reader is None or not _goes_to(link, server_key, reader):
        return NOTHING_COMES
    if link.purpose == "stop_unfinished":
        return _stop_unfinished(tx, reader.whose)
    return _stop_endings(tx, reader.whose)


def _stop_endings(tx: UnitOfWork, whose: Whose) -> Accepted:
    if whose.kind == "customer":
        reminders.stop(tx.connection, whose, how="letter", now=tx.now)
    elif not reminders.has_stopped_reminders(tx.connection, whose.id):
        reminders.stop(tx.connection, whose, how="letter", now=tx.now)
        notifications.tell_chats(tx, whose.id, RemindersSwitched(on=False, told=True))
    return Accepted("reminders_stopped")


def _stop_unfinished(tx: UnitOfWork, whose: Whose) -> Accepted:
    """No more of them, nor of those in the chat; the order stays."""
    if not reminders.unfinished_stopped(tx.connection, whose.id):
        reminders.stop(tx.connection, whose, how="letter", now=tx.now)
        for one in conversations.of_account(tx.connection, whose.id):
            tx.tell(one.id, RemindersLeft())
    return Accepted("unfinished_stopped")


def _reader(connection: sa.Connection, link: one_time_links.OneTimeLink) -> _Reader | None:
    if link.account_id is not None:
        mine = accounts.get(connection, link.account_id)
        if mine is None or mine.status == "closed":
            return None
        return _Reader(Whose("unfinished" if link.purpose == "stop_unfinished" else "account", mine.id), mine.email_key)
    known = directory.get(connection, str(link.data.get("customer", "")))
    return _Reader(Whose("customer", known.id), known.email_key) if known is not None else None


def _goes_to(link: one_time_links.OneTimeLink, server_key: bytes, reader: _Reader) -> bool:
    """Return whether reminders still go to the letter's reader; of letters of earlier releases nobody knows better."""
    to = link.data.get("to")
    if to is None:
        return True
    if not reader.email_key:
        return False
    return one_time_links.is_addressee(server_key, str(to), reader.email_key)
