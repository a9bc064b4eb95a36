"""Company: look the tax number up in a public register; the customer checks the data, or types them."""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.company import corrections, data
from dialogs.company.again import find_number_named_before, is_confirmed_by_order, show_again, take_for_order
from dialogs.company.corrections import add_late_answers, add_report, begin_report
from dialogs.company.correspondence import add_country, add_delivery
from dialogs.kit import (
    Answered,
    Asked,
    Chosen,
    Decision,
    Dialog,
    Option,
    Params,
    Say,
    Step,
    Tell,
    Unawait,
    from_text,
    need_slot,
    then,
)
from dialogs.messages import company as messages
from dialogs.messages.account import LeaveAccount, LoggedIn
from dialogs.messages.order import OrderBegun, OrderRefused, OrderResumed
from dialogs.messages.renewal import RenewalBegun, RenewalToPay
from dialogs.order import accepting
from dialogs.order.bought import last_unpaid, resumes_order
from dialogs.renewal.renewing import asks_company_data, is_ordering
from dialogs.state import Company, Ctx, read_saved, take_saved
from values import address
from values.account_view import AccountAnswers, answers
from values.meaning import BindingAct, Expects

STATEMENT = "statement"
_STAYING = ("product", "program_ready", "named", "lookup", "found", "statement", "again")
"""The slots that a save leaves as they are."""

dialog = Dialog("company", Company, outlives=data.restore_saved_company, applies=asks_company_data)


def _may_be_named(s: Company, ctx: Ctx) -> bool:
    return is_ordering(ctx) and data.may_customer_correct(s, ctx) and s.id is None and not s.choosing


product = dialog.choose(
    "product",
    data.products,
    slot="product",
    when=lambda _s, c: bool(c.seller.company.products),
    done=lambda s, c: data.is_saved(s) or (s.product is not None and not data.awaits_program(s, c)),
    params=lambda s, c: {"elsewhere": data.awaits_program(s, c)},
)
which = dialog.choose(
    "company",
    data.of_account,
    when=lambda s, _c: s.choosing,
    done=lambda _s, _c: False,
    intents={"add_company": "company:new"},
    counted=False,
)
legal_form = dialog.choose(
    "legal_form",
    data.forms,
    slot="legal_form",
    when=lambda _s, c: bool(c.seller.company.legal_forms),
    done=lambda s, c: data.read_legal_form(s, c) in c.seller.company.buyers,
    params=lambda s, c: {"legal_form": data.read_legal_form(s, c), "registered": c.books.legal_form is not None},
)
number = dialog.ask(
    "tax_number",
    Expects.tax_number,
    slot="tax_number",
    parse=data.parse_number,
    when=data.may_customer_correct,
    options=data.number_ways,
    ahead=_may_be_named,
    sheet=_may_be_named,
    revise="anew",
)
add_country(dialog)
lookup = dialog.do(
    "lookup",
    lambda s, c: messages.LookUpCompany(data.country(s, c), need_slot(s.tax_number), data.needs_vies(s, c)),
    done=lambda s, _c: s.lookup is not None,
    slots=("lookup", "source", "check", "found", "offered", "vat_checked_at", "vat_check_id"),
    needs=("tax_number",),
    slow_after=timedelta(seconds=3),
)


def _field(name: str, slot: str, expects: Expects, parse: data.Parse, *, free_text: bool = True) -> Step[Company]:
    """Declare the step of one value: prefilled by a register or typed, and changeable."""
    step = dialog.ask(
        name,
        expects,
        slot=slot,
        parse=parse,
        when=data.may_customer_correct,
        needs=("lookup",),
        free_text=free_text,
        params=data.show_company,
        ahead=lambda s, c: _may_be_named(s, c) and s.lookup is None,
        sheet=lambda s, c: data.may_customer_correct(s, c) and s.lookup is not None,
        revise="anew",
        counted=False,
    )

    @step.on(Answered)
    def take_typed_value(s: Company, e: Answered, _ctx: Ctx) -> Decision[Company]:
        """Take the typed value, which is no longer the register's.

        One that is named before the number stands beside what the register will say.
        """
        value = str(e.value)
        if s.lookup is None:
            return then(replace(s, **{slot: value}))
        return then(corrections.set_typed_value(s, slot, e.value))

    return step


_field("company_name", "name", Expects.company_name, from_text(address.parse_company_name))
_field("street", "street", Expects.street, from_text(address.parse_street))
_field("postal_code", "postal_code", Expects.postal_code, data.parse_postal_code, free_text=False)
_field("city", "city", Expects.city, from_text(address.parse_city))
add_report(dialog, is_ordering)
confirm = dialog.choose(
    "confirm",
    data.offer_confirmations,
    slot="confirmed",
    expects=Expects.confirm_data,
    needs=("tax_number", "country", "lookup", "company_name", "street", "postal_code", "city"),
    params=data.show_company,
    card=data.company_card,
    intents={
        "affirm": "confirm:yes",
        "deny": "confirm:edit",
        "correct_data": "confirm:edit",
        "wrong_register_data": "confirm:edit",
    },
    edits=(*data.FIELDS, "country"),
    edits_when=data.may_customer_correct,
)
statement = dialog.choose(
    "statement",
    lambda _s, _c: (Option("statement:accept", "option.statement.accept", binds=BindingAct.agree),),
    slot="statement",
    when=lambda _s, c: c.seller.company.statement,
    done=lambda s, _c: data.has_settled_statement(s),
    params=data.show_company,
    bound_to=lambda _s, c: accepting.bind_documents(accepting.documents(c, STATEMENT), c),
    intents={"affirm": "statement:accept"},
)
add_delivery(dialog)
save = dialog.do(
    "save",
    lambda s, c: messages.SaveCompany(
        need_slot(c.case.account.id),
        data.find_seat_country(s, c),
        need_slot(s.tax_number),
        s.data(),
        s.source or "customer",
        s.check or "pending",
        s.holder_email,
        data.sdi_address(s, c),
        AccountAnswers(**_answered_here(s, c)),
        s.vat_checked_at,
        s.vat_check_id,
        s.accepted,
        declares=c.seller.company.statement and not data.is_saved(s),
        seen=data.find_seen_company(s, c),
    ),
    done=lambda s, _c: s.id is not None,
    slots=("id",),
    needs=("confirm", "statement", "holder_email", "pec_ordinary", "sdi_code"),
)


@statement.on(Answered)
def keep_statement(s: Company, e: Answered, ctx: Ctx) -> Decision[Company]:
    """Keep the statement; it is recorded with the company."""
    given = accepting.accept_terms(accepting.documents(ctx, STATEMENT), ctx)
    return then(replace(s, statement=str(e.value), accepted=given))


@save.on(messages.WordsChanged)
def ask_statement_again(s: Company, _e: messages.WordsChanged, _ctx: Ctx) -> Decision[Company]:
    """Ask for the statement again: its words have changed."""
    return then(replace(s, statement=None, accepted=()), Say("kit.words_changed"))


@product.on(Answered)
def take_chosen_product(s: Company, e: Answered, ctx: Ctx) -> Decision[Company]:
    """Explain programs that register from inside; a customer who comes back from there goes on."""
    if e.value == data.READY:
        return then(replace(s, product=s.product or ctx.seller.company.from_program[0], program_ready=True))
    chosen = replace(s, product=str(e.value), program_ready=False)
    return then(chosen, *((Say(f"company.from_program.{e.value}"),) if data.awaits_program(chosen, ctx) else ()))


@legal_form.on(Chosen)
def leave_account(s: Company, e: Chosen, _ctx: Ctx) -> Decision[Company]:
    """Leave this account, which can't buy, for another."""
    return then(s, LeaveAccount(e.value))


@number.on(Answered)
def begin_company_by_number(s: Company, e: Answered, _ctx: Ctx) -> Decision[Company]:
    """Begin another company; nothing of the old one stays, unless the change is given up."""
    holder = data.keep_answers(Company(product=s.product, program_ready=s.program_ready), s)
    if s.tax_number is None:
        holder = replace(holder, delivery=s.delivery)
    known = data.NO_NUMBER if e.value == "none" else str(e.value)
    same = s.kept if s.kept is not None and s.kept.tax_number == known else holder
    given = replace(holder, statement=same.statement, **(corrections.list_early_answers(s) if s.lookup is None else {}))
    begun_anew = data.begin_beside(replace(given, tax_number=known, again=s.again), s)
    return (
        then(begun_anew)
        if known
        else then(corrections.make_company_without_number(begun_anew), Say("company.no_number"))
    )


@lookup.on(messages.CompanyFound)
def fill_in_register_data(s: Company, e: messages.CompanyFound, ctx: Ctx) -> Decision[Company]:
    """Fill in the register's data, to be checked, here or on the order's card; some only confirm the number."""
    known = corrections.fill_data(replace(corrections.take_verdict(s, e), lookup="found", source=e.source), e.data)
    for slot, value in corrections.list_early_answers(s).items():
        known = corrections.set_typed_value(known, slot, value)
    withheld = () if e.data.name else (Say("company.withheld"),)
    by_order = ctx.seller.company.confirm == "order" and is_confirmed_by_order(known, ctx)
    whole = all(getattr(known, name) for name in data.REGISTERED)
    return then(
        replace(known, confirmed="yes" if by_order and whole else None), *corrections.warn_struck_off(e), *withheld
    )


@lookup.on(messages.CompanyUnknown)
def let_data_be_typed(s: Company, _e: messages.CompanyUnknown, ctx: Ctx) -> Decision[Company]:
    """Let the customer type the data; the registers are asked again later."""
    typed = replace(s, lookup="not_found", source="customer", check="pending")
    return then(
        typed,
        Say("company.unknown"),
        messages.LookUpCompanyLater(data.country(s, ctx), need_slot(s.tax_number), data.needs_vies(s, ctx)),
    )


@lookup.on(messages.RegisterSilent)
def continue_without_register(s: Company, _e: messages.RegisterSilent, ctx: Ctx) -> Decision[Company]:
    """Let the customer type the data: a sale never waits for a register."""
    typed = replace(s, lookup="unavailable", source="customer", check="pending")
    later = messages.LookUpCompanyLater(data.country(s, ctx), need_slot(s.tax_number), data.needs_vies(s, ctx))
    return then(typed, Say("company.register_silent"), later)


@confirm.on(Answered)
def confirm_company_data(s: Company, e: Answered, ctx: Ctx) -> Decision[Company]:
    """Confirm the data shown, the register's, or those saved before; or ask for a report of what is wrong."""
    if e.value == "keep":
        return _put_back(s)
    if e.value == "edit":
        return begin_report(replace(s, confirmed=None), ctx)
    if e.value == "register" and s.offered is not None:
        return then(replace(corrections.fill_data(s, s.offered), offered=None, found=None, confirmed="yes"))
    if s.offered is not None:
        return then(replace(corrections.check_data(s, s.offered), confirmed="yes", offered=None, source="customer"))
    return then(replace(s, confirmed="yes"))


def _answered_here(s: Company, ctx: Ctx) -> dict[str, str | None]:
    """Return the holder's answers that aren't those which the account has."""
    known = answers(ctx.books)
    return {name: value for name, value in answers(s).items() if value != known.get(name)}


@save.on(messages.CompanySaved)
def tell_saved_company(s: Company, e: messages.CompanySaved, ctx: Ctx) -> Decision[Company]:
    """Tell the purpose of the data, that they can be changed, and what others have changed of them meanwhile."""
    changed = s.seen is not None
    now = take_saved(data.find_company(ctx, e.company_id))
    about: Params = {"name": now.name, "email": ctx.case.find_email(ctx.books), "changed": changed}
    news = data.list_others_changes(s, now, ctx)
    told = (Say("company.changed_meanwhile", {"now": news, "saved": True}),) if news else ()
    here = {name: getattr(s, name) for name in _STAYING}
    form = s.legal_form if ctx.books.legal_form is None else None
    return then(replace(now, **here, legal_form=form), Say("company.saved", about, ack=True), *told)


@save.on(messages.CompanyChangedMeanwhile)
def show_changed_company(s: Company, _e: messages.CompanyChangedMeanwhile, ctx: Ctx) -> Decision[Company]:
    """Show the company as it is now, with what was changed here alone, to be confirmed again."""
    now = data.read_anew(replace(s, confirmed=None, offered=None))
    return then(now, Say("company.changed_meanwhile", {"now": data.list_differing_values(now, s, ctx), "saved": False}))


@dialog.always(messages.AnotherCompany)
def begin_another_company(s: Company, _e: messages.AnotherCompany, _ctx: Ctx) -> Decision[Company]:
    """Ask for one more company; the one saved last stands until the new one is saved."""
    return then(data.begin_beside(Company(tax_number=s.named), s), Unawait())


@dialog.always(messages.CompanyPicked)
def switch_company(s: Company, e: messages.CompanyPicked, ctx: Ctx) -> Decision[Company]:
    """Switch the talk to this one of the account's companies."""
    company = data.find_company(ctx, e.company_id)
    return then(data.keep_answers(take_saved(company), s), Unawait(), Say("company.picked", {"name": company.name}))


@dialog.always(OrderRefused)
def ask_confirmation_again(s: Company, e: OrderRefused, ctx: Ctx) -> Decision[Company]:
    """Ask for the confirmation again, which the books lack, or which VIES has answered differently since."""
    differs = e.reason == "company_unconfirmed" or (e.reason == "price_changed" and data.needs_vies(s, ctx))
    return then(replace(s, confirmed=None, id=None) if differs else s)


@dialog.always(LoggedIn)
def take_company_on_log_in(s: Company, e: LoggedIn, ctx: Ctx) -> Decision[Company]:
    """Take the account's company for an order; another number typed before the log-in is for that order.

    An account without one gets the data typed before the log-in.
    """
    if e.view.company is None:
        typed = s if e.typed is None else read_saved(e.typed)
        known = {name: None for name, value in answers(e.view).items() if value is not None}
        return then(replace(typed, id=None, of=None, over=False, anew=(), seen=None, **known))
    known = replace(take_saved(e.view.company), named=find_number_named_before(s, e.view))
    if "order" not in ctx.seller.dialogs or resumes_order(e.view, ctx):
        return then(known, Unawait())
    return take_for_order(known, e.view, ctx)


@dialog.always(OrderBegun)
def take_company_for_next_order(s: Company, _e: OrderBegun, ctx: Ctx) -> Decision[Company]:
    """Take the account's company; an order that waits for its money comes first."""
    view = ctx.books
    if view.company is None or last_unpaid(view) is not None:
        return then(s)
    return take_for_order(replace(take_saved(view.company), named=find_number_named_before(s, view)), view, ctx)


@dialog.always(OrderResumed)
def keep_company_for_resumed_order(s: Company, _e: OrderResumed, _ctx: Ctx) -> Decision[Company]:
    """Keep the company as saved: a placed order already knows whom it is for."""
    return _put_back(s)


@dialog.always(RenewalToPay)
def keep_company_for_desks_order(s: Company, e: RenewalToPay, ctx: Ctx) -> Decision[Company]:
    """Keep the company as saved: an order placed by the desk knows whom it is for, too."""
    ours = e.account_id == ctx.case.account.id and ctx.case.order.id in (None, e.order_id)
    return _put_back(s) if ours else then(s)


@which.on(Answered)
def show_chosen_company(s: Company, e: Answered, ctx: Ctx) -> Decision[Company]:
    """Show the chosen company next, or ask for the number of a new one."""
    if e.value == "new":
        return then(data.begin_beside(Company(), s), Unawait())
    chosen = ctx.books.companies[int(str(e.value)) - 1]
    shown = show_again(data.keep_answers(take_saved(chosen), s), ctx)
    return Decision(shown.slots, (*shown.effects, Tell(messages.CompanyChosen(chosen.id))))


@dialog.always(RenewalBegun)
def take_company_for_renewal(_s: Company, e: RenewalBegun, ctx: Ctx) -> Decision[Company]:
    """Take the account's company, for a first order to be verified even if it was confirmed before."""
    if ctx.books.company is None:
        return then(Company(tax_number=e.tax_number), Unawait())
    known = take_saved(ctx.books.company)
    return show_again(known, ctx) if len(ctx.books.companies) > 1 else take_for_order(known, ctx.books, ctx)


@dialog.asked("correct_data", "wrong_register_data", "add_company")
def offer_data_to_change(s: Company, e: Asked, ctx: Ctx) -> Decision[Company]:
    """Offer the data as buttons; before there are any say so, or let the question for the number be the answer."""
    if not data.may_customer_correct(s, ctx):
        return then(s) if e.intent == "add_company" else begin_report(s, ctx)
    if s.lookup is None:
        asked_next = e.intent == "add_company" or (ctx.asked or "").startswith("company.")
        return then(s) if asked_next else then(s, Say("kit.nothing_to_correct"))
    return then(s, Say("company.which_to_change", options=data.list_edit_buttons(ctx)))


add_late_answers(dialog)


def _put_back(s: Company) -> Decision[Company]:
    """Give up an unfinished change; what a register still answers about another number is of no use."""
    saved = data.restore_saved_company(s)
    return then(saved) if saved.tax_number == s.tax_number else then(saved, Unawait())
