"""Notifications to the holder of a subscription, sent first by the desk: in every chat, else by e-mail with a link."""

from datetime import datetime, timedelta

from msgspec import Struct

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.conversation.turn import CommandContext
from dialogs.kit import Event, Job
from dialogs.messages.renewal import ChargeComing, MailNotice, RenewalWaits
from dialogs.renewal.notices import NOTICES
from services.accounts import one_time_links, start_links
from services.jobs.port import StoredJob
from services.keyed_hash import all_keys, derived_id, token
from services.payments.methods import Method
from services.subscriptions import renewal_timer, renewals
from services.subscriptions.subscription_record import Subscription
from values.order import Bill


class HolderEnding(Struct, frozen=True):
    """Subscriptions of one order and their common end.

    The first one's id stands for all of them in timers and jobs.
    """

    all: tuple[Subscription, ...]
    at: datetime

    @property
    def of(self) -> Subscription:
        return self.all[0]

    @property
    def account_id(self) -> str:
        return self.of.account_id

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.all)

    @property
    def name(self) -> str:
        """The common prefix of the keys of all jobs about this end."""
        return f"{renewal_timer.owner_of(self.of.id)}:{self.at.isoformat()}"


class Reached(Struct, frozen=True):
    """The reach of a notification.

    `told`: it is in a chat that reaches the customer; else the desk may write an e-mail. `stopped`: the customer has
    opted out in all chats. `chats`: some chats show it later.
    """

    told: bool
    stopped: bool
    chats: bool

    @property
    def over(self) -> bool:
        """Nothing more is to be said of what nobody needs to know: a reminder."""
        return self.told or self.stopped


def tell_chats(
    tx: UnitOfWork, account_id: str, event: Event, others: Event | None = None, but: str | None = None
) -> Reached:
    """Tell every conversation of the customer, also those on pages that were left: they show it later.

    `others`: the event for all but the first one; `but`: the chat in which an agent tells it.
    """
    reached = renewals.addresses(tx.connection, account_id, tx.now)
    for n, conversation_id in enumerate(one for one in reached.conversations if one != but):
        tx.tell(conversation_id, event if n == 0 or others is None else others)
    return Reached(reached.brought, reached.stopped, bool(reached.conversations))


Moment = UnitOfWork | CommandContext
"""A transaction with its time: of the API, or of a turn."""


def find_event_chat(at: Moment, account_id: str) -> str | None:
    """Return the conversation that gets the events of an order's money: the one that orders it, else the first."""
    if isinstance(at, CommandContext):
        return at.conversation.id
    return next(iter(renewals.addresses(at.connection, account_id, at.now).conversations), None)


def job(tx: UnitOfWork, ending: HolderEnding, about: str, wanted: Job, due_at: datetime | None = None) -> StoredJob:
    """Return a job owned by the subscription instead of a conversation.

    `about` tells it from others of the same end.
    """
    owner, key = renewal_timer.owner_of(ending.of.id), f"{ending.name}:{about}"
    return codec.stored_job(key, owner, wanted, due_at or tx.now, background=wanted.background)


Jobs = tuple[StoredJob, ...]


def give_notice(tx: UnitOfWork, ending: HolderEnding, notice: Event, about: str, server_key: bytes) -> Jobs:
    """Give a notice in every chat of the customer, and by letter to whom no chat reaches, some to everybody.

    A reminder isn't written to whoever has stopped all chats. `about` tells the letter from others of the same end.
    """
    row, reached = NOTICES[type(notice)], tell_chats(tx, ending.account_id, notice)
    everybody = row.everybody or getattr(notice, "trial", False)
    if (reached.over if row.stoppable else reached.told) and not everybody:
        return ()
    return (make_notice_job(tx, ending, notice, about, server_key, told=reached.told),)


def make_notice_job(
    tx: UnitOfWork, ending: HolderEnding, notice: Event, about: str, server_key: bytes, *, told: bool = False
) -> StoredJob:
    """Return the job that writes a notice to the holder; the links in its letter are made."""
    make_links(tx, server_key, notice, ending.of.id, ending.at, account_id=ending.account_id)
    facts = codec.to_json(notice)
    return job(tx, ending, about, MailNotice(ending.of.id, ending.at, codec.name_of(notice), facts, told))


class Left(Struct, frozen=True):
    """The result of a step: jobs, and fields of the progress.

    With `documents` the step is done once the customer has accepted them. `dropped`: the order before is cancelled.
    """

    jobs: Jobs = ()
    order_id: str | None = None
    announced: int | None = None
    documents: tuple[str, ...] = ()
    dropped: bool = False


def announce(
    tx: UnitOfWork,
    ending: HolderEnding,
    bill: Bill,
    way: Method,
    charge_at: datetime,
    server_key: bytes,
    *,
    trial: bool = False,
) -> Left:
    """Tell what will be charged, and when, so that it can be stopped in time; of a trial also by letter."""
    coming = ChargeComing(bill.lines[0][0], ending.at, charge_at, way.label, bill.gross, bill.currency, bill, trial)
    return Left(give_notice(tx, ending, coming, f"announced:{bill.gross}", server_key), announced=bill.gross)


def ask_to_accept(
    tx: UnitOfWork, ending: HolderEnding, bill: Bill, documents: tuple[str, ...], server_key: bytes
) -> Left:
    """Ask for the documents that have changed: until they are accepted nothing is ordered and nothing charged."""
    waits = RenewalWaits(ending.account_id, documents, ending.at, bill)
    return Left(give_notice(tx, ending, waits, f"terms:{tx.now.isoformat()}", server_key), documents=documents)


WISH = "renewal"
# The letter's link starts a conversation for as long as the order makes sense.
LINK_TTL = timedelta(days=60)


def start_token(server_key: bytes, about: str, ends_at: datetime) -> str:
    """Return the token of the start link in e-mails about this end, the same for each.

    `about` names what ends.
    """
    # While the key is being replaced still by the former one: a letter that is sent again has the same link.
    return token(all_keys(server_key)[-1], "renewal link", about, ends_at.isoformat())


def leave_token(server_key: bytes, about: str, ends_at: datetime) -> str:
    """Return the token of the one-time page on which reminders are stopped."""
    return one_time_links.token_of(server_key, _leave_id(about, ends_at))


def make_links(
    tx: UnitOfWork,
    server_key: bytes,
    notice: Event,
    about: str,
    ends_at: datetime,
    *,
    account_id: str | None = None,
    customer_id: str | None = None,
) -> None:
    """Make the links in the letter of a notice, for an account's holder or for a customer on file.

    Of some a link that starts a conversation, of reminders the page on which they are stopped.
    """
    row, until, link_id = NOTICES[type(notice)], ends_at + LINK_TTL, _leave_id(about, ends_at)
    if row.link == "start":
        start_links.create(
            tx.connection,
            token=start_token(server_key, about, ends_at),
            expires_at=until,
            now=tx.now,
            account_id=account_id,
            customer_id=customer_id,
            entry=WISH,
        )
    if row.stoppable:
        one_time_links.issue(
            tx.connection,
            link_id=link_id,
            purpose="stop_reminders",
            conversation_id=link_id,  # nobody's: the letter goes to whoever has none
            account_id=account_id,
            data={} if customer_id is None else {"customer": customer_id},
            server_key=server_key,
            now=tx.now,
            ttl=until - tx.now,
        )


def _leave_id(about: str, ends_at: datetime) -> str:
    return derived_id("stop reminders", about, ends_at.isoformat())
