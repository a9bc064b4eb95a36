"""The customer zone's pages of renewal: the switch, and the consent beneath the company's data.

Their steps belong to the dialog `zone` (`dialogs/zone/zone.py` declares each at its place).
"""

from dialogs.account.entry import renews_by_order
from dialogs.company.company import dialog as company
from dialogs.company.corrections import begin_report
from dialogs.company.data import read_company
from dialogs.company.data import show_company as company_shown
from dialogs.kit import (
    Answered,
    BoundStep,
    Chosen,
    ConsentTakenBack,
    Decision,
    Dialog,
    Option,
    Params,
    Say,
    Tell,
    then,
)
from dialogs.messages.zone import AutoRenewalSet, PageWanted
from dialogs.order import accepting
from dialogs.order.accepting import RENEWAL, make_renewal_switch
from dialogs.order.bought import has_renewing_subscription
from dialogs.order.costs import show_cart as order_shown
from dialogs.renewal import switching
from dialogs.renewal.shown import last_days, outlooks_shown
from dialogs.state import Ctx, Zone
from dialogs.zone.pages import additional_consents, open_other_page, reports, to_home
from values.meaning import BindingAct, Consenting, Expects

_WITHDRAW = Option("auto_renewal:no", "option.my_data.withdraw", binds=BindingAct.withdraw, loses=True)


def declare_switch(dialog: Dialog[Zone]) -> None:
    """Declare the page of the switch, and the reaction to its result at any step."""
    switch = dialog.choose(
        "auto_renewal",
        _switches,
        when=lambda s, _c: s.page == "renewal",
        done=lambda _s, _c: False,
        params=_switch_shown,
        bound_to=_bound,
        intents={"renewal_on": "auto_renewal:yes", "renewal_off": "auto_renewal:no", "back": "zone:home"},
    )
    switch.on(Answered)(switch_renewal)
    switch.on(Chosen)(open_other_page)
    dialog.always(AutoRenewalSet)(tell_renewal_setting)


def declare_data(dialog: Dialog[Zone]) -> None:
    """Declare the company's data, behind them its consent, and the way from here to the report of wrong ones."""
    company.always(PageWanted)(lambda s, e, ctx: begin_report(s, ctx) if e.page == "report" else then(s))
    my_data = dialog.choose(
        "my_data",
        lambda _s, c: (*reports(c), *additional_consents(c), to_home),
        when=lambda s, _c: s.page == "my_data",
        done=lambda _s, _c: False,
        params=lambda _s, c: {
            **company_shown(read_company(c), c),
            "email": c.case.find_email(c.books),
            "reported": bool(reports(c)),
        },
        intents={
            **dict.fromkeys(("renewal_on", "renewal_off"), "my_data:additional"),
            **dict.fromkeys(("correct_data", "wrong_register_data"), "my_data:report"),
            "back": "zone:home",
        },
        menu=True,
    )
    additional = dialog.choose(
        "confirm",
        lambda _s, c: (
            Option("confirm:yes", "option.my_data.save", binds=BindingAct.renew),
            *((_WITHDRAW,) if has_renewing_subscription(c) else ()),
            to_home,
        ),
        expects=Expects.confirm_data,
        when=lambda s, c: s.page == "additional" and renews_by_order(c),
        done=lambda _s, _c: False,
        params=lambda _s, c: {"email": c.case.find_email(c.books), "auto_renewal": has_renewing_subscription(c)},
        bound_to=_bound,
        intents={
            **dict.fromkeys(("affirm", "renewal_on"), "confirm:yes"),
            "renewal_off": "auto_renewal:no",
            **dict.fromkeys(("deny", "back"), "zone:home"),
        },
    )
    my_data.on(Answered)(open_additional_page)
    my_data.on(Chosen)(open_other_page)
    additional.on(Answered)(save_additional_consent)
    additional.on(Chosen)(leave_additional_consent)


def _switches(_s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    """Return the buttons, for each company where several have contracts."""
    off = switching.offer_switches("auto_renewal:no", ctx, on=False)
    of = (*switching.offer_switches("auto_renewal:yes", ctx, on=True), *off)
    on = Option("auto_renewal:yes", "option.auto_renewal.yes", binds=BindingAct.renew, hidden=bool(of))
    return (*of, on, Option("auto_renewal:no", "option.auto_renewal.no", loses=True, hidden=bool(of)), to_home)


def _switch_shown(_s: Zone, ctx: Ctx) -> Params:
    """Return how the terms go on as it is set now."""
    known, set_to = order_shown(ctx.case.order, ctx), {one.auto_renewal for one in ctx.books.owned}
    now = {"now": "on" if set_to == {True} else "off" if set_to == {False} else "mixed"}
    return {**known, **now, "outlooks": outlooks_shown(ctx.books.outlooks, ctx.seller, ctx.books)}


def switch_renewal(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Switch auto-renewal: withdrawing is as easy as consenting."""
    on, _, company = str(e.value).partition(":")
    return then(s, switching.switch_renewal(ctx, on=on == "yes", company=company))


def tell_renewal_setting(s: Zone, e: AutoRenewalSet, ctx: Ctx) -> Decision[Zone]:
    """Tell the new setting, and how the account's terms go on with it."""
    if e.meanwhile:
        return then(s, Say("zone.renewal_meanwhile"))
    if e.until is not None:
        days = last_days(e.several, ctx.seller) if e.several else e.until
        return then(s, Say("zone.contract_ends" if e.ended else "zone.renewal_stopped", {"until": days}))
    key = "zone.no_subscription" if not e.changed else "zone.renewal_on" if e.on else "zone.renewal_off"
    of = {"company": next((one.name for one in ctx.books.companies if one.id == e.company), None)}
    return then(Zone(), Say(key, {"outlooks": outlooks_shown(ctx.books.outlooks, ctx.seller, ctx.books), **of}))


def open_additional_page(_s: Zone, e: Answered, _ctx: Ctx) -> Decision[Zone]:
    """Open the company's consent under its e-mail, or the report of what is wrong with its data."""
    return then(Zone(), Tell(PageWanted("report"))) if e.value == "report" else then(Zone("additional"))


def save_additional_consent(s: Zone, _e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Save the consent: only this button does."""
    return then(s, make_renewal_switch(ctx, on=True))


def leave_additional_consent(s: Zone, e: Chosen, _ctx: Ctx) -> Decision[Zone]:
    """Withdraw the consent, or leave it as it is."""
    if e.payload == "zone:home":
        return then(Zone())
    return then(s, Tell(ConsentTakenBack(Consenting(refused=(RENEWAL,)))))


def _bound(_s: Zone, ctx: Ctx) -> BoundStep | None:
    return accepting.bind_documents(accepting.documents(ctx, RENEWAL), ctx)
