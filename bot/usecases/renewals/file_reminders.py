"""Reminders to customers on file who have no account: by e-mail, with a start link, once for each end.

All that they own is looked through by one timer (`services/subscriptions/renewal_timer.py`), set for the next end that
is to be told of. Once they have an account their subscriptions have timers of their own
(`bot/usecases/renewals/renewals.py`).
"""

from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.usecases.renewals import notifications
from dialogs.messages.renewal import MailNotice, SubscriptionEnding
from services.jobs.port import Outbox, StoredJob
from services.store import timer_rows
from services.store.timer_rows import Timer
from services.subscriptions import reminders, renewal_timer
from services.subscriptions.reminders import ReminderDue
from values.renewal import awake, days_left, steps
from values.seller import Seller

# So many in one transaction.
AT_ONCE = 100


class FileReminders(Struct, frozen=True):
    """Reminds for one seller."""

    seller: Seller
    outbox: Outbox
    server_key: bytes

    @property
    def zone(self) -> ZoneInfo:
        """The seller's time zone, by which days begin."""
        return ZoneInfo(self.seller.time_zone)

    def fire(self, tx: UnitOfWork, timer: Timer) -> tuple[StoredJob, ...]:
        """Tell of the ends that are due, by day, and set the timer for the next one.

        Return the jobs that this process is to run after the commit.
        """
        rules = self.seller.renewal
        if not timer_rows.take(tx.connection, timer) or rules is None or not rules.remind_days:
            return ()
        if "reminder" not in self.seller.dialogs:
            return ()
        if (by_day := awake(tx.now, rules, self.zone)) > tx.now:
            renewal_timer.set_on_file(tx.connection, by_day)
            return ()
        products = [program.product for program in self.seller.programs]
        found = reminders.to_remind(tx.connection, products, after=tx.now, most=AT_ONCE)
        jobs: list[StoredJob] = []
        for of in found:
            due = steps(rules, of.ends_at, self.zone)[0].due_at
            if due > tx.now:
                renewal_timer.set_on_file(tx.connection, due)
                break
            jobs += self._remind(tx, of)
        else:
            if len(found) == AT_ONCE:
                renewal_timer.wake_on_file(tx.connection, tx.now)
        return tuple(job for job in jobs if self.outbox.put(tx.connection, job))

    def _remind(self, tx: UnitOfWork, of: ReminderDue) -> tuple[StoredJob, ...]:
        wanted = not reminders.is_stopped(tx.connection, of.customer_id)
        reminders.note(tx.connection, of, sent=wanted, now=tx.now)
        if not wanted:
            return ()
        days, owner = days_left(of.ends_at, tx.now, self.zone), f"program:{of.program_id}"
        reminder = SubscriptionEnding(of.product, None, of.ends_at, days)
        notifications.make_links(tx, self.server_key, reminder, of.program_id, of.ends_at, customer_id=of.customer_id)
        facts = codec.to_json(reminder)
        letter = MailNotice(of.program_id, of.ends_at, codec.name_of(reminder), facts, customer_id=of.customer_id)
        return (codec.stored_job(f"{owner}:{of.ends_at.isoformat()}:reminder", owner, letter, tx.now),)
