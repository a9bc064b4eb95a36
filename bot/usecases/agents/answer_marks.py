"""Marks beside agents' own lines: read, mailed or when it will be, or that nobody can be written to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct

from bot.usecases.answers import unread
from services.store import conversations
from services.store.conversations import StoredConversation
from services.store.journal import AGENT, JournalEntry
from services.support import answer_letters
from values.channel import Channel
from values.rules import DeskRules

SETTLED = frozenset({"mailed", "noticed", "read", "no_address", "stopped", "failed"})
"""Marks that stay as they are while the page is open."""


class AnswerMark(Struct, frozen=True):
    """`name` is the end of a key of the pages' texts, empty for none; `at` its hour."""

    name: str = ""
    at: datetime | None = None


NO_MARK = AnswerMark()
SILENT = timedelta(minutes=3)


class AnswerMarks(Struct, frozen=True):
    """Of one conversation. `reached`: the number of the last line that the customer's page has shown.

    `has_address`: what gathers can be mailed.
    """

    here: StoredConversation | None
    reached: int
    letters: Sequence[answer_letters.AnswerLetter]
    has_address: bool = False

    def of(self, entry: JournalEntry) -> AnswerMark:
        """Return the mark of a line; only agents' lines have one."""
        if entry.kind != AGENT or entry.seq is None or self.here is None:
            return NO_MARK
        read = self._is_read(entry, self.here)
        letter = next((one for one in self.letters if one.covers(entry.seq or 0)), None)
        if letter is not None and letter.state == "mailed":
            return AnswerMark("mailed" if letter.proven else "noticed", letter.at)
        if read:
            return AnswerMark("read") if Channel(self.here.channel) is Channel.WEB and self.reached else NO_MARK
        if letter is None:
            return NO_MARK
        if letter.state != "gathering":
            return AnswerMark(letter.state)
        return AnswerMark("due", letter.due_at) if self.has_address else AnswerMark("no_address")

    def _is_read(self, entry: JournalEntry, here: StoredConversation) -> bool:
        match Channel(here.channel).replies_by:
            case "journal":
                answered = here.customer_at is not None and here.customer_at > entry.at
                return (entry.seq or 0) <= self.reached or answered
            case "request":
                return entry.delivery != "kept"
            case "sender":
                return entry.delivery != "given_up"


NO_MARKS = AnswerMarks(None, 0, ())


def read_answer_marks(connection: sa.Connection, conversation_id: str) -> AnswerMarks:
    """Return the marks of a conversation's lines."""
    here = conversations.load(connection, conversation_id, lock=False)
    letters = answer_letters.of_conversation(connection, conversation_id)
    gathers = here is not None and any(one.last_seq is None for one in letters)
    reached = conversations.delivered_seq(connection, conversation_id)
    return AnswerMarks(
        here, reached, letters, here is not None and gathers and unread.answer_address(connection, here) is not None
    )


def is_customer_out_of_reach(
    connection: sa.Connection, here: StoredConversation, rules: DeskRules, server_key: bytes, now: datetime
) -> bool:
    """Return whether the customer, silent for some minutes, may have left, and an unread answer would go nowhere."""
    if Channel(here.channel).replies_by == "sender":
        return False
    silent = here.customer_at is None or here.customer_at + SILENT <= now
    return silent and unread.find_mailable_address(connection, here, rules, server_key, now) is None
