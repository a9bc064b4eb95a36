"""Company data: parsers, texts, comparisons with the registers, and the options of the company dialog."""

from collections.abc import Callable

from msgspec.structs import astuple, replace

from dialogs.kit import HUMAN, CardContent, Option, Param, Params, RowContent, Say
from dialogs.messages.company import CompanyFound, CompanySeen
from dialogs.state import Company, CompanyData, Ctx, Registered
from values import address, sdi_code, tax_number
from values.account_view import AccountView, CompanyView, answers
from values.country import RULES, Country
from values.money import Buyer, abroad
from values.parsing import Ok, Parsed, ParseRefused

Parse = Callable[[str, Company, Ctx], Parsed[str]]
REPORT_CHARS = 2000
FIELDS = ("tax_number", "company_name", "street", "postal_code", "city")
REGISTERED = ("name", "street", "postal_code", "city")
"""The slots of what a register knows."""
_SAVED = (*REGISTERED, "country", "holder_email", "delivery", "source", "check", "vat_checked_at", "vat_check_id")
"""The slots that are saved with a company."""


PERSON = "natural_person"
NO_NUMBER = ""
"""The number of a company that has said that it has none."""


def edits(ctx: Ctx) -> tuple[Option, ...]:
    """Return a button for each value that may be changed: the country only where no number tells it.

    Answers to the seller's own questions come last, but for those of an order.
    """
    rules, company = ctx.seller.company, ctx.case.company
    more = {
        "country": company.tax_number == NO_NUMBER,
        "holder_email": rules.holder_email,
        "sdi_code": by_sdi(company, ctx),
    }
    own = (q.id for q in ctx.seller.own_questions if q.keep != "order" and q.shown_to("customer"))
    answered = (name for name in own if name in ctx.case.own.answers)
    names = (*FIELDS, *(name for name, asked in more.items() if asked), *answered)
    return tuple(Option(f"edit:{name}", f"edit.{name}") for name in names)


def parse_number(text: str, _s: Company, ctx: Ctx) -> Parsed[str]:
    """Return the tax number; one of the seller's own country without its letters, as people there write it."""
    own = ctx.seller.country
    parsed = tax_number.parse(text, tax_number.VATIN if ctx.seller.company.vatin else own, own)
    if not isinstance(parsed, Ok) or own not in RULES or not RULES[own].bare:
        return parsed
    return Ok(parsed.value.removeprefix(own))


def country(s: Company, ctx: Ctx) -> str:
    """Return the country that taxes the company: that of its number, or what a company without one has said."""
    own = ctx.seller.country
    return (tax_number.country_of(s.tax_number) or own) if s.tax_number else (s.country or own)


def seat(s: Company, ctx: Ctx) -> str:
    """Return the country of the company's address: the one of its number, unless a register names another."""
    return s.country or country(s, ctx)


def by_sdi(s: Company, ctx: Ctx) -> bool:
    """Return whether the company's invoices go by Italy's exchange system to an address of its own."""
    return ctx.seller.company.sdi and country(s, ctx) == "IT"


def delivery(s: Company, ctx: Ctx) -> str | None:
    """Return the address of delivery by Italy's exchange system: abroad the one code that all have."""
    asked = ctx.seller.company.sdi and s.tax_number is not None
    return sdi_code.FOREIGN if asked and not by_sdi(s, ctx) else s.delivery


def trade(s: Company, ctx: Ctx) -> bool:
    """Return whether VIES has to confirm the number, as the buyer is to account for the VAT."""
    return bool(s.tax_number) and ctx.seller.vat.reverse_charge and abroad(country(s, ctx), ctx.seller.country)


def buyer(s: Company, ctx: Ctx) -> Buyer:
    """Return the company as far as VAT goes."""
    return Buyer(country(s, ctx), s.tax_number, s.vat_checked_at, s.vat_check_id)


def parse_postal_code(text: str, s: Company, ctx: Ctx) -> Parsed[str]:
    """Return a postal code of the company's country; one abroad is told its form rather than how ours differs."""
    where = seat(s, ctx)
    read = address.parse_postal_code(text, where)
    if isinstance(read, Ok) or where == ctx.seller.country or where not in RULES:
        return read
    return ParseRefused("postal_code.shape", {"example": RULES[where].postal_example})


def parse_words(text: str, _s: object, _ctx: Ctx) -> Parsed[str]:
    """Return the customer's report of what is wrong; a question is none."""
    if text.rstrip().endswith("?"):
        return ParseRefused("question")
    return Ok(" ".join(text.split())[:REPORT_CHARS])


def saved_as(s: Company) -> str | None:
    """Return the id of the company that is saved under this number, also while a change of it isn't saved."""
    return s.kept.id if s.id is None and s.kept is not None and s.kept.tax_number == s.tax_number else s.id


def declared(s: Company) -> bool:
    """Return whether the company is saved under this number: its statement of then holds."""
    return saved_as(s) is not None


def is_added(s: Company) -> bool:
    """Return whether it is checked and not saved yet."""
    return s.confirmed is not None and not declared(s)


def settled(s: Company) -> bool:
    """Return whether the statement is given, or the company was saved without it; one taken back is asked for again."""
    return s.statement is not None or (declared(s) and (s.kept is None or s.kept.statement is None))


def seen(s: Company, ctx: Ctx) -> CompanySeen | None:
    """Return the company that is saved under this number as this conversation last read it; None if it read none."""
    known = s.kept if declared(s) else None
    return None if known is None else CompanySeen(data(known), known.holder_email, delivery(known, ctx))


def read_anew(s: Company, view: CompanyView) -> Company:
    """Return the company with what others have changed of it since it was read; what was changed here alone stays."""
    now, before = from_view(view), s.kept if declared(s) else None
    mine = {name: getattr(now, name) for name in _SAVED}
    theirs = {k: v for k, v in mine.items() if before is None or s.id is not None or v != getattr(before, k)}
    return replace(s, **theirs, kept=held(now, s) if before is None else replace(before, **mine))


def differing(s: Company, before: Company, ctx: Ctx) -> str:
    """Return the values that a customer reads which aren't those of `before`."""
    now, then = ((*astuple(data(one)), one.holder_email, delivery(one, ctx)) for one in (s, before))
    return ", ".join(value or "–" for value, was in zip(now, then, strict=True) if value != was)


def data(s: Company) -> CompanyData:
    """Return the company's data in a register's form."""
    seated = s.country if s.tax_number else None
    return CompanyData(s.name or "", s.street or "", s.postal_code or "", s.city or "", seated or "")


def shown(s: Company, ctx: Ctx) -> Params:
    """Return the company's lines for the texts."""
    offered = s.offered
    lines: dict[str, Param] = {
        **{name: getattr(s, name) for name in (*REGISTERED, "check", "holder_email")},
        "delivery": delivery(s, ctx),
        "tax_number": tax_number.display(s.tax_number) if s.tax_number else None,
        "country": Country(seat(s, ctx)),
        "seated": seat(s, ctx) != ctx.seller.country,
        "abroad": country(s, ctx) != ctx.seller.country,
        "sells": ctx.seller.sells,
        "source": s.source or "customer",
        "offered": offered is not None,
    }
    return lines if offered is None else lines | {f"offered_{name}": getattr(offered, name) for name in REGISTERED}


def own(s: Company, ctx: Ctx) -> bool:
    """Return whether the customer corrects the data: typed ones always, others if the seller lets them."""
    return ctx.seller.company.edit == "customer" or s.source in (None, "customer")


def company_card(s: Company, ctx: Ctx) -> CardContent | None:
    """Return the company's card, each row with the way to change it.

    None where two sets of data are to be chosen from.
    """
    if s.offered is not None:
        return None
    mine = own(s, ctx)
    rows = tuple(RowContent(name, edit=f"edit:{name}" if mine else None) for name in FIELDS)
    where = RowContent("country", edit="edit:country" if mine and s.tax_number == NO_NUMBER else None)
    return CardContent("company", "company", (*rows, where), shown(s, ctx))


def confirming(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    """Return the replies to the data shown: also the register's later ones and the saved ones, if they differ.

    Where an account has several companies, another number is one more of them: nothing is put back.
    """
    register = (Option("confirm:register", "option.company.register"),) if s.offered is not None else ()
    before = s.kept
    if before is not None and ctx.seller.company.several and before.tax_number != s.tax_number:
        before = None
    changed = before is not None and (s.tax_number, data(s)) != (before.tax_number, data(before))
    keep = (Option("confirm:keep", "option.company.keep"),) if changed else ()
    change = "option.edit" if own(s, ctx) else "option.company.report"
    return (*register, Option("confirm:yes", "option.company.yes"), Option("confirm:edit", change), *keep)


READY = "registered"


def elsewhere(s: Company, ctx: Ctx) -> bool:
    """Return whether the product is registered from inside its program, and isn't yet."""
    return s.product in ctx.seller.company.from_program and not s.program_ready


def of_account(s: Company, _ctx: Ctx) -> tuple[Option, ...]:
    """Return the account's companies to choose from, and one more."""
    named = (Option(f"company:{n}", "option.company.named", {"name": c.name}) for n, c in enumerate(s.choices, 1))
    return (*named, Option("company:new", "option.company.new"))


def products(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    """Return the products that a company can be added for.

    A customer who has registered a program from inside it says so, and goes on.
    """
    rules = ctx.seller.company
    ready = Option(f"product:{READY}", f"option.product.{READY}", hidden=not elsewhere(s, ctx))
    named = tuple(Option(f"product:{p}", f"option.product.{p}") for p in rules.products)
    return (*((ready,) if rules.from_program else ()), *named, *giving_up(s))


def forms(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    """Return the legal forms; one that can't buy leads to the ways on."""
    known = tuple(Option(f"legal_form:{form}", f"option.legal_form.{form}") for form in ctx.seller.company.legal_forms)
    human = Option("/agent", "option.agent")
    if s.registered_as is not None and s.registered_as not in ctx.seller.company.buyers:
        others = tuple(Option(f"start:{way}", f"option.start.{way}") for way in ("sign_up", "log_in"))
        return (*others, human)
    if s.legal_form is None:
        return known
    return (*(form for form in known if form.value != s.legal_form), human)


def number_ways(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    """Return the ways past the tax number: that there is none, where the seller takes that, and giving up."""
    none = Option("tax_number:none", "option.tax_number.none")
    return (*((none,) if ctx.seller.company.number_optional else ()), *giving_up(s))


def giving_up(s: Company) -> tuple[Option, ...]:
    """Return the way back to the saved company while another is begun."""
    return (Option("/cancel", "option.cancel"),) if s.kept is not None and s.id is None else ()


def as_saved(s: Company) -> Company:
    """Return the company as saved, an unfinished change given up; without one only the holder's answers stay."""
    fresh = replace(held(Company(), s), legal_form=s.registered_as)
    return s if s.id is not None else replace(s.kept, kept=s.kept) if s.kept is not None else fresh


def held(company: Company, s: Company) -> Company:
    """Return another company of the same holder: the answers kept with the account stay."""
    return replace(company, **answers(s), registered_as=s.registered_as)


def of_holder(company: Company, view: AccountView) -> Company:
    """Return the company with the answers that the account has; those that it lacks stay."""
    known = {name: value for name, value in answers(view).items() if value is not None and name in answers(company)}
    return replace(company, **known, registered_as=view.legal_form)


def from_view(view: CompanyView) -> Company:
    """Return a company of the account, as it was confirmed."""
    return Company(
        tax_number=view.tax_number,
        country=view.country if view.country != tax_number.nation_of(view.tax_number) else None,
        lookup="known",
        source=view.source,
        check=view.check,
        name=view.name,
        street=view.street,
        postal_code=view.postal_code,
        city=view.city,
        confirmed="yes",
        holder_email=view.email,
        pec_ordinary="yes" if view.email else None,
        delivery=sdi_code.of_fields(view.sdi_code, view.pec),
        id=view.id,
        vat_checked_at=view.vat_checked_at,
        vat_check_id=view.vat_check_id,
    )


def agrees(s: Company, told: CompanyData) -> bool:
    """Return whether a register says the same, as far as it says anything; some keep name and address back."""
    mine = data(s)
    pairs = ((getattr(told, name), getattr(mine, name)) for name in (*REGISTERED, "country"))
    return all(theirs in ("", ours) for theirs, ours in pairs)


def told_early(s: Company) -> dict[str, str]:
    """Return the data that the customer told before a register was asked, by slot."""
    return {slot: value for slot in REGISTERED if (value := getattr(s, slot)) is not None}


def by_hand(s: Company, slot: str, value: object) -> Company:
    """Return the data with one value typed: unverified until they are the register's again."""
    typed = replace(s, **{slot: value})
    found = s.found or (Registered(s.source, data(s)) if s.source not in (None, "customer") else None)
    if found is None:
        return typed
    source = found.source if data(typed) == found.data else "customer"
    return replace(against(typed, found.data), found=found, source=source)


def against(s: Company, told: CompanyData) -> Company:
    """Return the data checked against a register, which verifies only what it says itself."""
    if s.check not in ("verified", "pending"):
        return s
    return replace(s, check="verified" if agrees(s, told) else "pending")


def checked(s: Company, e: CompanyFound) -> Company:
    """Return the company with a register's verdict; VIES's has a time and a number."""
    by_vies = e.source == "vies"
    return replace(
        s,
        check="verified" if e.struck_off is None else "not_found",
        vat_checked_at=e.checked_at if by_vies else None,
        vat_check_id=e.check_id if by_vies else None,
    )


def without_number(s: Company) -> Company:
    """Return the company as one that no register can be asked for: its data are typed, and stay unverified."""
    return replace(s, lookup="none", source="customer", check="not_found")


def struck_off(e: CompanyFound) -> tuple[Say, ...]:
    """Tell that the company is struck off, so that a wrong number is noticed; the order goes on."""
    if e.struck_off is None:
        return ()
    about: Params = {"of": e.struck_off, "since": e.since, "dated": e.since is not None}
    return (Say("company.struck_off", about, (HUMAN,)),)


def filled(s: Company, data: CompanyData) -> Company:
    """Return the slots filled with a register's data; the values that it keeps back are asked."""
    known = {name: getattr(data, name) or None for name in (*REGISTERED, "country")}
    return replace(s, **known)
