"""Zone: what an account holder sees and changes in the chat. Its home is where the straight way ends."""

from dataclasses import replace

from dialogs.cart import methods
from dialogs.cart import shown as order_shown
from dialogs.case import Ctx, Zone
from dialogs.company import edits
from dialogs.company import shown as company_shown
from dialogs.kit import Answered, Chosen, Decision, Dialog, Option, Params, Say, Word, then
from dialogs.words.zone import (
    AutoRenewalSet,
    DefaultMethodSet,
    SetAutoRenewal,
    SetDefaultMethod,
)
from values.expects import Expects

dialog = Dialog("zone", Zone)


def _pages(_s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    activate = () if ctx.case.einvoice.status else (Option("einvoice:activate", "option.einvoice.activate"),)
    pages = ("my_account", "einvoice", "my_data", "renewal", "methods")
    return (*activate, *(Option(f"zone:{p}", f"option.zone.{p}") for p in pages))


def _home(_s: Zone, ctx: Ctx) -> Params:
    return {"status": ctx.case.einvoice.status or "off", "number": ctx.case.order.number, "login": _can_log_in(ctx)}


def _can_log_in(ctx: Ctx) -> bool:
    return ctx.case.einvoice.status == "active"


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
method = dialog.choose(
    "method",
    lambda _s, c: (*methods(c), _to_home),
    when=lambda s, _c: s.page == "methods",
    done=lambda _s, _c: False,
    params=lambda _s, c: order_shown(c.case.order, c),
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
        "renewal_on": "zone:renewal",
        "renewal_off": "zone:renewal",
        "ask_renewal": "zone:renewal",
        "choose_payment_method": "zone:methods",
        "correct_data": "zone:my_data",
        "wrong_register_data": "zone:my_data",
        "activate_einvoice": ("einvoice:activate", "zone:einvoice"),
        "log_in": "zone:my_account",
    },
    links=("login",),
    menu=True,
    counted=False,
)


@home.on(Answered)
def page_opened(_s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Renewal and method are asked; the other pages are told."""
    page = str(e.value)
    if page in ("renewal", "methods"):
        return then(Zone(page))
    if page == "my_data":
        return then(Zone(), Say("zone.my_data", company_shown(ctx.case.company, ctx), (*edits(), _invoice_email)))
    if page == "einvoice":
        email = ctx.case.einvoice.email or ctx.case.account.email
        told = Say("einvoice.status", {"email": email, "status": ctx.case.einvoice.status or "off"})
        return then(Zone(), replace(told, options=(_invoice_email,)))
    if page == "my_account":
        params = {**order_shown(ctx.case.order, ctx), "number": ctx.case.order.number, "email": ctx.case.account.email}
        return then(Zone(), Say("zone.my_account", params))
    return then(Zone())


@auto_renewal.on(Answered)
def renewal_switched(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """As easy to take back as to give."""
    return then(s, SetAutoRenewal(ctx.case.account.id or "", e.value == "yes"))


@dialog.always(AutoRenewalSet)
def renewal_told(_s: Zone, e: AutoRenewalSet, _ctx: Ctx) -> Decision[Zone]:
    """What holds now."""
    key = "zone.no_subscription" if not e.changed else "zone.renewal_on" if e.on else "zone.renewal_off"
    return then(Zone(), Say(key))


@auto_renewal.on(Chosen)
@method.on(Chosen)
def home_again(_s: Zone, _e: Chosen, _ctx: Ctx) -> Decision[Zone]:
    """Nothing is changed."""
    return then(Zone())


@method.on(Answered)
def method_chosen(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """For future renewals."""
    return then(s, SetDefaultMethod(ctx.case.account.id or "", str(e.value)))


@dialog.always(DefaultMethodSet)
def method_told(_s: Zone, e: DefaultMethodSet, _ctx: Ctx) -> Decision[Zone]:
    """What holds now."""
    return then(Zone(), Say("zone.method_saved", {"method": Word(f"option.method.{e.method}")}))
