"""What the mirror needs to know of one conversation, read at one moment."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.conversation.outbound import StatusSnapshot
from bot.handlers.telegram_group.card import CardFacts, CardPerson
from bot.usecases.agents.masking import contacts as known_contacts
from bot.usecases.agents.sight import Sight
from bot.usecases.agents.talk_view import unconfirmed
from dialogs.state import ConversationState
from services.accounts import accounts as customers
from services.agents import agent_accounts
from services.contacts import contacts
from services.store import conversations, journal
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.store.journal import JournalEntry
from services.support import blocklist, handoffs, topics
from services.support.handoffs import HandoffRecord
from services.support.mirrors import ERASE
from services.support.topics import Topic
from values import masked

#: Lines looked at in one go; what follows is looked at after they are sent.
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class TopicView:
    """`topic` is the one in this group, None without; `begins` is the line after which a new one would begin."""

    conversation: StoredConversation | None
    topic: Topic | None
    request: HandoffRecord | None
    last: HandoffRecord | None
    begins: int
    entries: tuple[JournalEntry, ...]
    facts: CardFacts | None = None

    @property
    def over(self) -> bool:
        """Nothing of the conversation is to stand in the group any more."""
        return self.conversation is None or (self.topic is not None and self.topic.status == ERASE)


@dataclass(frozen=True)
class TopicViews:
    """Reads views of conversations for the group `chat_id`, whose language is `locale`.

    `desk_url` is where the desk's pages of conversations are.
    """

    store: Store
    now: Callable[[], datetime]
    standing: Callable[[str], Awaitable[StatusSnapshot]]
    chat_id: int
    desk_url: str
    sight: Sight
    locale: str

    async def look(self, conversation_id: str) -> TopicView:
        """Read the view of a conversation. Raises StoreUnavailable."""
        return await self.store.read(lambda connection: self._view(connection, conversation_id))

    async def facts(self, view: TopicView) -> CardFacts | None:
        """Return the card's facts; None if the conversation is gone by now. Raises StoreUnavailable."""
        here = view.conversation
        if here is None:
            return None
        try:
            standing = await self.standing(here.id)
        except LookupError:
            return None
        return await self.store.read(lambda connection: self._facts(connection, here, view, standing))

    def _view(self, connection: sa.Connection, conversation_id: str) -> TopicView:
        known = topics.of(connection, conversation_id)
        topic = known if known is not None and known.chat_id == self.chat_id else None
        begins = topics.begin(connection, conversation_id)
        after = begins if topic is None else topic.mirrored_id
        request = handoffs.open_of(connection, conversation_id)
        return TopicView(
            conversations.load(connection, conversation_id, lock=False),
            topic,
            request,
            request or handoffs.last_of(connection, conversation_id),
            begins,
            journal.later(connection, conversation_id, after=after, most=MOST_LINES),
        )

    def _facts(
        self, connection: sa.Connection, here: StoredConversation, view: TopicView, standing: StatusSnapshot
    ) -> CardFacts:
        holder = view.request.agent_id if view.request is not None else None
        agent = agent_accounts.get(connection, holder) if holder is not None else None
        case = self.sight.case(here)
        ctx = self.sight.context(here, case, self.now())
        at = {"channel": here.channel, "address": here.address}
        return CardFacts(
            channel=here.channel,
            standing=standing,
            step=self.sight.step(self.sight.journey.position(case, ctx), self.locale),
            person=_person(connection, here, view.request, case),
            request=view.request,
            holder=agent.name if agent is not None else standing.speaker,
            reason=view.last.reason if view.last is not None else "asked",
            since=view.last.asked_at if view.last is not None else None,
            blocked=blocklist.of(connection, **at, now=self.now()) is not None,
            unconfirmed=bool(unconfirmed(case)),
            link=f"{self.desk_url}/{here.id}",
            known=known_contacts(case),
        )


def _person(
    connection: sa.Connection, here: StoredConversation, request: HandoffRecord | None, case: ConversationState
) -> CardPerson:
    account = customers.get(connection, here.account_id) if here.account_id is not None else None
    email = account.email if account is not None else ""
    known = contacts.of_account(connection, account.id) if account is not None else []
    phone = next((contact.value for contact in reversed(known) if contact.kind == "phone"), None)
    email = email or (request.email if request is not None else None) or case.account.email or ""
    phone = phone or case.contact.proven or case.contact.phone
    return CardPerson(masked.email(email) if email else None, masked.phone(phone) if phone else None)
