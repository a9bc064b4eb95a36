"""After a turn's commit: whoever watches is told, its calls run, its timer is waited for, its replies leave."""

from collections.abc import Iterable
from typing import Protocol

from bot.conversation.intake import MessageLoader
from bot.conversation.metrics import Metrics
from bot.conversation.turn import TurnResult, concerns_people
from bot.conversation.watchers import Watchers
from services.jobs.port import Engine, StoredJob
from services.jobs.timers import TimerLoop
from services.store.announce import PEOPLE
from services.store.conversations import StoredConversation


class Pushed(Protocol):
    """Brings replies to channels that must be written to (`bot/conversation/delivery.py`)."""

    def left(self, conversation: StoredConversation) -> None:
        """A reply of this conversation waits to be sent."""
        ...

    def secret(self, conversation: StoredConversation, reference: str) -> None:
        """A customer's message held a secret: delete it where the channel can."""
        ...


class AfterTurn:
    """Nothing of it is needed for the turn to hold: what a dead process leaves here is found by the sweeps."""

    def __init__(
        self,
        figures: Metrics,
        intake: MessageLoader,
        news: Watchers,
    ) -> None:
        self._figures = figures
        self._intake = intake
        self._news = news
        self._worker: Engine | None = None
        self._timers: TimerLoop | None = None
        self._pushed: Pushed | None = None

    def attach(self, worker: Engine, timer_loop: TimerLoop, pushed: Pushed) -> None:
        """Names what runs calls, fires timers and brings replies."""
        self._worker, self._timers, self._pushed = worker, timer_loop, pushed

    def finished(self, kind: str, end: str) -> None:
        """Count a finished job."""
        self._figures.calls.labels(kind, end).inc()

    def turned(self, turned: TurnResult) -> None:
        """Do all that this turn left to be done."""
        self._figures.turns.labels(turned.kind).inc()
        self._figures.acted(turned.acts)
        if turned.case is not None:
            self._intake.remember(turned.conversation, turned.case)
        self.run(turned.run)
        if turned.timer_due is not None and self._timers is not None:
            self._timers.wake(turned.timer_due)
        if turned.sends and self._pushed is not None:
            self._pushed.left(turned.conversation)
        self._announce(turned)

    def run(self, due: Iterable[StoredJob]) -> None:
        """Has stored calls run by this process."""
        if self._worker is not None:
            self._worker.submit(due)

    def forget_secret(self, conversation: StoredConversation, reference: str) -> None:
        """A message held a secret."""
        if self._pushed is not None:
            self._pushed.secret(conversation, reference)

    def _announce(self, turned: TurnResult) -> None:
        self._news.tell(turned.conversation.id)
        if concerns_people(turned.conversation):
            self._news.tell(PEOPLE)
        if turned.root is not None:
            self._news.tell(turned.root)
