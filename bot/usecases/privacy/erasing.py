"""A person is erased: the tables emptied, conversations told, the seller's system told, a last letter on its way.

All in one transaction, by whomever: the holder on the one-time page, or the seller by command.
"""

from datetime import timedelta

from msgspec import Struct

from bot.conversation import codec
from bot.conversation.owners import Owner
from bot.conversation.port import UnitOfWork
from bot.usecases.seller.events import OF_NOBODY
from dialogs.kit import Job
from dialogs.messages.own_data import AccountErased, SendFarewell, SessionEnded
from dialogs.messages.payment import (
    AskPayment,
    AskReturned,
    ConfirmPayment,
    ForgetPayer,
    ForgetStored,
    PollPayment,
    RefundPayment,
)
from dialogs.messages.withdrawal import GiveBack
from services.jobs.port import Done, GaveUp, Outbox, StoredJob
from services.privacy.erase import Erased, erase
from services.seller import seller_events
from services.store import jobs_table
from values.seller import Seller

GOING_ON = tuple(
    kind.__name__ for kind in (RefundPayment, GiveBack, ConfirmPayment, AskPayment, AskReturned, PollPayment)
)
"""Calls that are brought to their end all the same: they are about money, and name nobody."""
FOUND_AFTER = timedelta(minutes=10)
"""Providers find what was made a moment ago only some time later."""
FORGOTTEN = SendFarewell.__name__
"""The kind of call that is emptied as soon as it has ended: it holds the address."""


class UnownedJobs(Owner):
    """Jobs that concern no conversation: nobody waits for their results."""

    def owns(self, owner_id: str) -> bool:
        """Tell whether an id stands for no conversation."""
        return owner_id == OF_NOBODY

    def finished(self, tx: UnitOfWork, job: StoredJob, outcome: Done | GaveUp) -> tuple[StoredJob, ...]:
        """Empty what holds an address."""
        if job.kind == FORGOTTEN:
            jobs_table.forget(tx.connection, job.key)
        return ()


class Erasing(Struct, frozen=True):
    """For one seller."""

    seller: Seller
    outbox: Outbox

    def erase(self, tx: UnitOfWork, account_id: str, *, here: str | None = None) -> Erased | None:
        """Erases the account's person; None if that was done before, or there is none.

        `here` is the conversation in which it was asked for; None: by the seller.
        """
        on_file = "forget" if self.seller.privacy.directory == "forget" else "keep"
        done = erase(tx.connection, account_id=account_id, on_file=on_file, going_on=GOING_ON, now=tx.now)
        if done is None:
            return None
        for id in done.conversations:
            by = "seller" if here is None else "here" if id == here else "elsewhere"
            event = AccountErased(by, on_file=done.on_file, ordered=done.kept_orders)
            tx.tell(id, event)
        for id in done.others:
            tx.tell(id, SessionEnded())
        for order in done.cancelled:
            tx.publish(seller_events.order_cancelled(order, tx.now))
        tx.publish(seller_events.account_closed(account_id, tx.now))
        self._write(tx, done)
        for way_id in done.stored:
            self._leave(tx, f"erased:{way_id}", ForgetStored(way_id))
        for name in done.providers:
            self._leave(tx, f"erased:{name}:{account_id}", ForgetPayer(name, account_id), FOUND_AFTER)
        return done

    def _write(self, tx: UnitOfWork, done: Erased) -> None:
        """Queue the last e-mail: only its job knows the address from now on."""
        if not done.letter_to:
            return
        letter = SendFarewell(done.letter_to, done.locale, done.kept_orders, done.on_file)
        self._leave(tx, f"erased:{done.account_id}", letter)

    def _leave(self, tx: UnitOfWork, key: str, job: Job, after: timedelta = timedelta()) -> None:
        self.outbox.leave(tx.connection, codec.stored_job(key, OF_NOBODY, job, tx.now + after))
