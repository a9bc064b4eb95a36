"""What the help desk is told of one conversation, read at one moment."""

from dataclasses import dataclass, field

import sqlalchemy as sa

from bot.conversation.desk import BY_AGENT
from services.accounts import accounts
from services.contacts import contacts
from services.store import conversations, journal
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.store.journal import JournalEntry
from services.support import handoffs
from services.support.chatwoot import threads
from services.support.chatwoot.models import ENDED
from services.support.chatwoot.threads import Outside
from services.support.handoffs import HandoffRecord
from services.support.mirrors import CLOSED, ERASE, OPENED

#: Lines looked at in one go; what follows is looked at after they are brought.
MOST_LINES = 200
ENDS = ("gave_back", "done", "shut_out")


@dataclass(frozen=True, slots=True)
class ThreadView:
    """`row` is what stands for it there, None without; `last` the last wish for a person, `request` the open one.

    `email` and `phone` are proven ones only: by them a person is found there, and anybody may type another's; `given`
    is an e-mail that isn't proven.
    `entries` are the lines that don't stand there yet, `earlier` what was said before them.
    """

    conversation: StoredConversation | None
    row: Outside | None
    request: HandoffRecord | None
    last: HandoffRecord | None
    begins: int
    earlier: tuple[JournalEntry, ...] = ()
    entries: tuple[JournalEntry, ...] = ()
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    given: str | None = field(default=None, repr=False)

    @property
    def over(self) -> bool:
        """Nothing of the conversation is to stand there any more."""
        return self.conversation is None or (self.row is not None and self.row.state == ERASE)

    @property
    def to_open(self) -> bool:
        """A person is wanted, and it doesn't stand open there. What is over there and yet waits is a new wish."""
        row, request = self.row, self.request
        if request is None or row is None or row.outside_id is None:
            return request is not None
        return row.state == CLOSED or (request.agent_id is None and row.told_status in ENDED)

    @property
    def to_close(self) -> bool:
        """Nobody is wanted any more."""
        return self.request is None and self.row is not None and self.row.state == OPENED


@dataclass(frozen=True)
class ThreadViews:
    """Reads views for one inbox."""

    store: Store
    account_id: int
    inbox_id: int

    async def look(self, conversation_id: str) -> ThreadView:
        """Read the view of a conversation. Raises StoreUnavailable."""
        return await self.store.read(lambda connection: self._view(connection, conversation_id))

    def _view(self, connection: sa.Connection, conversation_id: str) -> ThreadView:
        here = conversations.load(connection, conversation_id, lock=False)
        known = threads.of(connection, conversation_id)
        row = known if known is not None and self._is_here(known) else None
        request = handoffs.open_of(connection, conversation_id)
        begins = threads.begin(connection, conversation_id)
        after = begins if row is None else row.mirrored_id
        if row is not None and not row.carded:
            after = max(after, begins)
        said = journal.messages(connection, conversation_id, with_customer=True)
        last = request or handoffs.last_of(connection, conversation_id)
        email, phone = _proven(connection, here)
        return ThreadView(
            here,
            row,
            request,
            last,
            begins,
            tuple(entry for entry in said if entry.id <= after),
            _to_tell(journal.later(connection, conversation_id, after=after, most=MOST_LINES), request),
            email,
            phone,
            _given(connection, here, last) if email is None else None,
        )

    def _is_here(self, row: Outside) -> bool:
        return (row.account_id, row.inbox_id) == (self.account_id, self.inbox_id)


def _proven(connection: sa.Connection, here: StoredConversation | None) -> tuple[str | None, str | None]:
    """Return the account's proven e-mail and telephone number."""
    if here is None or here.account_id is None or accounts.get(connection, here.account_id) is None:
        return None, None
    proven = {c.kind: c.value for c in contacts.of_account(connection, here.account_id) if c.verified_at is not None}
    return proven.get("email"), proven.get("phone")


def _to_tell(entries: tuple[JournalEntry, ...], request: HandoffRecord | None) -> tuple[JournalEntry, ...]:
    """Once a talk is given back, what follows is no affair of the help desk's people."""
    ends = [one.revision for one in entries if _is_end(one)]
    if request is not None or not ends:
        return entries
    return tuple(one for one in entries if one.revision <= ends[-1])


def _is_end(entry: JournalEntry) -> bool:
    """Whether the talk went back to the bot with it, by an agent's act or because nobody had written for long."""
    return (entry.kind == BY_AGENT and entry.data.get("act") in ENDS) or "EndWait" in entry.data.get("acts", ())


def _given(connection: sa.Connection, here: StoredConversation | None, last: HandoffRecord | None) -> str | None:
    """Return where the customer wants to be written to, or the e-mail of an account that is not proven yet."""
    if last is not None and last.email:
        return last.email
    account = accounts.get(connection, here.account_id) if here is not None and here.account_id is not None else None
    return account.email or None if account is not None else None
