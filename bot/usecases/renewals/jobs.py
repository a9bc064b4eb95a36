"""Calls that write to whoever has no conversation of a subscription that ends: the link in the letter begins one."""

from collections.abc import Callable
from typing import Any

from bot.usecases.job_deps import JobDeps
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


async def mail_reminder(tools: JobDeps, call: MailReminder, stored: StoredJob) -> Event:
    return await _letter(tools, lambda of, c: of.reminder(c, call), stored)


async def mail_lapse(tools: JobDeps, call: MailLapse, stored: StoredJob) -> Event:
    return await _letter(tools, lambda of, c: of.lapse(c, call), stored)


async def mail_no_longer_sold(tools: JobDeps, call: MailNoLongerSold, stored: StoredJob) -> Event:
    return await _letter(tools, lambda of, c: of.no_longer_sold(c, call), stored)


async def mail_to_pay(tools: JobDeps, call: MailToPay, stored: StoredJob) -> Event:
    return await _letter(tools, lambda of, c: of.to_pay(c, call), stored)


async def mail_terms(tools: JobDeps, call: MailTerms, stored: StoredJob) -> Event:
    return await _letter(tools, lambda of, c: of.terms(c, call), stored)


async def mail_charge(tools: JobDeps, call: MailCharge, stored: StoredJob) -> Event:
    return await _letter(tools, lambda of, c: of.charge(c, call), stored)


async def _letter(tools: JobDeps, write: Callable[[RenewalLetters, Any], Mail | None], stored: StoredJob) -> Event:
    office = RenewalLetters(tools.renderer, tools.server_key, tools.public_url, tools.clock.now())
    letter = await tools.store.read(lambda connection: write(office, connection))
    if letter is None:
        return RenewalNotMailed()
    return await tools.post(letter, stored.key, RenewalMailed(), lambda _r: RenewalNotMailed())
