"""Conversations' states: read from their rows, fitted to the seller, and their context."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
import structlog
from msgspec import Struct, structs

from bot.conversation.outbound import ReachableChannels
from bot.conversation.render import Renderer
from dialogs.kit import Context, Journey, TalkState
from dialogs.lost import fit_case
from dialogs.state import ConversationState, Ctx
from dialogs.versions import LaterRelease, load
from services.accounts.account_books import BooksReader
from services.errors import describe
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.store.errors import StoreUnavailable
from values.account_view import BooksUnread
from values.renewal import Outlook
from values.seller import Seller

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class ConversationStates(Struct, frozen=True):
    """States of stored conversations, and the context in which their dialogs decide."""

    journey: Journey
    seller: Seller
    renderer: Renderer
    reach: ReachableChannels
    outlooks: Callable[[sa.Connection, str, datetime], tuple[Outlook, ...]]

    def books(self, conversation: StoredConversation, now: datetime) -> BooksReader:
        """Return what reads the books that the dialogs of a conversation, as just loaded, look at now."""
        return BooksReader(
            lambda c, id: self.outlooks(c, id, now), conversation.account_id, conversation.books_revision
        )

    def context(
        self, conversation: StoredConversation, now: datetime, books: BooksReader
    ) -> Callable[[ConversationState], Context[ConversationState]]:
        """Return what makes the context of a state of this conversation."""
        reach, channel = self.reach.beyond(conversation.channel), conversation.channel
        began, came_at = conversation.started_at, conversation.customer_at

        def made(case: ConversationState) -> Ctx:
            known = books.of(case.account.id)
            return Context(case, now, channel, self.seller, reach, began=began, came_at=came_at, books=known)

        return made

    @contextmanager
    def reading(
        self, connection: sa.Connection, conversation: StoredConversation, case: ConversationState, now: datetime
    ) -> Generator[Ctx]:
        """Yield the context in which the dialogs would decide now, as long as the books can be read."""
        books = self.books(conversation, now)
        with books.reading(connection):
            yield self.context(conversation, now, books)(case)

    def case(self, conversation: StoredConversation) -> ConversationState:
        """Return the state as this release's dialogs have it.

        Raises StoreUnavailable where a later release was at work: while a new one takes over from this one, or this one
        again from it, channels bring their messages again, and a process of the later release takes them.
        """
        if not conversation.state:
            fresh = ConversationState(TalkState(locale=conversation.locale))
            return fresh if conversation.locale in self.seller.locales else self._fitted(fresh)
        try:
            return self._fitted(load(conversation.state))
        except LaterRelease as error:
            raise StoreUnavailable(str(error)) from error

    def current(self, connection: sa.Connection, conversation: StoredConversation) -> ConversationState:
        """Return the state with its company as it stands in the books. Raises StoreUnavailable."""
        case, books = self.case(conversation), BooksReader(lambda _connection, _account_id: ())
        with books.reading(connection):
            return structs.replace(case, company=case.company.read_current(books.of(case.account.id)))

    def readable(self, conversation: StoredConversation) -> ConversationState:
        """Return the state; where it can't be read, only who speaks and in which language. Raises StoreUnavailable."""
        try:
            return self.case(conversation)
        except StoreUnavailable:
            raise
        except Exception as error:
            _log.error("state_unreadable", alarm=True, conversation=conversation.id, **describe(error))
            bare = ConversationState(TalkState(locale=self.renderer.spoken(conversation.locale), greeted=True))
            return structs.replace(bare, handoff=structs.replace(bare.handoff, mode=conversation.mode))

    def _fitted(self, case: ConversationState) -> ConversationState:
        return fit_case(case, self.seller, lambda key: self.renderer.has(key, case.talk.locale))


async def look_into_books(store: Store, books: BooksReader, account_id: str | None, work: Callable[[], T]) -> T:
    """Return what the work gives; where it looks at books that aren't read, it is done anew while they are."""
    try:
        return work()
    except BooksUnread:
        return await store.read(lambda c: books.look(c, account_id, work), brief=True)
