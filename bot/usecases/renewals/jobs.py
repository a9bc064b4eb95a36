"""The job that writes a notice of a term: to customers without a conversation, some to everybody."""

from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation import codec
from bot.conversation.render import Renderer
from bot.usecases.emails import rendering
from bot.usecases.job_deps import JobDeps, does
from bot.usecases.reminders import stop_links
from bot.usecases.renewals import notifications
from dialogs.kit import Event, Params
from dialogs.messages import renewal
from dialogs.renewal.notices import NOTICES, text_of
from dialogs.renewal.shown import term_price
from services.accounts import one_time_links
from services.companies import companies
from services.directory import directory
from services.jobs.port import StoredJob
from services.messaging.mail import Mail
from services.payments import book, record
from services.subscriptions import reminders, subscription_record
from values.money import Buyer
from values.renewal import days_left


class NoticeLetters(Struct, frozen=True):
    """Writes them for one seller, from the books as they are when the letter leaves."""

    renderer: Renderer
    server_key: bytes
    public_url: str
    now: datetime

    def letter(self, connection: sa.Connection, job: renewal.MailNotice) -> Mail | None:
        """Return the letter. None where nobody can be written to any more, or there is nothing to pay."""
        event, expires_at, href = codec.event_from(job.notice, job.facts), job.ends_at, f"{self.public_url}/chat"
        to, locale = self._to(connection, job)
        if isinstance(event, renewal.RenewalToPay):
            owed = record.get(connection, event.payment_id)
            if owed is None:
                return None
            event, expires_at = replace(event, gross=owed.amount, currency=owed.currency), owed.expires_at
            href = f"{self.public_url}/p/{book.public_token(self.server_key, owed.id)}"
        row = NOTICES[type(event)]
        if row.link == "start":
            href += f"?start={notifications.start_token(self.server_key, job.subscription_id, job.ends_at)}"
        params, name = row.shown(event, self.renderer.seller), text_of(row.letter, event)
        if not to:
            return None
        if isinstance(event, renewal.SubscriptionEnding):
            params = {**params, **self._term(connection, job, event)}
            leave = f"{self.public_url}/s/{_leave_token(self.server_key, job)}"
            return rendering.write_reminder(self.renderer, to, href, leave, params, locale)
        return rendering.write_link_letter(self.renderer, name, to, href, expires_at, locale, params, row.foot)

    def _term(self, connection: sa.Connection, job: renewal.MailNotice, event: renewal.SubscriptionEnding) -> Params:
        """Return the days that are left of the term now, and the price of another."""
        seller = self.renderer.seller
        known = subscription_record.get(connection, job.subscription_id)
        company = companies.find_latest_company(connection, known.account_id) if known is not None else None
        buyer = company.buyer if company is not None else Buyer(seller.country)
        days = days_left(job.ends_at, self.now, seller.zone)
        return {"days": days, **term_price(event.product, buyer, seller)}

    def _to(self, connection: sa.Connection, job: renewal.MailNotice) -> tuple[str | None, str]:
        """Return the addressee's e-mail (None without one) and language.

        Of a customer on file no language is known but the seller's first.
        """
        if job.customer_id:
            known = directory.get(connection, job.customer_id)
            return known.email if known is not None else None, self.renderer.seller.locales[0]
        holder = subscription_record.holder(connection, job.subscription_id)
        return (holder.email, holder.locale) if holder is not None else (None, "")


def _leave_token(server_key: bytes, job: renewal.MailNotice) -> str:
    return notifications.leave_token(server_key, job.subscription_id, job.ends_at)


ANNOUNCING = (renewal.ChargeComing.__name__, renewal.RenewalCharged.__name__)
"""What tells of a charge to come: of short terms the receipt does."""


def _not_mailed(job: renewal.MailNotice) -> renewal.RenewalNotMailed:
    """Return what a lost letter means: of those that go out beside a chat, the chat has said it."""
    return renewal.RenewalNotMailed(not job.told, job.notice in ANNOUNCING, job.notice)


def _still_wanted(deps: JobDeps, connection: sa.Connection, job: renewal.MailNotice, to: str) -> bool:
    """Return whether its reader still wants reminders; note the address that its link to stop them goes to."""
    link = one_time_links.find(connection, token=_leave_token(deps.server_key, job), now=deps.clock.now())
    if link is not None:
        stop_links.note_letter_address(connection, link, deps.server_key, to)
    if job.customer_id:
        return not reminders.is_stopped(connection, job.customer_id)
    holder = subscription_record.holder(connection, job.subscription_id)
    return holder is not None and not reminders.has_stopped_reminders(connection, holder.id)


@does(renewal.MailNotice, tries=12, given_up=_not_mailed, writes=True)
async def mail_notice(deps: JobDeps, job: renewal.MailNotice, stored: StoredJob) -> Event:
    """Send the letter of the notice, as the books are now."""
    office = NoticeLetters(deps.renderer, deps.server_key, deps.public_url, deps.clock.now())
    letter = await deps.store.read(lambda connection: office.letter(connection, job))
    if letter is None:
        return _not_mailed(job)
    if letter.leave is not None and not await deps.store.write(lambda c: _still_wanted(deps, c, job, letter.to)):
        return renewal.RenewalMailed()  # they have stopped reminders since: nobody waits for it
    return await deps.post(letter, stored.key, renewal.RenewalMailed(), lambda _r: _not_mailed(job))
