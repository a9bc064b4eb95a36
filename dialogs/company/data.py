"""Company data: parsers, texts, comparisons with the registers, and the options of the company dialog."""

from collections.abc import Callable

from msgspec.structs import asdict, astuple, replace

from dialogs.kit import CardContent, Option, Param, Params, RowContent, read_slots
from dialogs.state import Company, CompanyNow, CompanySeen, Ctx
from values import address, sdi_code, tax_number
from values.account_view import CompanyView, answers
from values.country import RULES, Country
from values.money import Buyer, abroad
from values.parsing import Ok, Parsed, ParseRefused

Parse = Callable[[str, Company, Ctx], Parsed[str]]
REPORT_CHARS = 2000
FIELDS = ("tax_number", "company_name", "street", "postal_code", "city")
REGISTERED = ("name", "street", "postal_code", "city")
"""The slots of what a register knows."""
_SHOWN = (*REGISTERED, "country", "holder_email", "delivery")
_JUDGED = ("source", "check", "vat_checked_at", "vat_check_id")


PERSON = "natural_person"
NO_NUMBER = ""
"""The number of a company that has said that it has none."""


def list_edit_buttons(ctx: Ctx) -> tuple[Option, ...]:
    """Return a button for each value that may be changed: the country only where no number tells it.

    Answers to the seller's own questions come last, but for those of an order.
    """
    rules, company = ctx.seller.company, read_company(ctx)
    more = {
        "country": company.tax_number == NO_NUMBER,
        "holder_email": rules.holder_email,
        "sdi_code": uses_sdi(company, ctx),
    }
    own = (q.id for q in ctx.seller.own_questions if q.keep != "order" and q.shown_to("customer"))
    held = (ctx.case.own.answers, ctx.books.own_answers, *(one.own_answers for one in ctx.books.companies))
    answered = (name for name in own if any(name in answers for answers in held))
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


def find_seat_country(s: Company, ctx: Ctx) -> str:
    """Return the country of the company's address: the one of its number, unless a register names another."""
    return s.country or country(s, ctx)


def uses_sdi(s: Company, ctx: Ctx) -> bool:
    """Return whether the company's invoices go by Italy's exchange system to an address of its own."""
    return ctx.seller.company.sdi and country(s, ctx) == "IT"


def sdi_address(s: Company, ctx: Ctx) -> str | None:
    """Return the address of delivery by Italy's exchange system: abroad the one code that all have."""
    asked = ctx.seller.company.sdi and s.tax_number is not None
    return sdi_code.FOREIGN if asked and not uses_sdi(s, ctx) else s.delivery


def needs_vies(s: Company, ctx: Ctx) -> bool:
    """Return whether VIES has to confirm the number, as the buyer is to account for the VAT."""
    return bool(s.tax_number) and ctx.seller.vat.reverse_charge and abroad(country(s, ctx), ctx.seller.country)


def buyer(s: Company, ctx: Ctx) -> Buyer:
    """Return the company as far as VAT goes."""
    return Buyer(country(s, ctx), s.tax_number, s.vat_checked_at, s.vat_check_id)


def parse_postal_code(text: str, s: Company, ctx: Ctx) -> Parsed[str]:
    """Return a postal code of the company's country; one abroad is told its form rather than how ours differs."""
    where = find_seat_country(s, ctx)
    read = address.parse_postal_code(text, where)
    if isinstance(read, Ok) or where == ctx.seller.country or where not in RULES:
        return read
    return ParseRefused("postal_code.shape", {"example": RULES[where].postal_example})


def parse_words(text: str, _s: object, _ctx: Ctx) -> Parsed[str]:
    """Return the customer's report of what is wrong; a question is none."""
    if text.rstrip().endswith("?"):
        return ParseRefused("question")
    return Ok(" ".join(text.split())[:REPORT_CHARS])


def read_company(ctx: Ctx) -> Company:
    """Return the company as it stands: what was said here over what the books have."""
    return read_slots(ctx.case, "company", ctx)


def find_company(ctx: Ctx, company_id: str) -> CompanyView:
    """Return this company of the account."""
    return next(one for one in ctx.books.companies if one.id == company_id)


def read_legal_form(s: Company, ctx: Ctx) -> str | None:
    """Return the legal form that was said here, else that of the account."""
    return s.legal_form or ctx.books.legal_form


def find_saved_id(s: Company) -> str | None:
    """Return the id of the company that is saved under this number, also while a change of it isn't saved."""
    return s.kept.id if s.id is None and s.kept is not None and s.kept.tax_number == s.tax_number else s.id


def is_saved(s: Company) -> bool:
    """Return whether the company is saved under this number: its statement of then holds."""
    return find_saved_id(s) is not None


def is_added(s: Company) -> bool:
    """Return whether it is checked and not saved yet."""
    return s.confirmed is not None and not is_saved(s)


def has_settled_statement(s: Company) -> bool:
    """Return whether the statement is given, or the company was saved without it; one taken back is asked for again."""
    return s.statement is not None or (is_saved(s) and (s.kept is None or s.kept.statement is None))


def find_seen_company(s: Company, ctx: Ctx) -> CompanySeen | None:
    """Return the company that is saved under this number as its change began; None if there is none."""
    known = s.seen if is_saved(s) else None
    return known and replace(known, delivery=sdi_address(replace(s, delivery=known.delivery), ctx))


def read_anew(s: Company) -> Company:
    """Return the company with what others have changed of it since it was read; what was changed here alone stays."""
    if s.kept is None or s.seen is None:
        return s
    before, mine = read_seen(s.seen), s.kept
    theirs = {name: getattr(mine, name) for name in _SHOWN if getattr(mine, name) != getattr(before, name)}
    now = replace(s, **theirs, seen=None)
    judged = {name: getattr(mine, name) for name in _JUDGED} if now.data() == mine.data() else {}
    return replace(now, **judged)


def read_seen(seen: CompanySeen) -> Company:
    """Return what was seen as a company."""
    where = {name: getattr(seen.data, name) for name in REGISTERED}
    return Company(**where, country=seen.data.country or None, holder_email=seen.email, delivery=seen.delivery)


def list_differing_values(now: Company, before: Company, ctx: Ctx) -> str:
    """Return the values that a customer reads which aren't those of `before`."""
    read, was = ((*astuple(one.data()), one.holder_email, sdi_address(one, ctx)) for one in (now, before))
    return ", ".join(value or "–" for value, old in zip(read, was, strict=True) if value != old)


def list_others_changes(s: Company, saved: Company, ctx: Ctx) -> str:
    """Return the values of the saved company that are neither what was said here nor what was seen here."""
    if s.seen is None:
        return ""
    said = {name: value for name in _SHOWN if (value := getattr(ctx.case.company, name)) is not None}
    number = {"tax_number": saved.tax_number}
    return list_differing_values(saved, replace(read_seen(s.seen), **said | number), ctx)


def show_company(s: Company, ctx: Ctx) -> Params:
    """Return the company's lines for the texts."""
    offered = s.offered
    lines: dict[str, Param] = {
        **{name: getattr(s, name) for name in (*REGISTERED, "check", "holder_email")},
        "delivery": sdi_address(s, ctx),
        "tax_number": tax_number.display(s.tax_number) if s.tax_number else None,
        "country": Country(find_seat_country(s, ctx)),
        "seated": find_seat_country(s, ctx) != ctx.seller.country,
        "abroad": country(s, ctx) != ctx.seller.country,
        "sells": ctx.seller.sells,
        "source": s.source or "customer",
        "offered": offered is not None,
    }
    return lines if offered is None else lines | {f"offered_{name}": getattr(offered, name) for name in REGISTERED}


def may_customer_correct(s: Company, ctx: Ctx) -> bool:
    """Return whether the customer corrects the data: typed ones always, others if the seller lets them."""
    return ctx.seller.company.edit == "customer" or s.source in (None, "customer")


def company_card(s: Company, ctx: Ctx) -> CardContent | None:
    """Return the company's card, each row with the way to change it.

    None where two sets of data are to be chosen from.
    """
    if s.offered is not None:
        return None
    mine = may_customer_correct(s, ctx)
    rows = tuple(RowContent(name, edit=f"edit:{name}" if mine else None) for name in FIELDS)
    where = RowContent("country", edit="edit:country" if mine and s.tax_number == NO_NUMBER else None)
    before = find_company_before_change(s, ctx)
    return CardContent(
        "company", "company", (*rows, where), show_company(s, ctx), before=before and show_company(before, ctx)
    )


def find_company_before_change(s: Company, ctx: Ctx) -> Company | None:
    """Return the saved company of which this is a change; where an account has several, another number is one more."""
    if s.kept is None or (ctx.seller.company.several and s.kept.tax_number != s.tax_number):
        return None
    return s.kept


def offer_confirmations(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    """Return the replies to the data shown: also the register's later ones and the saved ones, if they differ."""
    register = (Option("confirm:register", "option.company.register"),) if s.offered is not None else ()
    before = find_company_before_change(s, ctx)
    changed = before is not None and (s.tax_number, s.data()) != (before.tax_number, before.data())
    keep = (Option("confirm:keep", "option.company.keep"),) if changed else ()
    change = "option.edit" if may_customer_correct(s, ctx) else "option.company.report"
    return (*register, Option("confirm:yes", "option.company.yes"), Option("confirm:edit", change), *keep)


READY = "registered"


def awaits_program(s: Company, ctx: Ctx) -> bool:
    """Return whether the product is registered from inside its program, and isn't yet."""
    return s.product in ctx.seller.company.from_program and not s.program_ready


def of_account(_s: Company, ctx: Ctx) -> tuple[Option, ...]:
    """Return the account's companies to choose from, and one more."""
    known = enumerate(ctx.books.companies, 1)
    named = (Option(f"company:{n}", "option.company.named", {"name": c.name}) for n, c in known)
    return (*named, Option("company:new", "option.company.new"))


def products(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    """Return the products that a company can be added for.

    A customer who has registered a program from inside it says so, and goes on.
    """
    rules = ctx.seller.company
    ready = Option(f"product:{READY}", f"option.product.{READY}", hidden=not awaits_program(s, ctx))
    named = tuple(Option(f"product:{p}", f"option.product.{p}") for p in rules.products)
    return (*((ready,) if rules.from_program else ()), *named, *offer_giving_up(s))


def forms(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    """Return the legal forms; one that can't buy leads to the ways on."""
    known = tuple(Option(f"legal_form:{form}", f"option.legal_form.{form}") for form in ctx.seller.company.legal_forms)
    human = Option("/agent", "option.agent")
    registered, form = ctx.books.legal_form, read_legal_form(s, ctx)
    if registered is not None and registered not in ctx.seller.company.buyers:
        others = tuple(Option(f"start:{way}", f"option.start.{way}") for way in ("sign_up", "log_in"))
        return (*others, human)
    if form is None:
        return known
    return (*(other for other in known if other.value != form), human)


def number_ways(s: Company, ctx: Ctx) -> tuple[Option, ...]:
    """Return the ways past the tax number: that there is none, where the seller takes that, and giving up."""
    none = Option("tax_number:none", "option.tax_number.none")
    return (*((none,) if ctx.seller.company.number_optional else ()), *offer_giving_up(s))


def offer_giving_up(s: Company) -> tuple[Option, ...]:
    """Return the way back to the saved company while another is begun."""
    return (Option("/cancel", "option.cancel"),) if s.kept is not None and s.id is None else ()


def restore_saved_company(s: Company) -> Company:
    """Return the company as saved, an unfinished change given up; nothing without one."""
    if s.id is not None or s.kept is None:
        return s if s.id is not None else Company()
    return CompanyNow(**asdict(replace(s.kept, again=s.again)), kept=s.kept)


def keep_answers(company: Company, s: Company) -> Company:
    """Return another company of the same holder: the answers kept with the account stay."""
    return replace(company, **answers(s))


def begin_beside(company: Company, s: Company) -> Company:
    """Return another company of the same holder, that is begun beside the saved one: this counts if it is given up."""
    return CompanyNow(**asdict(keep_answers(company, s)), kept=s.kept)
