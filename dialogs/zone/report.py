"""The customer zone's report of wrong company data, for sellers who put their customers' data right themselves.

Its step belongs to the dialog `zone` (`dialogs/zone/zone.py` declares it at its place).
"""

from dialogs.company.data import REPORT_CHARS, parse_words, read_company
from dialogs.company.data import shown as company_shown
from dialogs.kit import Answered, Chosen, Decision, Dialog, Say, required, then
from dialogs.messages.renewal import CompanyReported, MailTicket, ReportCompany
from dialogs.state import Ctx, Zone
from dialogs.zone.pages import another_page, reports, to_home
from values.meaning import Expects

PAGE = "report"


def declare_report(dialog: Dialog[Zone]) -> None:
    """Declare the step: the customer's own words, sent to the seller's people."""
    report = dialog.ask(
        "data_report",
        Expects.free_text,
        parse=parse_words,
        when=lambda s, c: s.page == PAGE and bool(reports(c)),
        done=lambda _s, _c: False,
        free_text=True,
        options=lambda _s, _c: (to_home,),
        params=lambda _s, c: company_shown(read_company(c), c),
        intents={"back": "zone:home"},
        counted=False,
    )
    report.on(Answered)(reported)
    report.on(Chosen)(another_page)
    report.on(CompanyReported)(report_kept)


def reported(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """File the report; the data stay as they are until the seller has looked at it."""
    account, company = required(ctx.case.account.id), read_company(ctx)
    words = str(e.value)[:REPORT_CHARS]
    return then(s, ReportCompany(account, required(company.tax_number), company.data(), words))


def report_kept(_s: Zone, e: CompanyReported, _ctx: Ctx) -> Decision[Zone]:
    """Return home with the report's number."""
    return then(Zone(), MailTicket(e.ticket_id), Say("zone.data_reported", {"number": e.number}))
