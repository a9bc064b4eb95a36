"""The zone's buttons: a handful at home, the rest on pages of their own.

A button that isn't shown works all the same when it is said, or pressed on an older message.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from dialogs.account import personal
from dialogs.account.entry import renews_by_order
from dialogs.company.data import list_edit_buttons, read_company
from dialogs.einvoice import OFF
from dialogs.kit import Chosen, Decision, Option, Tell, then
from dialogs.messages.company import AnotherCompany
from dialogs.order.bought import has_ended, has_renewing_subscription
from dialogs.order.costs import methods
from dialogs.state import Ctx, Zone
from dialogs.to_pay import is_paid_offline, other_ways
from values.meaning import BindingAct
from values.renewal import Owned

ACCOUNT, SETTINGS, PAYMENTS, DATA, OTHER_WAY = "account", "settings", "payments", "data", "payment"
"""Pages that are but more buttons: what `Zone.page` says while one of them is open."""

MOST = 5
"""So many buttons are taken in at a glance; the way out, "buy again" and the row with "back" come on top."""

invoice_email = Option("edit:invoice_email", "edit.invoice_email")
_back = Option("zone:up", "option.zone.home", hidden=True)
_typed_renewal = Option("zone:renewal", "option.renew.now", hidden=True)
_no_renewal = Option("auto_renewal:no", "option.auto_renewal.no", loses=True)
to_home = Option("zone:home", "option.zone.home")


def at_home(ctx: Ctx) -> bool:
    """Return whether e-invoices are no part of a purchase: then home offers them."""
    return "einvoice" in ctx.seller.dialogs and not ctx.seller.sells


def open_other_page(_s: Zone, e: Chosen, _ctx: Ctx) -> Decision[Zone]:
    """Open another page without a change."""
    return then(Zone(), *((Tell(AnotherCompany()),) if e.value == "add_company" else ()))


def options(s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    """Return the buttons shown, then those that work without being shown."""
    home, groups = _home(ctx), _groups(ctx)
    open_ = groups.get(s.page) if s.page is not None else None
    shown = home if open_ is None else (*open_, to_home)
    every = (*home, *(option for group in groups.values() for option in group))
    every += (_page(PAYMENTS),) if groups[PAYMENTS] else ()
    every += (Option("start:buy", "option.start.again"),) if groups[PAYMENTS] and not renews_by_order(ctx) else ()
    every += methods(ctx) if s.page is None and groups[PAYMENTS] else ()
    every += (_no_renewal,) if has_renewing_subscription(ctx) else ()
    # Where invoices are all that there is, the list answers most of what is wrong with one; elsewhere a person does.
    every += (_page("invoice_problem", "invoices"),) if at_home(ctx) else ()
    # Pressed at home, it is an old button, or a program's, and no mistake; a page that asks something has its own.
    every += (to_home, *reports(ctx)) if s.page is None else ()
    # What the reminder's button says may be typed here, too.
    typed = (_typed_renewal,) if s.page is None and renews_by_order(ctx) else ()
    seen = {option.payload for option in shown}
    # A step's own changes are offered where they are shown.
    rest = {o.payload: _unshown(o) for o in every if o.payload not in seen and not o.payload.startswith("edit:")}
    return (*shown, *rest.values(), *typed, *(() if open_ is None else (_back,)))


def list_einvoice_buttons(ctx: Ctx) -> tuple[Option, ...]:
    """Return the buttons while e-invoices are off; outside a purchase also their explanation."""
    if "einvoice" not in ctx.seller.dialogs or ctx.books.einvoice_status != "off" or has_ended(ctx):
        return ()
    activate = Option("einvoice:activate", "option.einvoice.activate")
    if at_home(ctx):  # the terms of the consent are read first, at the confirming step
        return (Option("einvoice:details", "option.einvoice.details"), activate)
    return (replace(activate, binds=BindingAct.activate),)


def einvoice_ways(ctx: Ctx) -> tuple[Option, ...]:
    """Return the settings of e-invoices; once they come, also the switch."""
    return (invoice_email,) if ctx.books.einvoice_status == "off" else (invoice_email, OFF)


def _unshown(option: Option) -> Option:
    """Return the button hidden.

    Built directly: `replace` would take most of the time of a turn in the zone, which makes many.
    """
    return Option(option.payload, option.key, option.params, hidden=True, binds=option.binds, loses=option.loses)


def _home(ctx: Ctx) -> tuple[Option, ...]:
    """Return the buttons for everything that this seller's journey leaves to be seen and changed."""
    parts, several = ctx.seller.dialogs, ctx.seller.company.several
    pages = {
        "my_account": True,
        "payment": is_paid_offline(ctx) or ctx.case.payment.aside,
        "companies": several,
        "add_company": several,
        "einvoice": "einvoice" in parts,
        "invoices": at_home(ctx) or bool(ctx.books.invoices),
        "my_data": "company" in parts,
        "change": bool(list_changeable_plans(ctx)),
        "renewal": "order" in parts,
        "methods": "order" in parts,
        "free_version": ctx.seller.free_version is not None,
        "reminders": ctx.books.reminders_stopped,
    }
    again = (Option("start:buy", "option.start.again"),) if pages["methods"] and not renews_by_order(ctx) else ()
    first, last = (again, ()) if has_ended(ctx) else ((), () if pages["payment"] else again)
    words = {"payment": "to_pay"} if ctx.case.payment.aside else {}
    words |= {"change": "change_plan"} if other_plans(ctx) else {}
    shown = (*list_einvoice_buttons(ctx), *(_page(name, words.get(name)) for name, offered in pages.items() if offered))
    gathered = shown if len(shown) <= MOST else tuple(_gathered(shown, ctx))
    # To buy again stands among the first: a page that shows few buttons keeps the rest behind one more.
    return (*first, *gathered[:1], *last, *gathered[1:])


def _gathered(shown: tuple[Option, ...], ctx: Ctx) -> Iterator[Option]:
    """Yield the buttons with those about paying behind one; a renewal that is ordered stays in view."""
    for option in shown:
        if option.payload == "zone:renewal" and not renews_by_order(ctx):
            yield _page("payments")
        elif option.payload not in ("zone:methods", "zone:change") or renews_by_order(ctx):
            yield option


def _groups(ctx: Ctx) -> dict[str, tuple[Option, ...]]:
    of_notices = list_einvoice_buttons(ctx) if ctx.books.einvoice_status == "off" else einvoice_ways(ctx)
    data = (*list_edit_buttons(ctx), *((invoice_email,) if "einvoice" in ctx.seller.dialogs else ()))
    change = (_page("change", "change_plan" if other_plans(ctx) else None),) if list_changeable_plans(ctx) else ()
    groups: dict[str, tuple[Option, ...]] = {
        ACCOUNT: (*(of_notices if at_home(ctx) else ()), *personal.pages(ctx)),
        SETTINGS: personal.settings(ctx),
        PAYMENTS: (*change, _page("renewal"), _page("methods")) if "order" in ctx.seller.dialogs else (),
        DATA: additional_consents(ctx) or data,
    }
    return {**groups, OTHER_WAY: other_ways(ctx)} if is_paid_offline(ctx) else groups


def list_changeable_plans(ctx: Ctx) -> tuple[Owned, ...]:
    """Return the running plans of which there can be more seats, or fewer, or another in their place."""
    running = (one for one in ctx.books.owned if one.status == "active" and one.undone in (None, "trial"))
    return tuple(o for o in running if ctx.seller.seats_of(o.product) is not None or ctx.seller.instead_of(o.product))


def other_plans(ctx: Ctx) -> bool:
    """Return whether a running plan can be another."""
    return any(ctx.seller.instead_of(one.product) for one in list_changeable_plans(ctx))


def additional_consents(ctx: Ctx) -> tuple[Option, ...]:
    """Return the way to the page that switches renewal, where the button of that name orders one."""
    return (Option("my_data:additional", "option.my_data.additional"),) if renews_by_order(ctx) else ()


def reports(ctx: Ctx) -> tuple[Option, ...]:
    """Return the way to report wrong data of the company, where the seller puts them right."""
    told = ctx.seller.company.edit == "report" and read_company(ctx).tax_number is not None
    return (Option("my_data:report", "option.company.report"),) if told else ()


def _page(name: str, words: str | None = None) -> Option:
    return Option(f"zone:{name}", f"option.zone.{words or name}")


def list_extensions(ctx: Ctx) -> tuple[Owned, ...]:
    """Return the extensions bought for programs beside their subscriptions."""
    if not renews_by_order(ctx):
        return ()
    known = {program.extension for program in ctx.seller.programs}
    return tuple(o for o in ctx.books.owned if o.product in known)
