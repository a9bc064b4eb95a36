"""Corrections of company data: the customer's report to support, and late answers of registers."""

from collections.abc import Callable

from msgspec.structs import replace

from dialogs.company.data import REGISTERED, REPORT_CHARS, parse_words, show_company
from dialogs.kit import HUMAN, Answered, Decision, Dialog, Option, Params, Say, Skipped, keep_slots, need_slot, then
from dialogs.messages.company import CheckSet, CompanyFound, CompanyUnknown, RegisterSilent, SetCheck
from dialogs.messages.renewal import CompanyReported, MailTicket, ReportCompany, TicketMailed
from dialogs.state import Company, CompanyData, Ctx, Registered
from values.meaning import Expects, Intent

_SEND = "company_report:send"
_FEWEST_WORDS = 3


def begin_report(s: Company, ctx: Ctx) -> Decision[Company]:
    """Ask what is wrong; the words that said so are the report, unless they say no more than that."""
    told = ctx.said.meaning if ctx.said is not None else None
    words = told.text[:REPORT_CHARS] if isinstance(told, Intent) and told.name == "wrong_register_data" else ""
    return then(replace(s, reporting=True, report=words if len(words.split()) >= _FEWEST_WORDS else None))


def add_report(dialog: Dialog[Company], is_ordering: Callable[[Ctx], bool]) -> None:
    """Declare the step, for customers who said that something is wrong, wherever they did."""
    report = dialog.ask(
        "company_report",
        Expects.free_text,
        parse=parse_words,
        when=lambda s, _c: s.reporting,
        done=lambda _s, _c: False,
        free_text=True,
        options=_ways,
        params=lambda s, ctx: {**show_company(s, ctx), "report": s.report},
        intents={"back": "company_report:skip"},
        counted=False,
    )

    @report.on(Answered)
    def take_report(s: Company, e: Answered, ctx: Ctx) -> Decision[Company]:
        """Show the words; once they are sent, by a press, the order needn't wait for the seller's people."""
        if s.report is not None and (e.text == _SEND or e.value == "send"):
            return then(s, ReportCompany(need_slot(ctx.case.account.id), need_slot(s.tax_number), s.data(), s.report))
        return then(replace(s, report="\n".join(filter(None, (s.report, str(e.value))))[:REPORT_CHARS]))

    @report.on(Skipped)
    def drop_report(s: Company, _e: Skipped, _ctx: Ctx) -> Decision[Company]:
        """Take the data as right after all."""
        return then(replace(s, reporting=False, report=None))

    @report.on(CompanyReported)
    def continue_after_report(s: Company, e: CompanyReported, ctx: Ctx) -> Decision[Company]:
        """Go on with the data as they are."""
        going_on = replace(s, reporting=False, report=None, confirmed="yes")
        about: Params = {"number": e.number, "ordering": is_ordering(ctx)}
        return then(going_on, MailTicket(e.ticket_id), Say("company.reported", about))

    dialog.always(TicketMailed)(keep_slots)


def _ways(s: Company, _ctx: Ctx) -> tuple[Option, ...]:
    """Return the button that sends the report already made, and the way past."""
    send = (Option(_SEND, "option.company_report.send"),) if s.report is not None else ()
    return (*send, Option("company_report:skip", "option.company_report.skip"))


def add_late_answers(dialog: Dialog[Company]) -> None:
    """Declare the reactions."""

    @dialog.always(CompanyFound)
    def offer_late_data(s: Company, e: CompanyFound, ctx: Ctx) -> Decision[Company]:
        """Offer the register's differing data before the order; later they only count as a check."""
        if not s.tax_number:
            return then(s)  # it was about a company that is asked for no more
        same = agrees_with_register(s, e.data)
        if s.id is not None and (same or ctx.case.order.id is not None):
            now = check_data(take_verdict(s, e), e.data)
            checked_at = (now.vat_checked_at, now.vat_check_id)
            return then(s, SetCheck(s.id, now.check or "verified", *checked_at, data=s.data()))
        if same:
            source = e.source if s.data() == e.data else s.source
            return then(replace(take_verdict(s, e), source=source), *warn_struck_off(e))
        known = replace(take_verdict(s, e), source=e.source, found=None)
        if None in (s.name, s.street, s.postal_code, s.city):
            return then(fill_data(known, e.data), Say("company.found_meanwhile"), *warn_struck_off(e))
        return then(
            replace(known, offered=e.data, confirmed=None, id=None), Say("company.found_late"), *warn_struck_off(e)
        )

    @dialog.always(CompanyUnknown)
    def record_unknown_company(s: Company, _e: CompanyUnknown, _ctx: Ctx) -> Decision[Company]:
        """Record the check for the seller; the customer isn't troubled."""
        return then(s, SetCheck(s.id, "not_found")) if s.id is not None else then(replace(s, check="not_found"))

    dialog.always(RegisterSilent, CheckSet)(keep_slots)  # after all tries the check stays pending


def agrees_with_register(s: Company, told: CompanyData) -> bool:
    """Return whether a register says the same, as far as it says anything; some keep name and address back."""
    mine = s.data()
    pairs = ((getattr(told, name), getattr(mine, name)) for name in (*REGISTERED, "country"))
    return all(theirs in ("", ours) for theirs, ours in pairs)


def list_early_answers(s: Company) -> dict[str, str]:
    """Return the data that the customer told before a register was asked, by slot."""
    return {slot: value for slot in REGISTERED if (value := getattr(s, slot)) is not None}


def set_typed_value(s: Company, slot: str, value: object) -> Company:
    """Return the data with one value typed: unverified until they are the register's again."""
    typed = replace(s, **{slot: value})
    found = s.found or (Registered(s.source, s.data()) if s.source not in (None, "customer") else None)
    if found is None:
        return typed
    source = found.source if typed.data() == found.data else "customer"
    return replace(check_data(typed, found.data), found=found, source=source)


def check_data(s: Company, told: CompanyData) -> Company:
    """Return the data checked against a register, which verifies only what it says itself."""
    if s.check not in ("verified", "pending"):
        return s
    return replace(s, check="verified" if agrees_with_register(s, told) else "pending")


def take_verdict(s: Company, e: CompanyFound) -> Company:
    """Return the company with a register's verdict; VIES's has a time and a number."""
    by_vies = e.source == "vies"
    return replace(
        s,
        check="verified" if e.struck_off is None else "not_found",
        vat_checked_at=e.checked_at if by_vies else None,
        vat_check_id=e.check_id if by_vies else None,
    )


def make_company_without_number(s: Company) -> Company:
    """Return the company as one that no register can be asked for: its data are typed, and stay unverified."""
    return replace(s, lookup="none", source="customer", check="not_found")


def warn_struck_off(e: CompanyFound) -> tuple[Say, ...]:
    """Tell that the company is struck off, so that a wrong number is noticed; the order goes on."""
    if e.struck_off is None:
        return ()
    about: Params = {"of": e.struck_off, "since": e.since, "dated": e.since is not None}
    return (Say("company.struck_off", about, (HUMAN,)),)


def fill_data(s: Company, data: CompanyData) -> Company:
    """Return the slots filled with a register's data; the values that it keeps back are asked."""
    known = {name: getattr(data, name) or None for name in (*REGISTERED, "country")}
    return replace(s, **known)
