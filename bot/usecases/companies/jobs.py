"""Calls to the registers of companies and to the seller's own customer file."""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.usecases.accounts import on_file
from bot.usecases.job_deps import JobDeps, does
from dialogs.kit import Event
from dialogs.messages.company import CompanyFound, CompanyUnknown, LookUpCompany, LookUpCompanyLater, RegisterSilent
from dialogs.messages.on_file import LookUpOnFile, OnFileLookedUp
from dialogs.state import CompanyData
from services import limits
from services.directory import directory
from services.errors import Misconfigured, ProviderRefused, ProviderUnavailable
from services.jobs.backoff import pause
from services.jobs.port import StoredJob
from services.registers.register import CompanyFoundInRegister, Register, look_up

_log = structlog.get_logger(__name__)

# A customer waits so long for a register, then types; in the background it may take longer.
LOOKUP_BUDGET_S = 8.0
LATER_BUDGET_S = 30.0
# The white list answers a hundred questions a day: one chat must not use them up for all customers. Beyond the limit a
# customer goes on as with registers that are silent.
LOOK_UPS = limits.Rule("register look-ups", 10, timedelta(hours=1))
LOOK_UPS_OF_NETWORK = limits.Rule("register look-ups, a network", 30, timedelta(hours=1))


@does(LookUpCompany, tries=1, given_up=lambda _: RegisterSilent())
async def look_up_company(deps: JobDeps, job: LookUpCompany, stored: StoredJob) -> Event:
    """While the customer waits."""
    return await _look_up(deps, job, stored, LOOKUP_BUDGET_S)


@does(LookUpCompanyLater, tries=12, given_up=lambda _: RegisterSilent())
async def look_up_later(deps: JobDeps, job: LookUpCompanyLater, stored: StoredJob) -> Event:
    """In the background."""
    try:
        return await _look_up(deps, job, stored, LATER_BUDGET_S)
    except ProviderUnavailable as error:
        # Each try asks those again that have answered: no probing.
        error.retry_after = error.retry_after or pause(stored.attempts)
        raise


async def _look_up(deps: JobDeps, job: LookUpCompany | LookUpCompanyLater, stored: StoredJob, budget: float) -> Event:
    if not await deps.has_room(stored, LOOK_UPS, LOOK_UPS_OF_NETWORK):
        _log.warning("register_look_ups_limited")
        return RegisterSilent()
    asked = (deps.vies,) if job.trade else _in_order(deps)
    try:
        answer = await look_up(asked, job.tax_number, country=job.country, budget=budget)
    except ProviderRefused:
        return CompanyUnknown()
    if not isinstance(answer, CompanyFoundInRegister):
        return CompanyUnknown()
    known, proof = answer.company, answer.evidence
    data = CompanyData(known.name, known.street, known.postal_code, known.city, known.seat)
    gone = known.struck_off
    return CompanyFound(
        data,
        answer.source,
        proof.at,
        proof.request_id,
        struck_off=None if gone is None else gone.of,
        since=None if gone is None else gone.since,
    )


def _in_order(deps: JobDeps) -> Sequence[Register]:
    """Return the registers as this seller wants them asked."""
    first = deps.renderer.seller.company.registers
    return sorted(deps.registers, key=lambda r: first.index(r.source) if r.source in first else len(first))


@does(LookUpOnFile, tries=1, given_up=lambda _: OnFileLookedUp(answered=False))
async def look_up_on_file(deps: JobDeps, job: LookUpOnFile, _stored: StoredJob) -> Event:
    """Look up a customer by number in the seller's own system, and put them on file if it knows them.

    It asks once: a customer waits.
    """
    try:
        told = await deps.directory.by_number(job.number) if deps.directory is not None else None
    except (ProviderUnavailable, Misconfigured) as error:
        _log.error("directory_silent", alarm=True, reason=error.reason, origin=error.origin)
        return OnFileLookedUp(answered=False)
    record = on_file.pick_looked_up_record(deps.renderer.seller, told, job.number) if told is not None else None
    if record is not None:
        await deps.store.write(lambda connection: directory.import_customer(connection, record, deps.clock.now()))
    return OnFileLookedUp(answered=True)
