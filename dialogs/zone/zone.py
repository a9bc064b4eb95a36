"""Zone: the data and services that an account holder sees and changes in the chat; the end of the main journey."""

from collections.abc import Callable, Mapping

from dialogs.account import log_ins
from dialogs.company.data import read_company
from dialogs.company.data import show_company as company_shown
from dialogs.kit import (
    HUMAN,
    Answered,
    Asked,
    CardContent,
    Chosen,
    Decision,
    Dialog,
    Event,
    Option,
    Params,
    Say,
    Tell,
    need_slot,
    rows,
    then,
)
from dialogs.messages.company import AnotherCompany
from dialogs.messages.einvoice import EInvoiceSwitched, WithdrawEInvoice
from dialogs.messages.order import MethodWanted, OrderBegun, PaymentWanted
from dialogs.messages.own_data import OwnDataWanted
from dialogs.messages.payment import SetDefaultMethod
from dialogs.messages.renewal import BeginRenewal
from dialogs.messages.zone import OpenFreeVersion, PageWanted
from dialogs.order.bought import has_ended, last_term, service, until_shown, why_unpaid
from dialogs.order.costs import show_cart as order_shown
from dialogs.order.in_books import is_paid, number_here
from dialogs.order.list_prices import prices, trial_sold
from dialogs.order.placed import tell_trial
from dialogs.renewal.renewal import word_programs
from dialogs.renewal.renewing import list_renewable, products
from dialogs.renewal.shown import outlooks_shown, reversals_shown
from dialogs.renewal.switching import switch_renewal
from dialogs.state import Ctx, Zone
from dialogs.to_pay import how_to_pay, is_paid_offline, method_of, payment_shown
from dialogs.zone import answers, changes, lists, renewal
from dialogs.zone import pages as zone_pages
from dialogs.zone.lists import einvoices_shown
from values.meaning import Expects
from values.renewal import last_moment

dialog = Dialog("zone", Zone, browsed=True)
_Opened = Callable[[Ctx], Decision[Zone]]
MORE = "zone:more"
"""Payload of a wish for more add-ons, where it would otherwise order a second term."""


def _home(_s: Zone, ctx: Ctx) -> Params:
    status = ctx.books.einvoice_status if "einvoice" in ctx.seller.dialogs else "none"
    return {
        "status": status,
        "number": number_here(ctx),
        "login": ctx.books.einvoice_status == "active" and not has_ended(ctx),
        "company": read_company(ctx).name,
        "programs": word_programs(list_renewable(ctx), ctx),
        "owns": bool(list_renewable(ctx)),
        "extensions": word_programs(zone_pages.list_extensions(ctx), ctx) or None,
        "paid": is_paid(ctx),
        **_term(ctx),
    }


def _term(ctx: Ctx) -> Params:
    """Return the service's state, the end of its paid term, and the last day to renew it.

    `told`: its end was told just now.
    """
    of, zone = last_term(ctx), ctx.seller.zone
    last = last_moment(ctx.seller.renewal_rules.of_term(of.term), of.ends_at, zone) if of is not None else None
    shown: Params = {"service": service(ctx), "until": until_shown(ctx), "grace": last, "undone": why_unpaid(ctx)}
    return {**shown, "told": ctx.case.zone.lapsed_at == ctx.now}


renewal.declare_switch(dialog)
changes.declare(dialog)
lists.declare_methods(dialog)
lists.declare_companies(dialog)
renewal.declare_data(dialog)
lists.declare_invoices(dialog)
answers.declare(dialog)
home = dialog.choose(
    "zone",
    zone_pages.options,
    expects=Expects.nothing,
    done=lambda _s, _c: False,
    params=_home,
    intents={
        **dict.fromkeys(("renewal_on", "correct:auto_renewal"), ("my_data:additional", "zone:renewal")),
        # What e-mails and announcements say is enough to write: nothing more is asked before it holds.
        "renewal_off": ("auto_renewal:no", "my_data:additional", "zone:renewal"),
        "ask_renewal": "zone:renewal",
        **dict.fromkeys(("choose_payment_method", "correct:method"), ("zone:payment", "zone:methods")),
        **dict.fromkeys(("correct_data", "wrong_register_data"), ("my_data:report", "zone:my_data")),
        "activate_einvoice": ("einvoice:activate", "zone:einvoice"),
        "invoice_problem": "zone:invoice_problem",
        "log_in": "zone:my_account",
        "delete_my_data": "zone:erase",
        "add_company": "zone:add_company",
        **dict.fromkeys(("back", "deny"), "zone:up"),
        **dict.fromkeys(("choose_plan", "renew_subscription"), ("start:buy", "zone:renewal")),
        **dict.fromkeys(("start:buy+addons", "zone:renewal+addons"), MORE),
    },
    links=("payment", "login"),
    menu=True,
    leads=("start", "method", "auto_renewal"),
)


def _renewal(ctx: Ctx) -> Decision[Zone]:
    """Order a renewal where that is how it renews; else ask for it."""
    if zone_pages.renews_by_order(ctx):
        return then(Zone(), BeginRenewal(need_slot(ctx.case.account.id), None, products(ctx)))
    return then(Zone("renewal"))


def _my_data(ctx: Ctx) -> Decision[Zone]:
    if zone_pages.renews_by_order(ctx):
        return then(Zone("my_data"))
    return then(Zone(zone_pages.DATA), Say("zone.company_data", company_shown(read_company(ctx), ctx)))


def _account_page(ctx: Ctx) -> Decision[Zone]:
    told = Say("zone.my_account_status", einvoices_shown(ctx)) if zone_pages.at_home(ctx) else _my_account(ctx)
    return then(Zone(zone_pages.ACCOUNT), told)


def _payment(ctx: Ctx) -> Decision[Zone]:
    """Return to the payment that was left, else offer other ways for the one on its way."""
    if ctx.case.payment.aside:
        return then(Zone(), Tell(PaymentWanted()))
    return then(Zone(zone_pages.OTHER_WAY), Say(f"zone.{zone_pages.OTHER_WAY}", payment_shown(ctx), brief=True))


def _einvoice(ctx: Ctx) -> Decision[Zone]:
    if zone_pages.at_home(ctx):
        ways = (
            zone_pages.list_einvoice_buttons(ctx)
            if ctx.books.einvoice_status == "off"
            else zone_pages.einvoice_ways(ctx)
        )
        return then(Zone(), Say("zone.einvoice_status", einvoices_shown(ctx), ways))
    return then(Zone(), Say("einvoice.status", einvoices_shown(ctx), zone_pages.einvoice_ways(ctx)))


def _elsewhere(wanted: Callable[[str], Event], *pages: str) -> Mapping[str, _Opened]:
    """Leave these pages to the dialog that hears of the event."""
    return {page: lambda _ctx, page=page: then(Zone(), Tell(wanted(page))) for page in pages}


_PAGES: Mapping[str, _Opened] = {
    "renewal": _renewal,
    "my_data": _my_data,
    "my_account": _account_page,
    "einvoice": _einvoice,
    lists.METHODS: lambda _ctx: then(Zone(lists.METHODS)),
    zone_pages.SETTINGS: lambda _ctx: then(Zone(zone_pages.SETTINGS), Say(f"zone.{zone_pages.SETTINGS}")),
    zone_pages.PAYMENTS: lambda _ctx: then(Zone(zone_pages.PAYMENTS), Say(f"zone.{zone_pages.PAYMENTS}")),
    "add_company": lambda _ctx: then(Zone(), Tell(AnotherCompany())),
    "companies": lambda _ctx: then(Zone("companies")),
    changes.PAGE: lambda ctx: then(Zone(changes.PAGE)) if zone_pages.list_changeable_plans(ctx) else then(Zone()),
    **dict.fromkeys(("invoices", "invoice_problem"), lambda ctx: lists.open_invoices(Zone(), ctx)),
    "einvoice_off": lambda ctx: then(Zone(), WithdrawEInvoice(need_slot(ctx.case.account.id))),
    zone_pages.OTHER_WAY: _payment,
    "free_version": lambda ctx: then(
        Zone(), OpenFreeVersion(need_slot(ctx.case.account.id), need_slot(ctx.case.company.id))
    ),
    **_elsewhere(OwnDataWanted, "export", "erase", "end", "withdraw"),
    **_elsewhere(
        PageWanted,
        *("contacts", "consents", "documents", "password", "log_ins", "log_out", "log_out_everywhere", "reminders"),
    ),
}
"""What opening a page of the zone does; any other leads home."""


@home.on(Answered)
def open_chosen_page(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Open a page: ask for renewal or method, order a renewal, or tell the page's content."""
    page = str(e.value)
    if page in log_ins.PRIVATE and (again := log_ins.ask_password_unless_fresh(ctx)) is not None:
        return then(s, again)
    return _PAGES.get(page, lambda _ctx: then(Zone()))(ctx)


@home.on(Chosen)
def carry_out_choice(s: Zone, e: Chosen, ctx: Ctx) -> Decision[Zone]:
    """Begin another order, stop renewal, or take a method: for the order that waits for money, else for renewals."""
    account_id = need_slot(ctx.case.account.id)
    if e.payload == "auto_renewal:no":
        return then(s, switch_renewal(ctx, on=False))
    if e.payload in (told := {"start:buy": OrderBegun(), "my_data:report": PageWanted("report")}):
        return then(Zone(), Tell(told[e.payload]))
    if is_paid_offline(ctx):
        return then(Zone(), how_to_pay(ctx) if e.value == method_of(ctx) else Tell(MethodWanted(e.value)))
    if (again := log_ins.ask_password_unless_fresh(ctx)) is not None:
        return then(s, again)
    return then(s, SetDefaultMethod(account_id, e.value))


@dialog.asked("ask_end")
def tell_term_end(s: Zone, _e: Asked, ctx: Ctx) -> Decision[Zone]:
    """Tell the end of the paid term, at any step."""
    if not ctx.seller.sells:
        return then(s, Say("zone.no_term", options=(HUMAN,)))
    return then(s, Say("zone.term", _home(s, ctx)))


@dialog.asked("my_order", "ask_ordered")
def show_account_order(s: Zone, _e: Asked, ctx: Ctx) -> Decision[Zone]:
    """Show what is ordered, beside its payment's status."""
    return then(s, *((_my_account(ctx),) if (ctx.asked or "").startswith("zone.") else ()))


@dialog.asked("change_plan")
def tell_possible_changes(s: Zone, _e: Asked, ctx: Ctx) -> Decision[Zone]:
    """Tell the changes that are possible, and who helps with the rest."""
    if service(ctx) not in ("running", "grace"):
        return then(s, Say("zone.change_later" if ctx.seller.sells else "kit.for_a_person", options=(HUMAN,)))
    home = ctx.asked == "zone.zone" and not zone_pages.renews_by_order(ctx)  # only there the button leads on
    if home and zone_pages.other_plans(ctx):
        return then(Zone(changes.PAGE))
    ways = (Option("start:buy", "option.start.again"),) if home else ()
    return then(s, Say("zone.change_plan", _term(ctx), (*ways, HUMAN)))


@dialog.asked("order_addon")
@dialog.anywhere(MORE)
def tell_ways_to_more(s: Zone, _e: Asked | Answered, ctx: Ctx) -> Decision[Zone]:
    """Tell that a running term takes no more, and the ways to more; without one begin an order."""
    here = ctx.case.account.id is not None and ctx.asked == "zone.zone"
    if here and zone_pages.renews_by_order(ctx):
        return _renewal(ctx)
    if here and any(ctx.seller.seats_of(one.product) for one in zone_pages.list_changeable_plans(ctx)):
        return then(Zone(changes.PAGE))
    if ctx.seller.sells and service(ctx) in ("running", "grace"):
        ways = (Option("start:buy", "option.start.again"),) if here else ()
        key = "zone.add_later" if ctx.seller.addons else "zone.change_plan"
        return then(s, Say(key, _term(ctx), (*ways, HUMAN)))
    if here and ctx.seller.sells and service(ctx) != "waiting":
        return then(Zone(), Tell(OrderBegun()))
    return then(s, Say("kit.for_a_person", options=(HUMAN,)))


@dialog.asked("free_version", "ask_trial")
def tell_free_version(s: Zone, e: Asked, ctx: Ctx) -> Decision[Zone]:
    """Tell whether it can be had for nothing, to keep or to try, and the alternatives."""
    if not ctx.seller.sells:
        return then(s, Say("kit.for_a_person", options=(HUMAN,)))
    if e.intent == "ask_trial" and service(ctx) == "running" and why_unpaid(ctx) == "trial":
        return then(s, tell_trial(ctx))
    if e.intent == "ask_trial" and (trial := trial_sold(ctx)) is not None:
        return then(s, Say("zone.trial", trial))
    if ctx.seller.free_version is None and e.intent == "ask_trial":
        return then(s, Say("zone.no_trial"))
    if ctx.seller.free_version is None:
        plans = tuple(plan.id for plan in ctx.seller.plans)
        return then(s, Say("zone.no_free_version", {"prices": prices(plans, ctx)}))
    way = (Option("zone:free_version", "option.zone.free_version"),) if ctx.case.account.id is not None else ()
    return then(s, Say("zone.free_version_where", options=way))


@dialog.always(EInvoiceSwitched)
def return_after_activation(s: Zone, _e: EInvoiceSwitched, _ctx: Ctx) -> Decision[Zone]:
    """Return home after an activation begun from the account's page or at home."""
    return then(Zone() if s.page == zone_pages.ACCOUNT else s)


def _my_account(ctx: Ctx) -> Say:
    email = ctx.case.find_email(ctx.books)
    if "order" not in ctx.seller.dialogs:
        return Say("zone.account", {"email": email, "company": read_company(ctx).name})
    over = {"auto_renewal": None} if has_ended(ctx) else {}
    goes_on = outlooks_shown(ctx.books.outlooks, ctx.seller, ctx.books)
    known: Params = {"email": email, "outlooks": goes_on, "reversals": reversals_shown(ctx.books.reversals)}
    of = next((one for one in zone_pages.list_changeable_plans(ctx) if ctx.seller.seats_of(one.product)), None)
    seats: Params = {} if of is None else {"seats": of.quantity}  # there may be more than were ordered
    params: Params = {**order_shown(ctx.case.order, ctx), **_home(Zone(), ctx), **over, **known, **seats}
    if zone_pages.renews_by_order(ctx):  # what is owned are programs, each with a term of its own
        return Say("zone.my_account", params)
    end = "runs_until" if why_unpaid(ctx) else "paid_until"
    told = rows("email", "number", "bought", end, "reversals", "auto_renewal", "extensions")
    return Say("", card=CardContent("zone", "zone", told, params))
