"""Agents' lines that a customer hasn't read, as each channel can know it, and the address for an e-mail about them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from dialogs.versions import load
from services.accounts import accounts
from services.contacts import contacts
from services.store import conversations, journal
from services.store.conversations import StoredConversation
from services.store.journal import AGENT, CUSTOMER, JournalEntry
from services.support import answer_letters, blocklist, handoffs
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


def addressee(connection: sa.Connection, here: StoredConversation) -> Addressee | None:
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
    if blocklist.of(connection, channel=here.channel, address=here.address, now=now) is not None:
        return True
    at = answer_letters.stopped_at(connection, server_key, to.email)
    asked = handoffs.last_of(connection, here.id)
    return at is not None and (asked is None or asked.asked_at <= at)


def mailable(
    connection: sa.Connection, here: StoredConversation, rules: DeskRules, server_key: bytes, now: datetime
) -> Addressee | None:
    """Return where an answer would be mailed if it stayed unread; None where none would be."""
    if rules.mail_replies_after is None or Channel(here.channel).replies_by == "sender":
        return None
    to = addressee(connection, here)
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


def _fetched(_connection: sa.Connection, _here: StoredConversation, _said: Said) -> Read:
    """Return the rule where a client asks: read once an answer has carried it."""
    return lambda one: one.delivery != "kept"


def _brought(_connection: sa.Connection, _here: StoredConversation, _said: Said) -> Read:
    """Return the rule where a messenger brings it: nobody knows, so read unless it was given up for good."""
    return lambda one: one.delivery != "given_up"


_READ: dict[RepliesBy, Callable[[sa.Connection, StoredConversation, Said], Read]] = {
    "journal": _drawn,
    "request": _fetched,
    "sender": _brought,
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
