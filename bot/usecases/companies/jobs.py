"""Calls to the registers of companies and to the seller's own customer file."""

from collections.abc import Sequence

import structlog

from bot.usecases.accounts import on_file_record
from bot.usecases.job_deps import Tools
from dialogs.kit import Event
from dialogs.messages.company import CompanyFound, CompanyUnknown, LookUpCompany, LookUpCompanyLater
from dialogs.messages.on_file import LookUpOnFile, OnFileLookedUp
from dialogs.state import CompanyData
from services.directory import directory
from services.errors import Misconfigured, Refused, Unavailable
from services.jobs.port import Call as StoredCall
from services.registers.company import Found, Register
from services.registers.lookup import look_up

_log = structlog.get_logger(__name__)

# A customer waits so long for a register, then types; in the background it may take longer.
LOOKUP_BUDGET_S = 8.0
LATER_BUDGET_S = 30.0


async def look_up_company(tools: Tools, call: LookUpCompany, _stored: StoredCall) -> Event:
    """While the customer waits."""
    return await _look_up(tools, call, LOOKUP_BUDGET_S)


async def look_up_later(tools: Tools, call: LookUpCompanyLater, _stored: StoredCall) -> Event:
    """In the background."""
    return await _look_up(tools, call, LATER_BUDGET_S)


async def _look_up(tools: Tools, call: LookUpCompany | LookUpCompanyLater, budget: float) -> Event:
    asked = (tools.vies,) if call.trade else _in_order(tools)
    try:
        answer = await look_up(asked, call.tax_number, country=call.country, budget=budget)
    except Refused:
        return CompanyUnknown()
    if not isinstance(answer, Found):
        return CompanyUnknown()
    known, proof = answer.company, answer.evidence
    data = CompanyData(known.name, known.street, known.postal_code, known.city)
    gone = known.struck_off
    return CompanyFound(
        data,
        answer.source,
        proof.at,
        proof.request_id,
        struck_off=None if gone is None else gone.of,
        since=None if gone is None else gone.since,
    )


def _in_order(tools: Tools) -> Sequence[Register]:
    """The registers as this seller wants them asked."""
    first = tools.renderer.seller.company.registers
    return sorted(tools.registers, key=lambda r: first.index(r.source) if r.source in first else len(first))


async def look_up_on_file(tools: Tools, call: LookUpOnFile, _stored: StoredCall) -> Event:
    """Whoever it knows by this number is put on file. It is asked once: a customer waits."""
    try:
        told = await tools.directory.by_number(call.number) if tools.directory is not None else None
    except (Unavailable, Misconfigured) as error:
        _log.error("directory_silent", alarm=True, reason=error.reason, origin=error.origin)
        return OnFileLookedUp(answered=False)
    record = on_file_record.looked_up(tools.renderer.seller, told, call.number) if told is not None else None
    if record is not None:
        await tools.store.write(lambda connection: directory.put(connection, record, tools.clock.now()))
    return OnFileLookedUp(answered=True)
