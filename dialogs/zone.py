"""Zone: what an account holder sees and changes in the chat. Its home is where the straight way ends."""

from dataclasses import replace

from dialogs import personal, zone_lists, zone_methods, zone_news, zone_renewal
from dialogs.case import Ctx, Zone
from dialogs.company_data import edits
from dialogs.company_data import shown as company_shown
from dialogs.costs import shown as order_shown
from dialogs.kit import Answered, Decision, Dialog, Option, Params, Say, Tell, then
from dialogs.payment import on_its_way
from dialogs.renewal import said
from dialogs.renewing import products
from dialogs.words.company import AnotherCompany, ListCompanies
from dialogs.words.einvoice import ListInvoices
from dialogs.words.own_data import OwnDataWanted
from dialogs.words.payment import GiveUpPayment
from dialogs.words.personal import PageWanted
from dialogs.words.renewal import BeginRenewal
from dialogs.words.zone import OpenFreeVersion
from dialogs.zone_terms import at_home, renews_by_order, to_home
from values.expects import Expects

dialog = Dialog("zone", Zone)
_invoice_email = Option("edit:invoice_email", "edit.invoice_email")


def _pages(s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    """What this seller's journey leaves behind to be seen and changed."""
    parts, several = ctx.seller.dialogs, ctx.seller.company.several
    pages = {
        "my_account": True,
        "payment": on_its_way(ctx.case.payment, ctx),
        "companies": several,
        "add_company": several,
        "einvoice": "einvoice" in parts,
        "invoices": at_home(ctx),
        "my_data": "company" in parts,
        "renewal": "order" in parts,
        "methods": "order" in parts,
        "free_version": ctx.seller.free_version is not None,
        "reminders": ctx.case.reminder.stopped,
    }
    own = (*personal.pages(ctx), *_renewal_switch(ctx))
    here = () if s.page else (to_home,)  # pressed at home: an old button, or a program's, and no mistake
    own = tuple(replace(option, hidden=True) for option in (*own, *here))
    shown = (Option(f"zone:{p}", f"option.zone.{p}") for p, offered in pages.items() if offered)
    return (*_notice(ctx), *shown, *own)


def _renewal_switch(ctx: Ctx) -> tuple[Option, ...]:
    """Where renewal is switched if the button of that name orders one."""
    return (Option("my_data:additional", "option.my_data.additional"),) if renews_by_order(ctx) else ()


def _notice(ctx: Ctx) -> tuple[Option, ...]:
    """What is offered as long as e-invoices are off; where they are no part of a purchase, what they are, too."""
    if "einvoice" not in ctx.seller.dialogs or ctx.case.einvoice.status:
        return ()
    ways = ("details", "activate") if at_home(ctx) else ("activate",)
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


def _can_log_in(ctx: Ctx) -> bool:
    return ctx.case.einvoice.status == "active"


def _standing(ctx: Ctx) -> Params:
    """The account without anything bought: whose it is, and how its e-invoices stand."""
    account, invoices = ctx.case.account, ctx.case.einvoice
    return {"login": account.known_as, "status": invoices.status or "off", "email": invoices.email or account.email}


zone_renewal.declare_switch(dialog)
zone_methods.declare(dialog)
zone_lists.declare_companies(dialog)
zone_renewal.declare_data(dialog)
zone_lists.declare_invoices(dialog)
zone_news.declare(dialog)
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
    if page == "renewal" and renews_by_order(ctx):
        return then(Zone(), BeginRenewal(ctx.case.account.id or "", None, products(ctx)))
    if page == zone_methods.PAGE:
        return then(Zone(), zone_methods.opened(ctx))
    if page == "renewal" or (page == "my_data" and renews_by_order(ctx)):
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
    if page in ("my_account", "einvoice") and at_home(ctx):
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
