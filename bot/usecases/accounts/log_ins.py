"""Log-ins begun in a chat, and the letters by which their owner hears of them.

A chat without an earlier log-in of the account is told by e-mail, once: five letters a day, and one on the next day
that counts the others (docs/decisions/log-ins.md).
"""

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation import codec
from bot.conversation.identity import marked_id
from bot.conversation.port import UnitOfWork
from bot.usecases.accounts.page_results import Accepted
from bot.usecases.accounts.passwords import end_log_in
from bot.usecases.seller.events import OF_NOBODY
from dialogs.kit import Job
from dialogs.messages.letters import MailLogIn, MailLogIns
from dialogs.messages.own_data import LogInOver
from services import limits
from services.accounts import accounts, log_ins, one_time_links, start_links
from services.accounts.one_time_links import OneTimeLink
from services.contacts import contacts
from services.jobs.port import Outbox
from services.keyed_hash import keyed_hex
from services.store import conversations
from values import email as emails
from values.seller import Seller

End = Literal["in", "refused"]
"""How a log-in ended that its owner is told of; refused: with the right password, but the wrong digits."""

LETTER_OF = "log-in letter"
"""The hash of the e-mail that an account had at the log-in: its letter goes to no other."""
PER_DAY = limits.Rule("log-in letters", 5, timedelta(days=3))
"""Letters on one day: the subject is an account's day, so the stretch only has to outlast it."""
GATHERED = limits.Rule("log-ins gathered", 1, timedelta(days=14))
"""Log-ins that a day's one letter counts; for as long as that may be tried again."""
WAY = "forgot_password"
_OFFERED_FOR = timedelta(days=1)


class LogInLetters(Struct, frozen=True):
    """For one seller. `quotas`: rate limits are enforced."""

    outbox: Outbox
    server_key: bytes
    zone: ZoneInfo
    quotas: bool

    def begin(self, connection: sa.Connection, *, account_id: str, conversation_id: str, now: datetime) -> None:
        """Log the conversation in; its owner is written to where that is the first time."""
        first = log_ins.is_first(connection, account_id=account_id, conversation_id=conversation_id)
        accounts.bind_conversation(connection, account_id=account_id, conversation_id=conversation_id, now=now)
        if first:
            self.tell(connection, account_id=account_id, conversation_id=conversation_id, end="in", now=now)

    def tell(
        self, connection: sa.Connection, *, account_id: str, conversation_id: str, end: End, now: datetime
    ) -> None:
        """Leave the letter in this transaction; a conversation's refused log-in is told once.

        Nobody is written to for an unfinished sign-up with an e-mail that is another's.
        """
        mine = accounts.get(connection, account_id)
        here = conversations.load(connection, conversation_id, lock=False)
        if mine is None or here is None or mine.taken or not mine.email:
            return
        key = self.server_key
        once = "" if end == "refused" else now.isoformat()
        name = f"log-in:{account_id}:{here.life}:{end}:{once}"
        link_id = marked_id(key, name)
        if one_time_links.get(connection, link_id=link_id, now=now) is not None:
            return
        if not self._has_room(connection, mine, now):
            return
        one_time_links.issue(
            connection,
            link_id=link_id,
            purpose="not_me",
            conversation_id=conversation_id,
            account_id=account_id,
            data={"end": end, "mailbox": keyed_hex(key, LETTER_OF, mine.email_key)},
            server_key=key,
            now=now,
        )
        self._leave(connection, name, MailLogIn(link_id, account_id, here.channel, now, end), now)

    def _has_room(self, connection: sa.Connection, mine: accounts.AccountRecord, now: datetime) -> bool:
        """Return whether the day has room for one more letter; if not, count the log-in for the next day's.

        Unproven accounts share their mailbox's room: anybody may make one with a stranger's address.
        """
        key, day = self.server_key, datetime.combine(now.astimezone(self.zone).date(), datetime.min.time(), self.zone)
        proven = contacts.prover_of(connection, mine.email_key) == mine.id
        of = mine.id if proven else emails.mailbox(mine.email_key)
        subject = limits.subject_hash(key, PER_DAY.scope, f"{of} {day.date().isoformat()}")
        if limits.allow(connection, PER_DAY, subject, server_key=key, now=now, quotas=self.quotas):
            return True
        limits.hit(connection, GATHERED, subject, server_key=key, now=now)
        counted = MailLogIns(mine.id, subject, day)
        self._leave(connection, f"log-ins:{subject}", counted, day + timedelta(days=1))
        return False

    def _leave(self, connection: sa.Connection, key: str, job: Job, due_at: datetime) -> None:
        self.outbox.leave(connection, codec.stored_job(key, OF_NOBODY, job, due_at))


def end_reported_log_in(tx: UnitOfWork, link: OneTimeLink, seller: Seller, server_key: bytes) -> Accepted | None:
    """Log that chat out if it is still the account's, and offer a new password; None if the link has been used.

    For the page *That wasn't me* of a letter about a log-in. The chat is locked first, as in turns. The way
    to a new password is the ordinary one, by a letter of its own: this link works for weeks, and letters are forwarded.
    """
    conversations.load(tx.connection, link.conversation_id, lock=True)
    if not one_time_links.use(tx.connection, link_id=link.id, now=tx.now):
        return None
    ended = link.account_id is not None and end_log_in(tx.connection, link.conversation_id, link.account_id)
    if ended:
        tx.tell(link.conversation_id, LogInOver("not_me"))
    refused = link.data.get("end") == "refused"
    key = "not_me" if ended else "not_me_refused" if refused else "not_me_over"
    return Accepted(key, new_password=_way(tx, link, seller, server_key))


def _way(tx: UnitOfWork, link: OneTimeLink, seller: Seller, server_key: bytes) -> str:
    """Return the path of a chat that asks whose password is forgotten; of the chat alone where none can be."""
    if WAY not in seller.entries:
        return "/chat"
    token = start_links.token_of(server_key, marked_id(server_key, f"{link.id}:password"))
    expires_at = tx.now + _OFFERED_FOR
    start_links.create(tx.connection, token=token, expires_at=expires_at, now=tx.now, entry=WAY)
    return f"/chat?start={token}"
