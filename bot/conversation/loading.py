"""The start of a turn: conversations with their states, and what a customer's message refers to.

A state is read as this release's dialogs have it, and without what the profile has lost of it. How a turn left its
conversation is remembered, so that the next message can be understood without a look into the store. Where another
process has been at work since, the turn finds another revision, and the store is asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from datetime import datetime
from itertools import takewhile, tee
from typing import Any

import sqlalchemy as sa
from msgspec import Struct, structs

from bot.conversation.completing import may_complete, parts_before
from bot.conversation.conversation_states import ConversationStates, T, look_into_books
from bot.conversation.expectations import binds
from bot.conversation.inbound import ButtonPressed, Edited, Inbound, Text
from bot.conversation.outbound import receipt_on
from bot.conversation.recent import Recent
from bot.conversation.stored import StoredCause, StoredMessage
from bot.conversation.titles_in_view import ButtonsInView
from bot.conversation.understanding import AskedStep, Earlier, language_of
from dialogs.kit import Step
from dialogs.state import ConversationState, Ctx
from services.accounts.account_books import BooksReader
from services.clock import Clock
from services.store import conversations, journal
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.store.journal import JournalEntry

REMEMBERED = 1000
"""Of so many conversations this process remembers how it left them."""
LOOKED_AT = 50
"""Among so many messages of ours the open question is looked for; one further back is asked again."""
FIRST_LOOK = 3
"""So many are read first: the open question is mostly among them."""


SentAt = Callable[[str, int], datetime | None]
_Told = tuple[JournalEntry, StoredMessage]
_Left = tuple[StoredConversation, ConversationState, JournalEntry | None, Mapping[str, Any] | None]


class Situation(Struct, frozen=True):
    """A conversation as its last turn left it, the context to understand it in, and what a message refers to."""

    conversation: StoredConversation
    ctx: Ctx
    books: BooksReader
    step: Step[Any]  # the open one
    asked: AskedStep | None = None  # the message that carried the pressed button
    earlier: Earlier | None = None  # an edited message as it was before
    unseen: bool = False  # it is older than a question that binds
    unseen_card: bool = False  # it is older than what the other rows of its card bind to
    parts: tuple[StoredCause, ...] = ()  # what was written just before it, and may be the beginning of the same value
    replied: str | None = None  # the step of the question that it replies to
    view: ButtonsInView | None = None  # what its words may press by a title: no others' words press anything


class ConversationLoader:
    """Loads what customers' messages are understood against."""

    def __init__(self, store: Store, clock: Clock, states: ConversationStates, sent_at: SentAt) -> None:
        """`sent_at` tells when a reply left, as far as this process has sent it."""
        self._store = store
        self._sent_at = sent_at
        self._clock = clock
        self._states = states
        self._remembered: Recent[str, _Left] = Recent(REMEMBERED)

    def remember(
        self, conversation: StoredConversation, case: ConversationState, reply: JournalEntry | None, books: BooksReader
    ) -> None:
        """Keep how a turn left the conversation, what it said, and what it has read of the books."""
        self._remembered.set(conversation.id, (conversation, case, reply, books.lasting(case.account.id)))

    async def load(self, inbound: Inbound, conversation_id: str, arrived: datetime) -> Situation:
        """Return what holds now, and what the message refers to; a fresh conversation before the first message."""
        found = await self._situation(inbound, conversation_id, arrived)
        place = inbound.provenance.replies_to
        if place is None or not isinstance(inbound.body, Text):
            return found
        said = await self._store.read(lambda c: journal.newest_said(c, conversation_id, LOOKED_AT), brief=True)
        replied = next((entry.data.get("step") for entry in said if entry.place == place), None)
        return structs.replace(found, replied=replied)

    async def _situation(self, inbound: Inbound, conversation_id: str, arrived: datetime) -> Situation:
        found, reply = await self._found(inbound, conversation_id)
        conversation, ctx, step = found.conversation, found.ctx, found.step
        begun, others = conversation.revision and conversation.mode != "agent", inbound.provenance.second_hand
        if isinstance(inbound.body, Text) and begun and not others:
            found = structs.replace(found, view=await self._in_view(conversation_id, reply))
        match inbound.body:
            case ButtonPressed(asked_at=int(seq)):
                return structs.replace(found, asked=await self._asked(conversation_id, seq, reply))
            case Edited():
                was = await self._earlier(inbound, conversation_id)
                # Channels date an edited message by its first words: it counts as older than the question.
                return structs.replace(found, earlier=was, unseen=binds(step, ctx))
            case Text() if (own := binds(step, ctx)) or (inbound.seen is not None and step.display.card is not None):
                rows = frozenset(one.path for one in self._states.journey.together(step))

                def older(newest_first: Iterable[_Told]) -> tuple[bool, bool]:
                    of_step, of_card = tee(newest_first)
                    unseen = own and is_older(inbound, find_asking_entries(of_step, frozenset({step.path})), arrived)
                    return unseen, is_older(inbound, find_asking_entries(of_card, rows), arrived)

                if (last := self._as_sent(inbound, reply)) is not None and older(_messages((last,))) == (False, False):
                    return found
                unseen, card_too = await self._store.read(
                    lambda c: older(read_messages(c, conversation_id)), brief=True
                )
                return structs.replace(found, unseen=unseen, unseen_card=card_too)
            case Text(body) if await self.look(
                found.books, ctx, lambda: may_complete(body, step, ctx, conversation.customer_at, arrived)
            ):
                lines = await self._store.read(lambda c: journal.messages(c, conversation_id, with_customer=True))
                return structs.replace(found, parts=parts_before(lines, arrived))
            case _:
                return found

    async def _found(self, inbound: Inbound, conversation_id: str) -> tuple[Situation, JournalEntry | None]:
        """Return where the conversation stands, and the last reply if it is remembered."""
        now = self._clock.now()
        if (remembered := self._remembered.pop(conversation_id)) is not None:
            conversation, case, reply, known = remembered
            books = self._states.books(structs.replace(conversation, account_id=None), now)
            if known is not None and case.account.id is not None:
                books.take(case.account.id, known)
        else:
            loaded = await self._store.read(lambda c: conversations.load(c, conversation_id, lock=False), brief=True)
            conversation = loaded or self._fresh(inbound, conversation_id)
            case, reply = self._states.case(conversation), None
            books = self._states.books(conversation, now)
        ctx = self._states.context(conversation, now, books)(case)

        def stands() -> Step[Any]:
            step = self._states.journey.position(case, ctx)
            _ = binds(step, ctx)  # looks at the books, too
            return step

        return Situation(conversation, ctx, books, await self.look(books, ctx, stands)), reply

    async def look(self, books: BooksReader, ctx: Ctx, work: Callable[[], T]) -> T:
        """Return what the work gives, as `look_into_books` does."""
        return await look_into_books(self._store, books, ctx.case.account.id, work)

    def lock(
        self, connection: sa.Connection, inbound: Inbound, conversation_id: str, now: datetime
    ) -> Callable[[], StoredConversation]:
        """Ask for the conversation, locked; the returned gives it, opened if this is the first message."""
        known = conversations.ask(connection, conversation_id)
        locale = self.locale_of(inbound)
        return lambda: (
            known()
            or conversations.open_talk(connection, inbound.channel, inbound.address, locale, now, conversation_id)
        )

    def _as_sent(self, inbound: Inbound, reply: JournalEntry | None) -> JournalEntry | None:
        """Return the last reply as it left, where a channel dates messages; None where only the store may know that."""
        if reply is None or inbound.said_at is None:
            return reply
        at = self._sent_at(reply.conversation_id, reply.seq or 0)
        return structs.replace(reply, delivery="sent", sent_at=at) if at is not None else None

    async def _in_view(self, conversation_id: str, last: JournalEntry | None) -> ButtonsInView | None:
        """Return the buttons of the last message that asked or offered something."""
        if last is not None and (view := ButtonsInView.of(last.data)) is not None:
            return view
        newest = await self._store.read(lambda c: journal.newest_said(c, conversation_id, FIRST_LOOK), brief=True)
        return next((view for one in newest if (view := ButtonsInView.of(one.data)) is not None), None)

    async def _asked(self, conversation_id: str, seq: int, last: JournalEntry | None) -> AskedStep | None:
        """Return the message of that number: mostly the last one."""
        is_last = last is not None and last.seq == seq
        entry = last if is_last else await self._store.read(lambda c: journal.said(c, conversation_id, seq))
        if entry is None:
            return None
        message = StoredMessage.from_json(entry.data)
        rows = message.card.rows if message.card is not None else ()
        titles = {choice.payload: choice.title for row in rows for choice in row.choices}
        titles |= {button.payload: button.title for button in message.buttons}
        return AskedStep(message.step, titles, receipt_on(message.card))

    async def _earlier(self, inbound: Inbound, conversation_id: str) -> Earlier | None:
        """Return an edited message as the journal has it: the step of its first line, the words of its last."""
        if inbound.reference is None:
            return None
        found = await self._store.read(lambda c: journal.messages(c, conversation_id, with_customer=True))
        said = [StoredCause.from_json(entry.data) for entry in found if entry.kind == journal.CUSTOMER]
        lines = [line for line in said if line.ref == inbound.reference]
        if not lines:
            return None
        step = lines[0].step
        last = next(line for line in reversed(said) if line.step == step)
        return Earlier(step, lines[-1].text or "", answered=last.ref == inbound.reference, mark=lines[-1].mark)

    def _fresh(self, inbound: Inbound, conversation_id: str) -> StoredConversation:
        now, locale = self._clock.now(), self.locale_of(inbound)
        return StoredConversation(
            conversation_id, inbound.channel, inbound.address, None, locale, "bot", 0, {}, 0, now, now, None, None
        )

    def locale_of(self, inbound: Inbound) -> str:
        """Return the language that a conversation begins in which this message opens."""
        code, offered = language_of(inbound.locale_hint), self._states.seller.locales
        return code if code in offered else offered[0]


def read_messages(connection: sa.Connection, conversation_id: str) -> Iterator[_Told]:
    """Yield the messages of the bot and of agents, the newest first; what isn't looked at isn't read."""
    newest = journal.newest_said(connection, conversation_id, FIRST_LOOK)
    yield from _messages(newest)
    if len(newest) == FIRST_LOOK:
        yield from _messages(journal.newest_said(connection, conversation_id, LOOKED_AT)[FIRST_LOOK:])


def _messages(entries: Iterable[JournalEntry]) -> Iterator[_Told]:
    return ((entry, StoredMessage.from_json(entry.data)) for entry in entries)


def find_asking_entries(newest_first: Iterable[_Told], steps: Set[str]) -> Iterator[JournalEntry]:
    """Yield the messages that asked one of the steps since another was asked, the newest first.

    Only those that showed what an answer binds to now; none where nobody was shown it.
    """
    since = takewhile(lambda pair: pair[1].step is None or pair[1].step in steps, newest_first)
    asking = ((entry, _terms(message)) for entry, message in since if message.step is not None)
    if (newest := next(asking, None)) is not None:
        yield newest[0]
        yield from (entry for entry, terms in asking if terms == newest[1])


def _terms(message: StoredMessage) -> tuple[object, ...]:
    """Return what a card binds to: its sum, what it tells without asking, and the words of its documents."""
    if message.card is None:
        return ()
    told = tuple((row.name, row.value) for row in message.card.rows if not row.choices)
    words = tuple((link.id, link.words) for link in message.links if link.rel == "document")
    return (message.locale, message.card.total, told, words)


def is_older(inbound: Inbound, questions: Iterable[JournalEntry], arrived: datetime) -> bool:
    """Tell whether a message is older than each of the questions, as its channel tells, or else by when it came here.

    The first question that it isn't older than is the last one looked at: mostly the newest.
    """
    if inbound.seen is not None:
        return all(question.seq is None or inbound.seen < question.seq for question in questions)
    if inbound.said_at is not None:
        return not any(
            (question.delivery == "sent" and question.sent_at is not None and question.sent_at < inbound.said_at)
            for question in questions
        )
    return all(arrived < question.at for question in questions)
