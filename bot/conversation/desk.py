"""The desk: takes messages, agents' acts, results, timers and events to their turns.

The one door to a turn. Each of its ways is one transaction that locks its conversation before it touches anything else:
two that lock in different orders would wait for each other. Customers' messages are in `bot/conversation/receiving.py`,
what nobody wrote in `bot/conversation/dispatch.py`, subscriptions in `bot/usecases/renewals/dispatch.py`, what follows
a commit in `bot/conversation/after_turn.py`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from bot.conversation.after_turn import AfterTurn, Pushed
from bot.conversation.agent_turns import BY_AGENT, ByAgent
from bot.conversation.dispatch import Caused
from bot.conversation.inbound import Inbound
from bot.conversation.intake import Intake
from bot.conversation.metrics import Figures
from bot.conversation.port import Receipt
from bot.conversation.presenters import Show
from bot.conversation.publishing import Happenings
from bot.conversation.queue import Lines
from bot.conversation.reading import Reading
from bot.conversation.receiving import Receiving
from bot.conversation.seller_events import Telling
from bot.conversation.turn import Turn, Turned
from bot.conversation.understanding import Hearing
from bot.usecases.renewals.dispatch import OfSubscriptions
from bot.usecases.renewals.renewals import Renewals
from services.clock import Clock
from services.jobs.port import Call as StoredCall
from services.jobs.port import Done, Engine, GaveUp
from services.jobs.timers import TimerLoop
from services.store import conversations, events, inbox
from services.store.announce import Announcement
from services.store.database import Store
from services.store.errors import ConversationGone
from services.store.timers import Timer
from services.subscriptions import renewal_timer

T = TypeVar("T")


class TheDesk(Reading):
    """Fulfils `bot.conversation.port.Desk`. `attach` must be called once before the first message."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        turn: Turn,
        hearing: Hearing,
        show: Show,
        figures: Figures,
        telling: Telling,
        renewals: Renewals,
    ) -> None:
        super().__init__(store, clock, turn, show)
        intake = Intake(store, clock, turn, hearing)
        self._figures = figures
        self._lines = Lines()
        self._happenings = Happenings(store, clock, telling, self._tell)
        self._after = AfterTurn(figures, intake, self._news, self._happenings.tell_soon)
        self._receiving = Receiving(store, clock, turn, intake, self._lines, self._after, figures)
        self._caused = Caused(store, clock, turn, self._lines, self._after)
        self._of_subscriptions = OfSubscriptions(renewals, self._happenings, self._after)

    def attach(self, worker: Engine, timer_loop: TimerLoop, pushed: Pushed) -> None:
        """Joins the desk to what runs its calls, fires its timers and brings its replies."""
        self._after.attach(worker, timer_loop, pushed)

    async def receive(self, inbound: Inbound) -> Receipt:
        """Runs the message's turn in its place in the queue; returns after the commit. Raises StoreUnavailable."""
        return await self._receiving.receive(inbound)

    async def act(self, conversation_id: str, key: str, work: Callable[[ByAgent], T]) -> T | None:
        """An agent's act: one transaction under the conversation's lock, in its place in the queue; what it played is
        delivered after the commit. None if `key` was done before. Errors: ConversationGone, what
        `work` raises (then nothing is stored), StoreUnavailable."""

        def decide(connection: sa.Connection) -> tuple[T | None, Turned | None]:
            current = conversations.load(connection, conversation_id, lock=True)
            if current is None:
                raise ConversationGone(conversation_id)
            now = self.clock.now()
            if not inbox.first_time(connection, BY_AGENT, f"{conversation_id}:{key}", conversation_id, "", now):
                return None, None
            act = ByAgent(connection, current, self._turn, now)
            return work(act), act.turned

        async with self._lines.turn(conversation_id):
            value, turned = await self.store.write(decide)
            self._after.turned(turned)
        return value

    async def finish(self, call: StoredCall, outcome: Done | GaveUp) -> None:
        """What came of a call, for the worker; the call ends in its turn's transaction. Raises StoreUnavailable."""
        status = "done" if isinstance(outcome, Done) else "failed"
        self._figures.calls.labels(call.kind, status).inc()
        if (subscription_id := renewal_timer.owned_by(call.conversation_id)) is not None:
            await self._of_subscriptions.answered(call, outcome, status, subscription_id)
        else:
            await self._caused.answered(call, outcome, status)

    async def fire(self, timer: Timer) -> None:
        """What a due timer stands for, for the timers' loop. Raises StoreUnavailable."""
        if renewal_timer.is_one(timer.conversation_id):
            await self._of_subscriptions.due(timer)
        else:
            await self._caused.due(timer)

    async def _tell(self, event: events.Event) -> None:
        if (subscription_id := renewal_timer.owned_by(event.conversation_id)) is not None:
            await self._of_subscriptions.told(event, subscription_id)
        else:
            await self._caused.told(event)

    async def happen(self, work: Callable[[Any], T]) -> T:
        """One transaction of a handler; the events it told run as turns right after the commit."""
        return await self._happenings.happen(work)

    async def start(self) -> None:
        """Runs the turns of events that a dead process had stored, and from then on of those that were left."""
        await self._happenings.start()

    async def stop(self) -> None:
        """Ends looking for them."""
        await self._happenings.stop()

    def heard(self, announced: Announcement) -> None:
        """Another process has committed a turn: whoever watches here looks again."""
        if announced.sender != self._turn.holder.id:
            for name in announced.about:
                self._news.tell(name)

    def missed(self) -> None:
        """Something may have been announced that wasn't heard: everybody looks again."""
        self._news.tell_all()
