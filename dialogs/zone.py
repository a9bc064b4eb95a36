"""Zone: what an account holder sees and changes in the chat. Its home is where the straight way ends."""

from dataclasses import replace

from dialogs import personal, zone_methods
from dialogs.case import Ctx, Zone
from dialogs.company_data import edits
from dialogs.company_data import shown as company_shown
from dialogs.costs import shown as order_shown
from dialogs.einvoice import invoice_shown
from dialogs.kit import HUMAN, Answered, Chosen, Decision, Dialog, Option, Params, Say, Tell, Word, then
from dialogs.payment import on_its_way
from dialogs.renewal import said
from dialogs.renewing import products
from dialogs.words.charge import RenewalCharged
from dialogs.words.company import AnotherCompany, CompaniesListed, CompanyPicked, ListCompanies
from dialogs.words.einvoice import InvoicesListed, ListInvoices
from dialogs.words.methods import ForgetStored
from dialogs.words.own_data import OwnDataWanted
from dialogs.words.payment import GiveUpPayment, PaymentBooked
from dialogs.words.personal import PageWanted
from dialogs.words.renewal import BeginRenewal, Renewed, SeeRenewed, SubscriptionLapsed
from dialogs.words.zone import (
    AutoRenewalSet,
    FreeVersionOpen,
    FreeVersionRefused,
    OpenFreeVersion,
    SetAutoRenewal,
)
from values.expects import Expects

dialog = Dialog("zone", Zone)


def _pages(s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    """What this seller's journey leaves behind to be seen and changed."""
    parts, several = ctx.seller.dialogs, ctx.seller.company.several
    pages = {
        "my_account": True,
        "payment": on_its_way(ctx.case.payment, ctx),
        "companies": several,
        "add_company": several,
        "einvoice": "einvoice" in parts,
        "invoices": _at_home(ctx),
        "my_data": "company" in parts,
        "renewal": "order" in parts,
        "methods": "order" in parts,
        "free_version": ctx.seller.free_version is not None,
        "reminders": ctx.case.reminder.stopped,
    }
    own = (*personal.pages(ctx), *_renewal_switch(ctx))
    here = () if s.page else (_to_home,)  # pressed at home: an old button, or a program's, and no mistake
    own = tuple(replace(option, hidden=True) for option in (*own, *here))
    shown = (Option(f"zone:{p}", f"option.zone.{p}") for p, offered in pages.items() if offered)
    return (*_notice(ctx), *shown, *own)


def _renewal_switch(ctx: Ctx) -> tuple[Option, ...]:
    """Where renewal is switched if the button of that name orders one."""
    return (Option("my_data:additional", "option.my_data.additional"),) if _renews_by_order(ctx) else ()


def _at_home(ctx: Ctx) -> bool:
    """E-invoices are no part of a purchase: home is where they are offered."""
    return "einvoice" in ctx.seller.dialogs and not ctx.seller.sells


def _notice(ctx: Ctx) -> tuple[Option, ...]:
    """What is offered as long as e-invoices are off; where they are no part of a purchase, what they are, too."""
    if "einvoice" not in ctx.seller.dialogs or ctx.case.einvoice.status:
        return ()
    ways = ("details", "activate") if _at_home(ctx) else ("activate",)
    return tuple(Option(f"einvoice:{way}", f"option.einvoice.{way}") for way in ways)


def _home(_s: Zone, ctx: Ctx) -> Params:
    status = (ctx.case.einvoice.status or "off") if "einvoice" in ctx.seller.dialogs else "none"
    return {
        "status": status,
        "number": ctx.case.order.number,
        "login": _can_log_in(ctx),
        "company": ctx.case.company.name,
        "programs": said(ctx.case.renewal.owned),
        "owns": bool(ctx.case.renewal.owned),
        "paid": ctx.case.payment.status == "paid",
    }


def _companies(s: Zone, _ctx: Ctx) -> tuple[Option, ...]:
    named = tuple(
        Option(f"company:{n}", "option.company.named", {"name": c.name}) for n, c in enumerate(s.companies, 1)
    )
    return (*named, Option("zone:add_company", "option.zone.add_company"), _to_home)


def _can_log_in(ctx: Ctx) -> bool:
    return ctx.case.einvoice.status == "active"


def _renews_by_order(ctx: Ctx) -> bool:
    """Whether a term more is ordered anew each time, rather than switched on once."""
    return "renewal" in ctx.seller.dialogs


def _standing(ctx: Ctx) -> Params:
    """The account without anything bought: whose it is, and how its e-invoices stand."""
    account, invoices = ctx.case.account, ctx.case.einvoice
    return {"login": account.known_as, "status": invoices.status or "off", "email": invoices.email or account.email}


# More buttons than these nobody reads through; the newest come first.
MOST_LISTED = 8
_to_home = Option("zone:home", "option.zone.home")
_invoice_email = Option("edit:invoice_email", "edit.invoice_email")

auto_renewal = dialog.choose(
    "auto_renewal",
    lambda _s, _c: (
        Option("auto_renewal:yes", "option.auto_renewal.yes"),
        Option("auto_renewal:no", "option.auto_renewal.no"),
        _to_home,
    ),
    when=lambda s, _c: s.page == "renewal",
    done=lambda _s, _c: False,
    params=lambda _s, c: order_shown(c.case.order, c),
    intents={"renewal_on": "auto_renewal:yes", "renewal_off": "auto_renewal:no", "back": "zone:home"},
    counted=False,
)
method = zone_methods.declare(dialog)
company = dialog.choose(
    "company",
    _companies,
    when=lambda s, _c: s.page == "companies",
    done=lambda _s, _c: False,
    params=lambda _s, c: {"name": c.case.company.name},
    intents={"back": "zone:home", "add_company": "zone:add_company"},
    counted=False,
)
my_data = dialog.choose(
    "my_data",
    lambda _s, _c: (Option("my_data:additional", "option.my_data.additional"), _to_home),
    when=lambda s, _c: s.page == "my_data",
    done=lambda _s, _c: False,
    params=lambda _s, c: {**company_shown(c.case.company, c), "email": c.case.account.email},
    intents={"renewal_on": "my_data:additional", "renewal_off": "my_data:additional", "back": "zone:home"},
    menu=True,
    counted=False,
)
additional = dialog.choose(
    "confirm",
    lambda _s, c: (
        Option("confirm:yes", "option.my_data.save"),
        *((Option("auto_renewal:no", "option.my_data.withdraw"),) if c.case.renewal.consented else ()),
        _to_home,
    ),
    expects=Expects.confirm_data,
    when=lambda s, _c: s.page == "additional",
    done=lambda _s, _c: False,
    params=lambda _s, c: {"email": c.case.account.email, "auto_renewal": c.case.renewal.consented},
    intents={
        "affirm": "confirm:yes",
        "renewal_on": "confirm:yes",
        "renewal_off": "auto_renewal:no",
        "deny": "zone:home",
        "back": "zone:home",
    },
    counted=False,
)
invoice = dialog.choose(
    "invoice",
    lambda s, c: (
        *(Option(f"invoice:{i.id}", "option.invoice", invoice_shown(i, c)) for i in s.invoices[:MOST_LISTED]),
        _to_home,
    ),
    when=lambda s, _c: s.page == "invoices",
    done=lambda _s, _c: False,
    params=lambda s, _c: {"count": len(s.invoices)},
    intents={"back": "zone:home"},
    counted=False,
)
home = dialog.choose(
    "zone",
    _pages,
    expects=Expects.nothing,
    done=lambda _s, _c: False,
    params=_home,
    intents={
        "renewal_on": ("my_data:additional", "zone:renewal"),
        "renewal_off": ("my_data:additional", "zone:renewal"),
        "ask_renewal": "zone:renewal",
        "choose_payment_method": ("zone:payment", "zone:methods"),
        "correct_data": "zone:my_data",
        "wrong_register_data": "zone:my_data",
        "activate_einvoice": ("einvoice:activate", "zone:einvoice"),
        "invoice_problem": "zone:invoices",
        "log_in": "zone:my_account",
        "delete_my_data": "zone:erase",
        "add_company": "zone:add_company",
    },
    links=("payment", "login"),
    menu=True,
    counted=False,
)


@home.on(Answered)
def page_opened(_s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Renewal and method are asked, or a renewal is ordered; the other pages are told."""
    page = str(e.value)
    if page == "renewal" and _renews_by_order(ctx):
        return then(Zone(), BeginRenewal(ctx.case.account.id or "", None, products(ctx)))
    if page == zone_methods.PAGE:
        return then(Zone(), zone_methods.opened(ctx))
    if page == "renewal" or (page == "my_data" and _renews_by_order(ctx)):
        return then(Zone(page))
    if page == "add_company":
        return then(Zone(), Tell(AnotherCompany()))
    if page in ("export", "erase"):
        return then(Zone(), Tell(OwnDataWanted(page)))
    if page in ("contacts", "consents", "password", "log_out", "reminders"):
        return then(Zone(), Tell(PageWanted(page)))
    if page == "companies":
        return then(Zone(), ListCompanies(ctx.case.account.id or ""))
    if page == "my_data":
        more = (_invoice_email,) if "einvoice" in ctx.seller.dialogs else ()
        return then(Zone(), Say("zone.company_data", company_shown(ctx.case.company, ctx), (*edits(ctx), *more)))
    if page == "invoices":
        return then(Zone(), ListInvoices(ctx.case.account.id or ""))
    if page in ("my_account", "einvoice") and _at_home(ctx):
        ways = (_invoice_email,) if ctx.case.einvoice.status else _notice(ctx)
        ways += personal.pages(ctx) if page == "my_account" else ()
        return then(Zone(), Say(f"zone.{page}_status", _standing(ctx), ways))
    if page == "einvoice":
        email = ctx.case.einvoice.email or ctx.case.account.email
        told = Say("einvoice.status", {"email": email, "status": ctx.case.einvoice.status or "off"})
        return then(Zone(), replace(told, options=(_invoice_email,)))
    if page == "payment":
        return then(Zone(), GiveUpPayment(ctx.case.payment.id or ""))
    if page == "free_version":
        return then(Zone(), OpenFreeVersion(ctx.case.account.id or "", ctx.case.company.id or ""))
    if page == "my_account":
        return then(Zone(), _my_account(ctx))
    return then(Zone())


def _my_account(ctx: Ctx) -> Say:
    email = ctx.case.account.email
    if "order" not in ctx.seller.dialogs:
        return Say("zone.account", {"email": email, "company": ctx.case.company.name}, personal.pages(ctx))
    params = {**order_shown(ctx.case.order, ctx), **_home(Zone(), ctx), "email": email}
    return Say("zone.my_account", params, personal.pages(ctx))


@dialog.always(CompaniesListed)
def companies_listed(_s: Zone, e: CompaniesListed, _ctx: Ctx) -> Decision[Zone]:
    """To choose from."""
    return then(Zone("companies", e.views))


@company.on(Answered)
def company_chosen(s: Zone, e: Answered, _ctx: Ctx) -> Decision[Zone]:
    """The talk goes on with it."""
    return then(Zone(), Tell(CompanyPicked(s.companies[int(str(e.value)) - 1])))


@my_data.on(Answered)
def additional_opened(_s: Zone, _e: Answered, _ctx: Ctx) -> Decision[Zone]:
    """What the company has agreed to stands under its e-mail."""
    return then(Zone("additional"))


@additional.on(Answered)
def additional_saved(s: Zone, _e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Only this button saves the consent."""
    return then(s, SetAutoRenewal(ctx.case.account.id or "", on=True))


@additional.on(Chosen)
def additional_left(s: Zone, e: Chosen, ctx: Ctx) -> Decision[Zone]:
    """Taken back as easily as given, or left as it is."""
    if e.payload == "zone:home":
        return then(Zone())
    return then(s, SetAutoRenewal(ctx.case.account.id or "", on=False))


@dialog.always(PaymentBooked)
def money_came(s: Zone, e: PaymentBooked, ctx: Ctx) -> Decision[Zone]:
    """What the order has renewed is told with its new end; a stored way that another took the place of is forgotten."""
    old = (ForgetStored(e.replaced),) if e.replaced is not None else ()
    paid = e.news and e.status == "paid" and ctx.case.account.id is not None
    if not paid or ctx.seller.renewal is None:
        return then(s, *old)
    return then(s, *old, SeeRenewed(ctx.case.account.id or "", e.order_id, products(ctx)))


@dialog.always(RenewalCharged)
def charged_by_itself(s: Zone, _e: RenewalCharged, ctx: Ctx) -> Decision[Zone]:
    """The receipt says it all; here the ends are read anew."""
    if ctx.case.account.id is None:
        return then(s)
    return then(s, SeeRenewed(ctx.case.account.id, "", products(ctx)))


@dialog.always(Renewed)
def renewal_done(s: Zone, e: Renewed, _ctx: Ctx) -> Decision[Zone]:
    """Until when it goes on now."""
    return then(s, *((Say("zone.renewed", {"ends": e.until}),) if e.until is not None else ()))


@dialog.always(SubscriptionLapsed)
def lapsed(s: Zone, e: SubscriptionLapsed, _ctx: Ctx) -> Decision[Zone]:
    """It has run out; until when it may still be renewed as if it hadn't."""
    params: Params = {"program": Word(f"plan.{e.plan}"), "ends": e.ends_at, "grace": e.grace_until}
    return then(s, Say("zone.grace" if e.grace_until is not None else "zone.ended", params))


@dialog.always(InvoicesListed)
def invoices_listed(_s: Zone, e: InvoicesListed, _ctx: Ctx) -> Decision[Zone]:
    """To be opened one by one; without any, home again."""
    return then(Zone("invoices", invoices=e.invoices)) if e.invoices else then(Zone(), Say("zone.no_invoices"))


@invoice.on(Answered)
def invoice_opened(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """What it says, and where the document is."""
    chosen = next((i for i in s.invoices if i.id == e.value), None)
    return then(s, Say("zone.invoice_opened", invoice_shown(chosen, ctx))) if chosen else then(Zone())


@auto_renewal.on(Answered)
def renewal_switched(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """As easy to take back as to give."""
    return then(s, SetAutoRenewal(ctx.case.account.id or "", e.value == "yes"))


@dialog.always(AutoRenewalSet)
def renewal_told(_s: Zone, e: AutoRenewalSet, _ctx: Ctx) -> Decision[Zone]:
    """What holds now."""
    key = "zone.no_subscription" if not e.changed else "zone.renewal_on" if e.on else "zone.renewal_off"
    return then(Zone(), Say(key))


@my_data.on(Chosen)
@auto_renewal.on(Chosen)
@company.on(Chosen)
@invoice.on(Chosen)
def another_page(_s: Zone, e: Chosen, _ctx: Ctx) -> Decision[Zone]:
    """Nothing is changed here."""
    return then(Zone(), *((Tell(AnotherCompany()),) if e.value == "add_company" else ()))


@dialog.always(FreeVersionOpen)
def free_version_told(s: Zone, e: FreeVersionOpen, _ctx: Ctx) -> Decision[Zone]:
    """Once is enough."""
    return then(s, Say("zone.free_version_on" if e.new else "zone.free_version_before"))


@dialog.always(FreeVersionRefused)
def free_version_refused(s: Zone, _e: FreeVersionRefused, _ctx: Ctx) -> Decision[Zone]:
    """The account isn't ready for it."""
    return then(s, Say("zone.free_version_refused", options=(HUMAN,)))
