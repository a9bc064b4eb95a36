"""Jobs that write to whoever has no conversation of a subscription that ends: the link in the letter begins one."""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from bot.usecases.job_deps import JobDeps, does
from bot.usecases.reminders import stop_links
from bot.usecases.renewals import notifications
from bot.usecases.renewals.emails import RenewalLetters
from dialogs.kit import Event, Job
from dialogs.messages.renewal import (
    MailCharge,
    MailLapse,
    MailNoLongerSold,
    MailReminder,
    MailRenewalSetRight,
    MailTermEnding,
    MailTerms,
    MailToPay,
    MailWayExpiring,
    RenewalMailed,
    RenewalNotMailed,
)
from services.accounts import one_time_links
from services.jobs.port import StoredJob
from services.messaging.mail import Mail
from services.subscriptions import reminders, subscriptions

LETTERS: Mapping[type[Job], Callable[[RenewalLetters, sa.Connection, Any], Mail | None]] = {
    MailReminder: RenewalLetters.reminder,
    MailLapse: RenewalLetters.lapse,
    MailNoLongerSold: RenewalLetters.no_longer_sold,
    MailToPay: RenewalLetters.to_pay,
    MailTerms: RenewalLetters.terms,
    MailCharge: RenewalLetters.charge,
    MailTermEnding: RenewalLetters.term_ending,
    MailRenewalSetRight: RenewalLetters.set_right,
    MailWayExpiring: RenewalLetters.way_expiring,
}


def _not_mailed(job: Job) -> RenewalNotMailed:
    """Return what a lost letter means: of those that go out beside a chat, the chat has said it."""
    announced = isinstance(job, MailCharge) and job.charge_at is not None
    return RenewalNotMailed(not getattr(job, "told", False), announced, type(job).__name__)


def _still_wanted(deps: JobDeps, connection: sa.Connection, job: MailReminder, to: str) -> bool:
    """Return whether its reader still wants reminders; note the address that its link to stop them goes to."""
    token = notifications.leave_token(deps.server_key, job.subscription_id, job.ends_at)
    link = one_time_links.find(connection, token=token, now=deps.clock.now())
    if link is not None:
        stop_links.sent_to(connection, link, deps.server_key, to)
    if job.customer_id:
        return not reminders.is_stopped(connection, job.customer_id)
    holder = subscriptions.holder(connection, job.subscription_id)
    return holder is not None and not reminders.stopped(connection, holder.id)


@does(*LETTERS, tries=12, given_up=_not_mailed, writes=True)
async def mail_holder(deps: JobDeps, job: Job, stored: StoredJob) -> Event:
    """Send the letter that the job asks for, as the books are now."""
    office = RenewalLetters(deps.renderer, deps.server_key, deps.public_url, deps.clock.now())
    letter = await deps.store.read(lambda connection: LETTERS[type(job)](office, connection, job))
    if letter is None:
        return _not_mailed(job)
    if isinstance(job, MailReminder) and not await deps.store.write(lambda c: _still_wanted(deps, c, job, letter.to)):
        return RenewalMailed()  # they have stopped reminders since: nobody waits for it
    return await deps.post(letter, stored.key, RenewalMailed(), lambda _r: _not_mailed(job))
