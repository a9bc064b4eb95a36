"""Company: the tax number is looked up in a public register; the customer checks what was found, or types it in."""

from dataclasses import replace
from datetime import timedelta

from dialogs.case import Company, CompanyData, Ctx
from dialogs.kit import Answered, Decision, Dialog, Option, Param, Params, Say, then
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
from values import address_text, postal_code, tax_number
from values.expects import Expects
from values.parsed import Parsed

# A saved company is the account's: starting again does not forget it.
dialog = Dialog("company", Company, outlives=lambda s: s if s.id else Company())


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
    yes_or_edit = (Option("confirm:yes", "option.company.yes"), Option("confirm:edit", "option.edit"))
    if s.offered is not None:
        return (Option("confirm:register", "option.company.register"), *yes_or_edit)
    return yes_or_edit


number = dialog.ask("tax_number", Expects.tax_number, slot="tax_number", parse=_parse_number, changeable=True)
lookup = dialog.do(
    "lookup",
    lambda s, c: LookUpCompany(c.seller.country, s.tax_number or ""),
    done=lambda s, _c: s.lookup is not None,
    slots=("lookup", "source", "check", "offered"),
    needs=("tax_number",),
    slow_after=timedelta(seconds=3),
)
name = dialog.ask(
    "company_name",
    Expects.company_name,
    slot="name",
    parse=_parse_name,
    needs=("lookup",),
    free_text=True,
    changeable=True,
    counted=False,
)
street = dialog.ask(
    "street",
    Expects.street,
    slot="street",
    parse=_parse_street,
    needs=("lookup",),
    free_text=True,
    changeable=True,
    counted=False,
)
code = dialog.ask(
    "postal_code",
    Expects.postal_code,
    slot="postal_code",
    parse=_parse_postal_code,
    needs=("lookup",),
    changeable=True,
    counted=False,
)
city = dialog.ask(
    "city",
    Expects.city,
    slot="city",
    parse=_parse_city,
    needs=("lookup",),
    free_text=True,
    changeable=True,
    counted=False,
)
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
    edits=("tax_number", "company_name", "street", "postal_code", "city"),
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
def number_given(_s: Company, e: Answered, _ctx: Ctx) -> Decision[Company]:
    """Another number is another company: nothing of the old one stays."""
    return then(Company(tax_number=str(e.value)))


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
    if same or s.city is None:
        return then(replace(_filled(s, e.data), source=e.source, check="verified"))
    offered = replace(s, offered=e.data, source=e.source, confirmed=None, id=None)
    return then(offered, Say("company.found_late"))


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
    """The customer's yes, to the data shown or to the register's."""
    if e.value == "register" and s.offered is not None:
        return then(replace(_filled(s, s.offered), offered=None, check="verified", confirmed="yes"))
    source = "customer" if s.offered is not None else s.source
    return then(replace(s, confirmed="yes", offered=None, source=source))


@save.on(CompanySaved)
def saved(s: Company, e: CompanySaved, _ctx: Ctx) -> Decision[Company]:
    """What the data are for, and that they can be changed."""
    return then(replace(s, id=e.company_id), Say("company.saved", {"name": s.name}))


@dialog.always(LoggedIn)
def logged_in(s: Company, e: LoggedIn, _ctx: Ctx) -> Decision[Company]:
    """The account's company is shown for confirmation instead of being asked again."""
    known = e.view.company
    if known is None:
        return then(Company())
    return then(
        Company(
            tax_number=known.tax_number,
            lookup="known",
            source=known.source,
            check=known.check,
            name=known.name,
            street=known.street,
            postal_code=known.postal_code,
            city=known.city,
            confirmed="yes" if e.view.order is not None and e.view.order.status == "paid" else None,
            id=known.id if e.view.order is not None and e.view.order.status == "paid" else None,
        )
    )


def _filled(s: Company, data: CompanyData) -> Company:
    return replace(s, name=data.name, street=data.street, postal_code=data.postal_code, city=data.city)
