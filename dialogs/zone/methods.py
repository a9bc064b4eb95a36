"""The customer zone's page of ways to pay: those stored, the one for renewals, the way to forget one.

Its step belongs to the dialog `zone` (`dialogs/zone/zone.py` declares it at its place).
"""

from dialogs.kit import Answered, Chosen, Decision, Dialog, Option, Params, Say, Step, Word, keep_slots, need_slot, then
from dialogs.messages.payment import (
    DefaultMethodSet,
    ForgetMethod,
    ForgetStored,
    MethodForgotten,
    SetDefaultMethod,
    StoredForgotten,
    StoredWayGone,
)
from dialogs.order.costs import methods
from dialogs.order.stored_methods import said
from dialogs.renewal.shown import outlooks_shown
from dialogs.state import Ctx, Zone
from dialogs.zone.pages import to_home

PAGE = "methods"


def _options(_s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    """Return each stored way by its own name; a kind of which one is stored means that one, and is only typed."""
    ways = ctx.books.ways
    stored = {way.method for way in ways}
    other = (w for w in ways if w.is_usable(ctx.now.date()) and not w.is_default)
    use = tuple(Option(f"saved:{w.id}", "option.way.use", {"label": w.label}) for w in other)
    kinds = tuple(Option(o.payload, o.key, hidden=o.value in stored) for o in methods(ctx))
    drop = tuple(Option(f"forget:{w.id}", "option.way.forget", {"label": w.label}, loses=True) for w in ways)
    return (*use, *kinds, *drop, to_home)


def _shown(_s: Zone, ctx: Ctx) -> Params:
    default = ctx.books.default_method
    return {
        "ways": tuple(said(way, ctx) for way in ctx.books.ways) or None,
        "stores": bool(ctx.seller.chargeable),
        "default": Word(f"option.method.{default}") if default is not None else None,
    }


def declare(dialog: Dialog[Zone]) -> Step[Zone]:
    """Declare the page's step and its reactions."""
    step = dialog.choose(
        "method",
        _options,
        when=lambda s, _c: s.page == PAGE,
        done=lambda _s, _c: False,
        params=_shown,
        intents={"back": "zone:home"},
    )
    step.on(Answered)(kind_chosen)
    step.on(Chosen)(way_chosen)
    dialog.always(DefaultMethodSet)(default_set)
    dialog.always(MethodForgotten)(tell_forgotten_method)
    dialog.always(StoredWayGone)(way_gone)
    dialog.always(StoredForgotten)(keep_slots)
    return step


def kind_chosen(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Set the method for future renewals."""
    return then(s, SetDefaultMethod(need_slot(ctx.case.account.id), str(e.value)))


def way_chosen(s: Zone, e: Chosen, ctx: Ctx) -> Decision[Zone]:
    """Set one of the stored ways for future renewals, or forget it."""
    way = next((way for way in ctx.books.ways if way.id == e.value), None)
    if way is None:
        return then(Zone())
    account_id = need_slot(ctx.case.account.id)
    if e.payload.startswith("forget:"):
        return then(s, ForgetMethod(account_id, way.id))
    return then(s, SetDefaultMethod(account_id, way.method, way.id))


def default_set(_s: Zone, e: DefaultMethodSet, ctx: Ctx) -> Decision[Zone]:
    """Tell the method for renewals and its consequences."""
    method = Word(f"option.method.{e.method}")
    named = e.label is not None and e.method in ctx.seller.chargeable
    params: Params = {"method": method, "label": e.label, "named": named, **_goes_on(ctx)}
    return then(Zone(), Say("zone.method_saved", params))


def tell_forgotten_method(_s: Zone, e: MethodForgotten, ctx: Ctx) -> Decision[Zone]:
    """Tell that the way isn't used any more; its provider is told in the background."""
    if e.way_id is None:
        return then(Zone(), Say("zone.method_gone"))
    said = Say("zone.method_forgotten", {"label": e.label, "default": e.was_default, **_goes_on(ctx)})
    return then(Zone(), said, ForgetStored(e.way_id))


def _goes_on(ctx: Ctx) -> Params:
    """Return how the account's terms go on, where any is renewed."""
    return {"outlooks": outlooks_shown([one for one in ctx.books.outlooks if one.renews], ctx.seller)}


def way_gone(s: Zone, e: StoredWayGone, _ctx: Ctx) -> Decision[Zone]:
    """Tell that a stored way is gone, in time to choose another before the renewal."""
    return then(s, Say("zone.way_gone", {"label": e.label}))
