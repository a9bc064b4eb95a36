"""Company: the tax number is looked up in a public register; the customer checks what was found, or types it in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from dialogs.case import Company, CompanyData, Ctx
from dialogs.kit import Answered, Asked, Decision, Dialog, Option, Param, Params, Say, Step, Unawait, then
from dialogs.words.account import LoggedIn
from dialogs.words.company import (
    CheckSet,
    CompanyFound,
    CompanySaved,
    CompanyUnknown,
    LookUpCompany,
    LookUpCompanyLater,
    RegisterSilent,
    SaveCompany,
    SetCheck,
)
from dialogs.words.order import OrderRefused
from values import address_text, postal_code, tax_number
from values.account_view import CompanyView
from values.expects import Expects
from values.parsed import Parsed

# A saved company is the account's: starting again does not forget it.
Parse = Callable[[str, Company, Ctx], Parsed[str]]


def _as_saved(s: Company) -> Company:
    """A change that isn't finished is given up; without a saved company nothing stays."""
    return s if s.id is not None else replace(s.kept, kept=s.kept) if s.kept is not None else Company()


dialog = Dialog("company", Company, outlives=_as_saved)
FIELDS = ("tax_number", "company_name", "street", "postal_code", "city")


def edits() -> tuple[Option, ...]:
    """A button for each of the data that may be changed: all but the country."""
    return tuple(Option(f"edit:{name}", f"edit.{name}") for name in FIELDS)


def _parse_number(text: str, _s: Company, ctx: Ctx) -> Parsed[str]:
    return tax_number.parse(text, ctx.seller.country)


def _parse_name(text: str, _s: Company, _ctx: Ctx) -> Parsed[str]:
    return address_text.parse_company_name(text)


def _parse_street(text: str, _s: Company, _ctx: Ctx) -> Parsed[str]:
    return address_text.parse_street(text)


def _parse_postal_code(text: str, _s: Company, ctx: Ctx) -> Parsed[str]:
    return postal_code.parse(text, ctx.seller.country)


def _parse_city(text: str, _s: Company, _ctx: Ctx) -> Parsed[str]:
    return address_text.parse_city(text)


def _data(s: Company) -> CompanyData:
    return CompanyData(s.name or "", s.street or "", s.postal_code or "", s.city or "")


def shown(s: Company, ctx: Ctx) -> Params:
    """The company's lines for the texts."""
    offered = s.offered
    lines: dict[str, Param] = {
        "tax_number": tax_number.display(s.tax_number or ""),
        "name": s.name,
        "street": s.street,
        "postal_code": s.postal_code,
        "city": s.city,
        "country": ctx.seller.country,
        "check": s.check,
        "offered": offered is not None,
    }
    if offered is not None:
        lines |= {
            "offered_name": offered.name,
            "offered_street": offered.street,
            "offered_postal_code": offered.postal_code,
            "offered_city": offered.city,
        }
    return lines


def _confirming(s: Company, _ctx: Ctx) -> tuple[Option, ...]:
    register = (Option("confirm:register", "option.company.register"),) if s.offered is not None else ()
    changed = s.kept is not None and (s.tax_number, _data(s)) != (s.kept.tax_number, _data(s.kept))
    keep = (Option("confirm:keep", "option.company.keep"),) if changed else ()
    return (*register, Option("confirm:yes", "option.company.yes"), Option("confirm:edit", "option.edit"), *keep)


number = dialog.ask("tax_number", Expects.tax_number, slot="tax_number", parse=_parse_number, changeable=True)
lookup = dialog.do(
    "lookup",
    lambda s, c: LookUpCompany(c.seller.country, s.tax_number or ""),
    done=lambda s, _c: s.lookup is not None,
    slots=("lookup", "source", "check", "offered"),
    needs=("tax_number",),
    slow_after=timedelta(seconds=3),
)


def _field(name: str, slot: str, expects: Expects, parse: Parse, *, free_text: bool = True) -> Step[Company]:
    """One of the data: prefilled by a register or typed, and changeable for good."""
    return dialog.ask(
        name,
        expects,
        slot=slot,
        parse=parse,
        needs=("lookup",),
        free_text=free_text,
        changeable=True,
        counted=False,
    )


_field("company_name", "name", Expects.company_name, _parse_name)
_field("street", "street", Expects.street, _parse_street)
_field("postal_code", "postal_code", Expects.postal_code, _parse_postal_code, free_text=False)
_field("city", "city", Expects.city, _parse_city)
confirm = dialog.choose(
    "confirm",
    _confirming,
    slot="confirmed",
    expects=Expects.confirm_data,
    needs=("tax_number", "lookup", "company_name", "street", "postal_code", "city"),
    params=shown,
    intents={
        "affirm": "confirm:yes",
        "deny": "confirm:edit",
        "correct_data": "confirm:edit",
        "wrong_register_data": "confirm:edit",
    },
    edits=FIELDS,
)
save = dialog.do(
    "save",
    lambda s, c: SaveCompany(
        c.case.account.id or "",
        c.seller.country,
        s.tax_number or "",
        _data(s),
        s.source or "customer",
        s.check or "pending",
    ),
    done=lambda s, _c: s.id is not None,
    slots=("id",),
    needs=("confirm",),
)


@number.on(Answered)
def number_given(s: Company, e: Answered, _ctx: Ctx) -> Decision[Company]:
    """Another number is another company: nothing of the old one stays, unless the change is given up."""
    return then(Company(tax_number=str(e.value), kept=s.kept))


@lookup.on(CompanyFound)
def found(s: Company, e: CompanyFound, _ctx: Ctx) -> Decision[Company]:
    """The register's data are filled in; the customer looks them over."""
    return then(_filled(replace(s, lookup="found", source=e.source, check="verified"), e.data))


@lookup.on(CompanyUnknown)
def unknown(s: Company, _e: CompanyUnknown, ctx: Ctx) -> Decision[Company]:
    """The number is formally right: the customer types the data, and the registers are asked again later."""
    typed = replace(s, lookup="not_found", source="customer", check="pending")
    return then(typed, Say("company.unknown"), LookUpCompanyLater(ctx.seller.country, s.tax_number or ""))


@lookup.on(RegisterSilent)
def silent(s: Company, _e: RegisterSilent, ctx: Ctx) -> Decision[Company]:
    """The sale never waits for a register."""
    typed = replace(s, lookup="unavailable", source="customer", check="pending")
    return then(typed, Say("company.register_silent"), LookUpCompanyLater(ctx.seller.country, s.tax_number or ""))


@dialog.always(CompanyFound)
def found_late(s: Company, e: CompanyFound, ctx: Ctx) -> Decision[Company]:
    """Before the order the register's data are offered where they differ; afterwards they only count as a check."""
    same = e.data == _data(s)
    if s.id is not None and (same or ctx.case.order.id is not None):
        return then(replace(s, check="verified"), SetCheck(s.id, "verified"))
    known = replace(s, source=e.source, check="verified")
    if same:
        return then(known)
    if None in (s.name, s.street, s.postal_code, s.city):
        return then(_filled(known, e.data), Say("company.found_meanwhile"))
    return then(replace(known, offered=e.data, confirmed=None, id=None), Say("company.found_late"))


@dialog.always(CompanyUnknown)
def unknown_late(s: Company, _e: CompanyUnknown, _ctx: Ctx) -> Decision[Company]:
    """The registers don't know it: the seller sees that, the customer isn't troubled."""
    checked = replace(s, check="not_found")
    return then(checked, SetCheck(s.id, "not_found")) if s.id is not None else then(checked)


@dialog.always(RegisterSilent)
def silent_late(s: Company, _e: RegisterSilent, _ctx: Ctx) -> Decision[Company]:
    """Still no answer after all tries: the check stays pending."""
    return then(s)


@dialog.always(CheckSet)
def check_set(s: Company, _e: CheckSet, _ctx: Ctx) -> Decision[Company]:
    """Nothing to say."""
    return then(s)


@confirm.on(Answered)
def confirmed(s: Company, e: Answered, _ctx: Ctx) -> Decision[Company]:
    """The customer's yes, to the data shown or to the register's; or to those saved before."""
    if e.value == "keep":
        return then(_as_saved(s))
    if e.value == "register" and s.offered is not None:
        return then(replace(_filled(s, s.offered), offered=None, confirmed="yes"))
    source = "customer" if s.offered is not None else s.source
    return then(replace(s, confirmed="yes", offered=None, source=source))


@save.on(CompanySaved)
def saved(s: Company, e: CompanySaved, _ctx: Ctx) -> Decision[Company]:
    """What the data are for, and that they can be changed."""
    known = replace(s, id=e.company_id, kept=None)
    return then(replace(known, kept=known), Say("company.saved", {"name": s.name}))


@dialog.always(OrderRefused)
def not_confirmed(s: Company, e: OrderRefused, _ctx: Ctx) -> Decision[Company]:
    """The desk's books know of no confirmation: it is asked for once more."""
    return then(replace(s, confirmed=None, id=None) if e.reason == "company_unconfirmed" else s)


@dialog.always(LoggedIn)
def logged_in(s: Company, e: LoggedIn, _ctx: Ctx) -> Decision[Company]:
    """The account's company is shown to be confirmed, unless an order stands on it; an account without one gets what
    was typed before the log-in."""
    if e.view.company is None:
        return then(replace(s, id=None, kept=None))
    known = _known(e.view.company)
    ordered = e.view.order is not None and e.view.order.status in ("placed", "paid")
    now = known if ordered else replace(known, id=None, confirmed=None)
    return then(replace(now, kept=known), Unawait())


@dialog.asked("correct_data", "wrong_register_data", "add_company")
def change_wanted(s: Company, _e: Asked, _ctx: Ctx) -> Decision[Company]:
    """Which of the data it is about is said by a button; before the tax number its question is the answer."""
    return then(s, Say("company.which_to_change", options=edits())) if s.lookup is not None else then(s)


def _known(view: CompanyView) -> Company:
    return Company(
        tax_number=view.tax_number,
        lookup="known",
        source=view.source,
        check=view.check,
        name=view.name,
        street=view.street,
        postal_code=view.postal_code,
        city=view.city,
        confirmed="yes",
        id=view.id,
    )


def _filled(s: Company, data: CompanyData) -> Company:
    return replace(s, name=data.name, street=data.street, postal_code=data.postal_code, city=data.city)
