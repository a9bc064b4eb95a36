"""Agents' lines that a customer hasn't read, as each channel can know it, and the address for an e-mail about them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation.outbound import ReachableChannels
from dialogs.versions import load
from services.accounts import accounts, start_links
from services.clock import Clock
from services.contacts import contacts
from services.store import conversations, journal
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.store.journal import AGENT, CUSTOMER, JournalEntry
from services.support import answer_letters, blocklist, handoffs
from services.support.answer_letters import AnswerLetter
from values.channel import Channel, RepliesBy
from values.private import Private, PrivateStruct
from values.rules import DeskRules

_SAME_WORDS = timedelta(days=1)
_LOOKED_AT = 20
"""So many messages of the customer's other chats are looked at for the same words."""


class Addressee(PrivateStruct):
    """The address of an e-mail. `proven`: by the holder of the account that is logged in to; else it was only given."""

    email: Private[str]
    proven: bool


def answer_address(connection: sa.Connection, here: StoredConversation) -> Addressee | None:
    """Return the proven address of the conversation's account, else the one given for this answer or the account."""
    mine = accounts.get(connection, here.account_id) if here.account_id is not None else None
    if mine is not None and mine.status == "closed":
        return None
    if mine is not None and mine.email and contacts.prover_of(connection, mine.email_key) == mine.id:
        return Addressee(mine.email, proven=True)
    given = load(here.state).handoff.email or (mine.email if mine is not None else None)
    return Addressee(given, proven=False) if given else None


def is_stopped(
    connection: sa.Connection, here: StoredConversation, to: Addressee, server_key: bytes, now: datetime
) -> bool:
    """Return whether the mailbox' reader has stopped such letters, or nothing is taken of this customer.

    Whoever asks for a person again after that was told anew where the answer goes, so it does.
    """
    if blocklist.find_block(connection, channel=here.channel, address=here.address, now=now) is not None:
        return True
    at = answer_letters.stopped_at(connection, server_key, to.email)
    asked = handoffs.last_of(connection, here.id)
    return at is not None and (asked is None or asked.asked_at <= at)


def find_mailable_address(
    connection: sa.Connection, here: StoredConversation, rules: DeskRules, server_key: bytes, now: datetime
) -> Addressee | None:
    """Return where an answer would be mailed if it stayed unread; None where none would be."""
    if rules.mail_replies_after is None or Channel(here.channel).replies_by == "sender":
        return None
    to = answer_address(connection, here)
    return None if to is None or is_stopped(connection, here, to, server_key, now) else to


def lines(
    connection: sa.Connection, here: StoredConversation, first: int, last: int | None = None
) -> tuple[JournalEntry, ...]:
    """Return the agents' lines from `first` to `last` that the customer hasn't read, in order."""
    said = journal.messages(connection, here.id, after_seq=first - 1, with_customer=True)
    read = _READ[Channel(here.channel).replies_by](connection, here, said)
    of_agents = (one for one in said if one.kind == AGENT and (last is None or (one.seq or 0) <= last))
    unread = tuple(one for one in of_agents if not read(one))
    told = _told_elsewhere(connection, here, unread) if unread else frozenset[str]()
    return tuple(one for one in unread if one.data.get("text") not in told)


Said = Sequence[JournalEntry]
Read = Callable[[JournalEntry], bool]


def _drawn(connection: sa.Connection, here: StoredConversation, said: Said) -> Read:
    """Return the rule of the web: drawn in a tab that was to be seen, or answered since."""
    reached = conversations.delivered_seq(connection, here.id)
    answered = max((one.id for one in said if one.kind == CUSTOMER), default=0)
    return lambda one: (one.seq or 0) <= reached or one.id < answered


_READ: dict[RepliesBy, Callable[[sa.Connection, StoredConversation, Said], Read]] = {
    "journal": _drawn,
    "request": lambda *_: lambda one: one.delivery != "kept",  # a client asks: read once an answer has carried it
    "sender": lambda *_: lambda one: one.delivery != "given_up",  # brought by a messenger, which doesn't tell
}


def _told_elsewhere(connection: sa.Connection, here: StoredConversation, unread: Said) -> frozenset[str]:
    """Return the words that reached the same customer in another chat: what is told there isn't mailed for this one."""
    if here.account_id is None:
        return frozenset()
    others = (one for one in conversations.of_account(connection, here.account_id) if one.id != here.id)
    since = unread[0].at - _SAME_WORDS
    told: set[str] = set()
    for other in others:
        said = journal.newest_said(connection, other.id, _LOOKED_AT)
        read = _READ[Channel(other.channel).replies_by](connection, other, said)
        told |= {str(one.data.get("text")) for one in said if one.kind == AGENT and one.at > since and read(one)}
    return frozenset(told)


Leads = Literal["web", "telegram", "client", "over"]


class AnswerPlace(PrivateStruct):
    """The place of an answer. `chat`: the holder of its web conversation, which one browser has.

    `log_in`: how to go on elsewhere after a log-in, None where the address was only given; `telegram`: the bot's chat.
    """

    leads: Leads
    locale: str
    chat: Private[str | None] = None
    log_in: Private[str | None] = None
    telegram: str | None = None


class AnswerLinks(Struct, frozen=True):
    """For one desk. Raises StoreUnavailable."""

    store: Store
    clock: Clock
    server_key: bytes
    reach: ReachableChannels

    async def open(self, token: str) -> AnswerPlace | None:
        """Return where the link leads now, None for an unknown token; changes nothing, as often as asked."""
        return await self.store.read(lambda connection: self._open(connection, token))

    async def stop(self, token: str) -> bool:
        """No more such letters to the mailbox that got this one; False for an unknown token."""
        letter = await self.store.read(lambda connection: answer_letters.find(connection, token))
        if letter is None or (mailbox := letter.mailbox) is None:
            return False
        now = self.clock.now()
        await self.store.write(lambda connection: answer_letters.stop(connection, mailbox, now))
        return True

    def _open(self, connection: sa.Connection, token: str) -> AnswerPlace | None:
        letter = answer_letters.find(connection, token)
        here = conversations.load(connection, letter.conversation_id, lock=False) if letter is not None else None
        if letter is None or here is None or letter.mailbox is None:
            return None
        if letter.expires_at <= self.clock.now():
            return AnswerPlace("over", here.locale)
        if Channel(here.channel) is Channel.TELEGRAM:
            name = self.reach.bot_name()
            there = f"{self.reach.bots_at}/{name}" if name is not None else None
            return AnswerPlace("telegram", here.locale, telegram=there)
        if Channel(here.channel) is not Channel.WEB:
            return AnswerPlace("client", here.locale)
        log_in = self._log_in(connection, letter, here) if letter.proven else None
        return AnswerPlace("web", here.locale, chat=here.holder, log_in=log_in)

    def _log_in(self, connection: sa.Connection, letter: AnswerLetter, here: StoredConversation) -> str | None:
        """Return the way on for the account's holder, as long as the mailbox is still the one they have proven."""
        to = answer_address(connection, here)
        same = to is not None and answer_letters.is_mailbox(self.server_key, letter.mailbox or "", to.email)
        if to is None or not to.proven or not same:
            return None
        token = start_links.token_of(self.server_key, letter.id)
        way = start_links.get(connection, token=token)
        good = way is not None and way.expires_at > self.clock.now()
        return f"/chat?start={token}" if good else "/chat"  # gone on with before: an ordinary log-in
