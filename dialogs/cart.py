"""Cart: the plan and its add-ons, each with the price it makes.

It is asked before the account where the profile puts it first, and is a part of the order to those outside.
"""

from dataclasses import replace

from dialogs.case import Cart, Ctx
from dialogs.costs import plan_of, shown
from dialogs.kit import Answered, Decision, Dialog, Option, Param, Params, Skipped, Word, then
from values import addon as addons
from values.addon import Addon
from values.expects import Expects
from values.money import Money
from values.parsed import Parsed

dialog = Dialog("cart", Cart, shown_as="order")


def _choosing(_s: Cart, ctx: Ctx) -> bool:
    """Somebody wants to buy, or is in without having bought; not once it is ordered."""
    wanted = ctx.case.account.entry == "buy" or ctx.case.account.id is not None
    return wanted and ctx.case.order.id is None


def _packs(s: Cart, ctx: Ctx) -> Params:
    addon = ctx.seller.addon(s.addon or "")
    about: dict[str, Param] = {
        "most": addon.most,
        "pieces": addon.most * addon.pack,
        "pack": addon.pack,
        "unit_net": Money(addon.net, ctx.seller.currency),
    }
    return {"question": Word(f"addon.{addon.id}.ask", tuple(about.items())), **about}


def _quantity(text: str, s: Cart, ctx: Ctx) -> Parsed[int]:
    taken = any(name == s.addon for name, _ in s.extra)
    return addons.parse(text, ctx.seller.addon(s.addon or ""), minimum=0 if taken else 1)


def _title(addon: Addon, ctx: Ctx) -> Option:
    return Option(f"addons:{addon.id}", f"addon.{addon.id}.title", {"unit_net": Money(addon.net, ctx.seller.currency)})


def _more(s: Cart, ctx: Ctx) -> tuple[Option, ...]:
    undo = (Option("addons:undo", "option.addons.undo"),) if s.extra else ()
    enough = Option("addons:none", f"option.addons.{'enough' if s.extra else 'none'}")
    return (*(_title(addon, ctx) for addon in ctx.seller.addons), enough, *undo)


def _offer(s: Cart, ctx: Ctx) -> Params:
    return {**shown(ctx.case.order, ctx), "offer": Word(f"offer.{plan_of(ctx)}"), "begun": bool(s.extra)}


plan = dialog.choose(
    "plan",
    lambda _s, c: tuple(Option(f"plan:{p.id}", f"plan.{p.id}") for p in c.seller.plans),
    slot="plan",
    when=lambda s, c: _choosing(s, c) and len(c.seller.plans) > 1,
    params=lambda _s, c: {"plans": tuple(Word(f"offer.{p.id}") for p in c.seller.plans)},
    changeable=True,
)
quantity = dialog.ask(
    "quantity",
    Expects.quantity,
    parse=_quantity,
    when=lambda s, c: _choosing(s, c) and s.addon is not None,
    done=lambda _s, _c: False,
    optional=True,
    options=lambda _s, _c: (Option("quantity:skip", "option.quantity.skip"),),
    params=_packs,
    intents={"back": "quantity:skip", "deny": "quantity:skip"},
    counted=False,
)
more = dialog.choose(
    "addons",
    _more,
    slot="closed",
    when=lambda s, c: _choosing(s, c) and bool(c.seller.addons),
    needs=("plan",),
    params=_offer,
    intents={"back": "addons:undo", "deny": "addons:none"},
    changeable=True,
)


@more.on(Answered)
def addon_wanted(s: Cart, e: Answered, _ctx: Ctx) -> Decision[Cart]:
    """How many is asked next; or the last one is taken out again, or there is enough."""
    if e.value == "none":
        return then(replace(s, closed="none"))
    if e.value == "undo":
        return then(replace(s, extra=s.extra[:-1], closed=None))
    return then(replace(s, addon=str(e.value), closed=None))


@quantity.on(Answered)
def so_many(s: Cart, e: Answered, _ctx: Ctx) -> Decision[Cart]:
    """The new number stands in place of the old; none takes the add-on out."""
    others = tuple(line for line in s.extra if line[0] != s.addon)
    packs = e.value if isinstance(e.value, int) else 0
    extra = (*others, (s.addon or "", packs)) if packs else others
    return then(replace(s, extra=extra, addon=None))


@quantity.on(Skipped)
def not_this_one(s: Cart, _e: Skipped, _ctx: Ctx) -> Decision[Cart]:
    """Back to what else there is."""
    return then(replace(s, addon=None))
