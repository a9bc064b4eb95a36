"""Company report: data that only the seller corrects are reported to support, and the order goes on.

A step of the company dialog.
"""

from dataclasses import replace

from dialogs.company.data import REPORT_CHARS, data, parse_words, shown
from dialogs.kit import Answered, Decision, Dialog, Option, Params, Say, Skipped, required, then, unchanged
from dialogs.messages.renewal import CompanyReported, MailTicket, ReportCompany, TicketMailed, TicketNotMailed
from dialogs.state import Company, Ctx
from values.meaning import Expects

_SEND = "company_report:send"
_FEWEST_WORDS = 4


def stated(words: str) -> str | None:
    """Return the report that was made together with "wrong", unless it says no more than that."""
    return words if len(words.split()) >= _FEWEST_WORDS or any(c.isdecimal() for c in words) else None


def add_report(dialog: Dialog[Company]) -> None:
    """Declare the step, for customers who said that something is wrong."""
    report = dialog.ask(
        "company_report",
        Expects.free_text,
        parse=parse_words,
        when=lambda s, _c: s.reporting,
        done=lambda _s, _c: False,
        free_text=True,
        optional=True,
        options=_ways,
        params=_asked,
        intents={"back": "company_report:skip"},
        counted=False,
    )

    @report.on(Answered)
    def reported(s: Company, e: Answered, ctx: Ctx) -> Decision[Company]:
        """Send the report to the seller's people; the order needn't wait for them."""
        more = "" if e.text == _SEND or e.value == "send" else str(e.value)
        words = "\n".join(filter(None, (s.report, more)))[:REPORT_CHARS]
        if not words:
            return then(s)
        return then(s, ReportCompany(required(ctx.case.account.id), required(s.tax_number), data(s), words))

    @report.on(Skipped)
    def not_reported(s: Company, _e: Skipped, _ctx: Ctx) -> Decision[Company]:
        """Take the data as right after all."""
        return then(replace(s, reporting=False, report=None))

    @report.on(CompanyReported)
    def report_kept(s: Company, e: CompanyReported, _ctx: Ctx) -> Decision[Company]:
        """Go on with the data as they are."""
        going_on = replace(s, reporting=False, report=None, confirmed="yes")
        return then(going_on, MailTicket(e.ticket_id), Say("company.reported", {"number": e.number}))

    dialog.always(TicketMailed, TicketNotMailed)(unchanged)


def _ways(s: Company, _ctx: Ctx) -> tuple[Option, ...]:
    """Return the button that sends the report already made, and the way past."""
    send = (Option(_SEND, "option.company_report.send"),) if s.report is not None else ()
    return (*send, Option("company_report:skip", "option.company_report.skip"))


def _asked(s: Company, ctx: Ctx) -> Params:
    return {**shown(s, ctx), "report": s.report}
