"""How the desk reaches the holder of a subscription when it writes first: in every chat, else by a letter."""

from dataclasses import dataclass
from datetime import datetime

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from dialogs.kit import Event, Job
from services.jobs.port import StoredJob
from services.subscriptions import renewal_timer, renewals
from services.subscriptions.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class HolderEnding:
    """Subscriptions of one order and the end that something is done about. The first one's id stands for all of them in
    timers and jobs."""

    all: tuple[Subscription, ...]
    at: datetime

    @property
    def of(self) -> Subscription:
        """The one that stands for all."""
        return self.all[0]

    @property
    def account_id(self) -> str:
        """Whose they are."""
        return self.of.account_id

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all."""
        return tuple(each.id for each in self.all)

    @property
    def name(self) -> str:
        """What everything done about this end is called by."""
        return f"{renewal_timer.owner_of(self.of.id)}:{self.at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Reached:
    """Whether the customer was `told` in a chat that reaches them; else an e-mail may be written. `stopped`: there are
    chats, and the customer has shut the door of each. `chats`: some hear of it, reached or not."""

    told: bool
    stopped: bool
    chats: bool

    @property
    def over(self) -> bool:
        """Nothing more is to be said of what nobody needs to know: a reminder."""
        return self.told or self.stopped


def tell(tx: UnitOfWork, account_id: str, event: Event, others: Event | None = None) -> Reached:
    """Tells every conversation of the customer, also those on pages that were left: it is there when they come back.
    `others`: what all but the first one are told instead."""
    reached = renewals.addresses(tx.connection, account_id, tx.now)
    for n, conversation_id in enumerate(reached.conversations):
        told = event if n == 0 or others is None else others
        tx.tell(conversation_id, codec.name_of(told), codec.to_json(told))
    return Reached(reached.brought, reached.stopped, bool(reached.conversations))


def first(tx: UnitOfWork, account_id: str) -> str | None:
    """The conversation that hears of an order's money."""
    return next(iter(renewals.addresses(tx.connection, account_id, tx.now).conversations), None)


def call(tx: UnitOfWork, ending: HolderEnding, about: str, wanted: Job, due_at: datetime | None = None) -> StoredJob:
    """A call that belongs to no conversation but to the subscription; `about` tells it from others of the same end."""
    return StoredJob(
        key=f"{ending.name}:{about}",
        conversation_id=renewal_timer.owner_of(ending.of.id),
        root=None,
        kind=codec.name_of(wanted),
        payload=codec.to_json(wanted),
        background=wanted.background,
        due_at=due_at or tx.now,
    )
