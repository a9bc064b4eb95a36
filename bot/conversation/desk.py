"""The desk: takes messages, agents' acts, results, timers and events to their turns.

The one door to a turn. Each of its ways is one transaction that locks its conversation before it touches anything else:
two that lock in different orders would wait for each other. Customers' messages are in `bot/conversation/pipeline.py`,
results, timers and events and what follows a commit in
`bot/conversation/dispatch.py`.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation.dispatch import Dispatcher, OpenEngine, ResultEvent
from bot.conversation.inbound import Inbound, Text
from bot.conversation.loading import ConversationLoader
from bot.conversation.metrics import Metrics
from bot.conversation.new_chats import NewChats
from bot.conversation.owners import Owner, Publish
from bot.conversation.pipeline import MessagePipeline
from bot.conversation.port import Pushed
from bot.conversation.presenters import Presenters
from bot.conversation.queue import ConversationQueue
from bot.conversation.reading import ConversationReader
from bot.conversation.spoken_words import SpokenWords
from bot.conversation.stored import StoredCause
from bot.conversation.turn import Cause, ReplyWords, Turn, TurnResult, alarm
from bot.conversation.understanding import MessageUnderstanding
from dialogs.kit import Event, is_proposed, read_slots
from dialogs.state import ConversationState, Ctx
from services.clock import Clock
from services.orders.discounts import DiscountTries
from services.store import conversations, inbox
from services.store.announce import Announcement
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.store.errors import ConversationGone
from values.channel import Channel
from values.patterns import compile_waiting

T = TypeVar("T")
_REHEARSED = (
    "how much is that?",
    "yes, I order for two years with the code START20, and what about invoices?",
    "my e-mail isn't a@example.com but b@example.com, my number is +48 600 100 200, and I live in Berlin",
)
"""Between them they need all vocabularies (`tests/bot/app/test_first_requests.py`): readers know every language."""
BY_AGENT = "desk"
"""The channel under which acts are noted as taken, and the kind of their line in the journal."""


class AgentTurn(Struct):
    """An agent's command in its transaction: the conversation, locked, and the one turn that may come of it."""

    connection: sa.Connection
    conversation: conversations.StoredConversation
    turn: Turn
    now: datetime
    turned: TurnResult | None = None

    @property
    def case(self) -> ConversationState:
        """The conversation's state."""
        return self.turn.states.case(self.conversation)

    def reading(self) -> AbstractContextManager[Ctx]:
        """Return the context of the dialogs, which reads the books as they are."""
        return self.turn.states.reading(self.connection, self.conversation, self.case, self.now)

    def proposes(self, path: str, text: str) -> bool:
        """Return whether an agent's answer of the step is only proposed to the customer: an address, no other way."""
        step = self.turn.states.journey.known(path)
        if step is None or not is_proposed(step):
            return False
        way = f"{step.name}:{text.strip().casefold()}"
        with self.reading() as ctx:
            return all(option.payload != way for option in step.options(read_slots(ctx.case, step.dialog, ctx), ctx))

    def answer_at(self, path: str) -> str | None:
        """Return the answer that the step has now, as text."""
        step = self.turn.states.journey.known(path)
        if step is None or not step.slots:
            return None
        with self.reading() as ctx:
            value = step.answer_now(read_slots(ctx.case, step.dialog, ctx), ctx)
        return None if value is None else str(value)

    def play(self, event: Event, line: StoredCause, words: ReplyWords | None = None, *, ask: bool = True) -> TurnResult:
        """Play the event as the conversation's next turn.

        `line` is the journal's about it: who did what; `ask=False`: the open step stays unasked.
        Errors: RuntimeError for a second one in the same act.
        """
        if self.turned is not None:
            raise RuntimeError("an act is one turn")
        cause = Cause(BY_AGENT, line, None)
        self.turned = self.turn.play(self.connection, self.conversation, event, cause, self.now, words=words, ask=ask)
        return self.turned


class ConversationDesk(ConversationReader):
    """Fulfils `bot.conversation.port.Desk`."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        turn: Turn,
        understanding: MessageUnderstanding,
        presenters: Presenters,
        metrics: Metrics,
        tries: DiscountTries,
        owners: Sequence[Owner],
        result_event: ResultEvent,
        publish: Publish,
        engine: OpenEngine,
        delivery: Pushed,
    ) -> None:
        super().__init__(store, clock, turn, presenters)
        self._queue = ConversationQueue()
        self._loader = ConversationLoader(store, clock, turn.states, delivery.sent_at)
        self.dispatcher = Dispatcher(
            store,
            clock,
            turn,
            self._loader,
            self._queue,
            self._news,
            metrics,
            owners=owners,
            result_event=result_event,
            publish=publish,
            engine=engine,
            delivery=delivery,
            spoken=SpokenWords(turn.states, understanding, clock),
        )
        pipeline = MessagePipeline(
            *(store, clock, self._loader, understanding, turn, self._queue, self.dispatcher, metrics, tries),
            NewChats(turn.server_key, tries.quotas),
            ConversationQueue(),
        )
        self.receive = pipeline.receive
        self.foresee = pipeline.foresee
        self._understanding = understanding
        self.happen = self.dispatcher.happen

    def rehearse(self) -> None:
        """Understand messages in each language that need all vocabularies, compile all patterns. For a thread."""
        states, now, channel = self._turn.states, self.clock.now(), Channel.WEB
        for locale in states.seller.locales:
            fresh = StoredConversation("", channel, "", None, locale, "bot", 0, {}, 0, now, now, None, None)
            ctx = states.context(fresh, now, states.books(fresh, now))(states.case(fresh))
            step = states.journey.position(ctx.case, ctx)
            for words in _REHEARSED:
                try:
                    self._understanding.hear(Inbound(channel, "", words, Text(words)), step, ctx)
                except Exception as error:
                    alarm("rehearsal", error)
        compile_waiting()

    async def act(self, conversation_id: str, key: str, work: Callable[[AgentTurn], T]) -> T | None:
        """Run an agent's command in one transaction under the conversation's lock, and deliver its turn.

        None if `key` was done before. Errors: ConversationGone, what `work` raises (then nothing is stored),
        StoreUnavailable.
        """

        def decide(connection: sa.Connection) -> tuple[T | None, TurnResult | None]:
            current = conversations.load(connection, conversation_id, lock=True)
            if current is None:
                raise ConversationGone(conversation_id)
            now = self.clock.now()
            if not inbox.first_time(connection, BY_AGENT, f"{conversation_id}:{key}", conversation_id, "", now):
                return None, None
            act = AgentTurn(connection, current, self._turn, now)
            return work(act), act.turned

        async with self._queue.turn(conversation_id):
            value, turned = await self.store.write(decide)
            self.dispatcher.deliver(turned)
        return value

    def heard(self, announced: Announcement) -> None:
        """Wake the watchers of a conversation that another process has changed."""
        if announced.sender != self._turn.holder.id:
            for name in announced.about:
                self._news.tell(name)

    def missed(self) -> None:
        """Wake all watchers, as announcements may have been missed."""
        self._news.tell_all()
