"""Renewal turned on or off for one company: the one that is named, else it is asked where several have contracts."""

from dialogs.kit import Effect, Option, Say
from dialogs.order.accepting import make_renewal_switch
from dialogs.state import Ctx
from values.meaning import BindingAct

RUNNING_OFF = "zone:renewal_off"
ALL = "all"


def list_renewed_companies(ctx: Ctx) -> dict[str, bool]:
    """Return whether a contract of each company renews, by the company's id; empty unless several have contracts."""
    never, known = ctx.seller.never_renewed, [one.id for one in ctx.books.companies]
    owned = [(of.company_id, of.auto_renewal) for of in ctx.books.owned if of.product not in never]
    of = {id: any(on for whose, on in owned if whose == id) for id in known if any(whose == id for whose, _ in owned)}
    return of if len(of) > 1 else {}


def offer_switches(step: str, ctx: Ctx, *, on: bool) -> tuple[Option, ...]:
    """Return a button for each company whose renewal isn't set so yet."""
    of, names = list_renewed_companies(ctx), {one.id: one.name for one in ctx.books.companies}
    key, binds = f"option.renewal_of.{'on' if on else 'off'}", BindingAct.renew if on else None
    changed = (id for id, now in of.items() if now is not on)
    return tuple(Option(f"{step}:{id}", key, {"company": names[id]}, binds=binds, loses=not on) for id in changed)


def switch_renewal(ctx: Ctx, *, on: bool, company: str = "") -> Effect:
    """Return the switch for the company that is pressed, named, or the only one that it changes; else the question."""
    of, said = list_renewed_companies(ctx), ctx.said.companies if ctx.said is not None else ()
    meant = (company,) if company else said or tuple(id for id, now in of.items() if now is not on)
    if company == ALL or not meant or not (of or said) or (said and of.keys() <= {*said}):
        return make_renewal_switch(ctx, on=on)
    if len(meant) == 1:
        return make_renewal_switch(ctx, on=on, company=meant[0])
    every = Option(f"{RUNNING_OFF}:{ALL}", "option.renewal_of.none", loses=True)
    return Say("zone.renewal_which", options=() if on else (*offer_switches(RUNNING_OFF, ctx, on=False), every))
