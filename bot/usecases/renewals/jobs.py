"""Jobs that write to whoever has no conversation of a subscription that ends: the link in the letter begins one."""

from collections.abc import Callable
from typing import Any

from bot.usecases.job_deps import JobDeps, does
from bot.usecases.renewals.emails import RenewalLetters
from dialogs.kit import Event
from dialogs.messages.renewal import (
    MailCharge,
    MailLapse,
    MailNoLongerSold,
    MailReminder,
    MailTerms,
    MailToPay,
    RenewalMailed,
    RenewalNotMailed,
)
from services.jobs.port import StoredJob
from services.messaging.mail import Mail


@does(MailReminder, tries=12, given_up=lambda _: RenewalNotMailed())
async def mail_reminder(deps: JobDeps, job: MailReminder, stored: StoredJob) -> Event:
    return await _letter(deps, lambda of, c: of.reminder(c, job), stored)


@does(MailLapse, tries=12, given_up=lambda _: RenewalNotMailed())
async def mail_lapse(deps: JobDeps, job: MailLapse, stored: StoredJob) -> Event:
    return await _letter(deps, lambda of, c: of.lapse(c, job), stored)


@does(MailNoLongerSold, tries=12, given_up=lambda _: RenewalNotMailed())
async def mail_no_longer_sold(deps: JobDeps, job: MailNoLongerSold, stored: StoredJob) -> Event:
    return await _letter(deps, lambda of, c: of.no_longer_sold(c, job), stored)


@does(MailToPay, tries=12, given_up=lambda _: RenewalNotMailed())
async def mail_to_pay(deps: JobDeps, job: MailToPay, stored: StoredJob) -> Event:
    return await _letter(deps, lambda of, c: of.to_pay(c, job), stored)


@does(MailTerms, tries=12, given_up=lambda _: RenewalNotMailed())
async def mail_terms(deps: JobDeps, job: MailTerms, stored: StoredJob) -> Event:
    return await _letter(deps, lambda of, c: of.terms(c, job), stored)


@does(MailCharge, tries=12, given_up=lambda _: RenewalNotMailed())
async def mail_charge(deps: JobDeps, job: MailCharge, stored: StoredJob) -> Event:
    return await _letter(deps, lambda of, c: of.charge(c, job), stored)


async def _letter(deps: JobDeps, write: Callable[[RenewalLetters, Any], Mail | None], stored: StoredJob) -> Event:
    office = RenewalLetters(deps.renderer, deps.server_key, deps.public_url, deps.clock.now())
    letter = await deps.store.read(lambda connection: write(office, connection))
    if letter is None:
        return RenewalNotMailed()
    return await deps.post(letter, stored.key, RenewalMailed(), lambda _r: RenewalNotMailed())
