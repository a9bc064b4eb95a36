"""Letters to customers about subscriptions that end, are paid for again, or have ended, and the jobs that send them.

They go to customers without a conversation, whose link begins one; some go to everybody.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation import codec
from bot.conversation.render import Renderer
from bot.usecases.emails import rendering
from bot.usecases.job_deps import JobDeps, does
from bot.usecases.reminders import stop_links
from bot.usecases.renewals import notifications
from dialogs.kit import Event, Job, Params
from dialogs.messages.renewal import (
    ChargeComing,
    MailNotice,
    MailReminder,
    RenewalMailed,
    RenewalNotMailed,
    RenewalToPay,
)
from dialogs.order.products import program_word
from dialogs.renewal.notices import NOTICES, text_of
from dialogs.renewal.shown import (
    term_price,
)
from services.accounts import one_time_links
from services.companies import companies
from services.directory import directory
from services.jobs.port import StoredJob
from services.messaging.mail import Mail
from services.payments import book, record
from services.subscriptions import reminders, subscriptions
from values.money import Buyer
from values.renewal import days_left


class NoticeLetters(Struct, frozen=True):
    """Writes them for one seller, from the books as they are when the letter leaves."""

    renderer: Renderer
    server_key: bytes
    public_url: str
    now: datetime

    def reminder(self, connection: sa.Connection, job: MailReminder) -> Mail | None:
        """With the way to an order, and the way out of reminders. None where nobody can be written to any more."""
        to, locale = self._to(connection, job.subscription_id, job.customer_id)
        if not to:
            return None
        params: Params = {
            "days": days_left(job.ends_at, self.now, ZoneInfo(self.renderer.seller.time_zone)),
            "ends": job.ends_at,
            "program": program_word(job.product, self.renderer.seller),
            **term_price(job.product, self._buyer(connection, job.subscription_id), self.renderer.seller),
        }
        leave = notifications.leave_token(self.server_key, job.subscription_id, job.ends_at)
        return rendering.reminder(
            self.renderer,
            to,
            self._start(job),
            f"{self.public_url}/s/{leave}",
            params,
            locale,
        )

    def letter(self, connection: sa.Connection, job: MailNotice) -> Mail | None:
        """Return the letter. None where nobody can be written to any more, or there is nothing to pay."""
        event = codec.event_from(job.notice, job.facts)
        expires_at = job.ends_at
        if isinstance(event, RenewalToPay):
            owed = record.get(connection, event.payment_id)
            if owed is None:
                return None
            event, expires_at = replace(event, gross=owed.amount, currency=owed.currency), owed.expires_at
        to, locale = self._to(connection, job.subscription_id, "")
        if not to:
            return None
        row = NOTICES[type(event)]
        params, href = row.shown(event, self.renderer.seller), self._link(job, event)
        letter = text_of(row.letter, event)
        return rendering.with_link(self.renderer, letter, to, href, expires_at, locale, params, row.foot)

    def _link(self, job: MailNotice, event: Event) -> str:
        if isinstance(event, RenewalToPay):
            return f"{self.public_url}/p/{book.public_token(self.server_key, event.payment_id)}"
        return self._start(job) if NOTICES[type(event)].link == "start" else f"{self.public_url}/chat"

    def _buyer(self, connection: sa.Connection, subscription_id: str) -> Buyer:
        """Return the company as far as VAT goes; without one a buyer at home."""
        known = subscriptions.get(connection, subscription_id)
        company = companies.latest(connection, known.account_id) if known is not None else None
        return company.buyer if company is not None else Buyer(self.renderer.seller.country)

    def _start(self, job: MailReminder | MailNotice) -> str:
        token = notifications.start_token(self.server_key, job.subscription_id, job.ends_at)
        return f"{self.public_url}/chat?start={token}"

    def _to(self, connection: sa.Connection, subscription_id: str, customer_id: str) -> tuple[str | None, str]:
        """Return the addressee's e-mail (None without one) and language.

        Of a customer on file no language is known but the seller's first.
        """
        if customer_id:
            known = directory.get(connection, customer_id)
            return known.email if known is not None else None, self.renderer.seller.locales[0]
        holder = subscriptions.holder(connection, subscription_id)
        return (holder.email, holder.locale) if holder is not None else (None, "")


LETTERS: Mapping[type[Job], Callable[[NoticeLetters, sa.Connection, Any], Mail | None]] = {
    MailReminder: NoticeLetters.reminder,
    MailNotice: NoticeLetters.letter,
}


def _not_mailed(job: Job) -> RenewalNotMailed:
    """Return what a lost letter means: of those that go out beside a chat, the chat has said it."""
    what = job.notice if isinstance(job, MailNotice) else type(job).__name__
    return RenewalNotMailed(not getattr(job, "told", False), what == ChargeComing.__name__, what)


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
    office = NoticeLetters(deps.renderer, deps.server_key, deps.public_url, deps.clock.now())
    letter = await deps.store.read(lambda connection: LETTERS[type(job)](office, connection, job))
    if letter is None:
        return _not_mailed(job)
    if isinstance(job, MailReminder) and not await deps.store.write(lambda c: _still_wanted(deps, c, job, letter.to)):
        return RenewalMailed()  # they have stopped reminders since: nobody waits for it
    return await deps.post(letter, stored.key, RenewalMailed(), lambda _r: _not_mailed(job))
