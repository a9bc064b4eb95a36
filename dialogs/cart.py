"""Cart: the plan and its add-ons, each with the price it makes; and what the order costs, as texts and buttons need it.

It is asked before the account where the profile puts it first, and is a part of the order to those outside.
"""

from dataclasses import replace

from dialogs.case import Cart, Ctx, Order
from dialogs.kit import Answered, Decision, Dialog, Option, Param, Params, Skipped, Word, then
from dialogs.renewing import lines as renewal_lines
from values import addon as addons
from values.addon import Addon
from values.cart_line import CartLine
from values.expects import Expects
from values.money import Money
from values.offline import is_offline
from values.parsed import Parsed
from values.price import Price, price

dialog = Dialog("cart", Cart, shown_as="order")


# --- what it costs ---


def plan_of(ctx: Ctx) -> str:
    """The plan that is chosen; where there is no choice, the only one."""
    return ctx.case.cart.plan or ctx.case.order.plan or ctx.seller.plans[0].id


def lines(s: Order, ctx: Ctx) -> tuple[CartLine, ...]:
    """What is bought: the programs of a renewal, else the plan chosen and its add-ons; once it is placed, what was
    ordered."""
    if "renewal" in ctx.seller.dialogs:
        return renewal_lines(ctx.case.renewal, ctx)
    bought = s.items or ((plan_of(ctx), 1), *ctx.case.cart.extra)
    return tuple(CartLine(name, years_of(s, ctx), quantity) for name, quantity in bought)


def years_of(s: Order, ctx: Ctx) -> int:
    """For how long it is bought."""
    return s.years or ctx.seller.plan(plan_of(ctx)).years[0]


def cart(s: Order, ctx: Ctx) -> Price:
    """What the order costs as it stands; once it is placed, what it was placed for."""
    if s.id is not None and s.price is not None:
        return s.price
    code = ctx.seller.discount(s.discount, ctx.now) if s.discount else None
    return price(
        [(_net(line.plan, ctx), line.years * line.quantity) for line in lines(s, ctx)],
        ctx.seller.currency,
        vat_percent=ctx.seller.vat_percent,
        percent_off=code.percent if code else 0,
    )


def renews(s: Order, ctx: Ctx) -> bool | None:
    """Whether the service will renew itself; None while that isn't known."""
    if ctx.seller.auto_renewal == "with_method":
        return s.auto_renewal if s.auto_renewal is not None else _chargeable(s, ctx)
    return s.auto_renewal


def shown(s: Order, ctx: Ctx) -> Params:
    """The cart's lines for the texts."""
    total = cart(s, ctx)
    code = ctx.seller.discount(s.discount, ctx.now) if s.discount else None
    bought, packs = lines(s, ctx), {addon.id: addon.pack for addon in ctx.seller.addons}
    extra = tuple(_counted(line, packs[line.plan]) for line in bought if line.plan in packs)
    return {
        "plan": tuple(Word(f"plan.{line.plan}") for line in bought if line.plan not in packs),
        "extra": extra or None,
        "years": max((line.years for line in bought), default=1),
        "net": total.net,
        "vat": total.vat,
        "vat_percent": ctx.seller.vat_percent,
        "gross": total.gross,
        "discount": s.discount if code else None,
        "percent": code.percent if code else 0,
        "method": Word(f"option.method.{s.method}") if s.method else None,
        "auto_renewal": renews(s, ctx),
        "chargeable": s.method in ctx.seller.chargeable,
        "offline": is_offline(s.method),
    }


def methods(ctx: Ctx) -> tuple[Option, ...]:
    """The seller's methods of payment as quick replies."""
    return tuple(Option(f"method:{m}", f"option.method.{m}") for m in ctx.seller.methods)


def _chargeable(s: Order, ctx: Ctx) -> bool | None:
    return None if s.method in (None, "other") else s.method in ctx.seller.chargeable


def _net(product: str, ctx: Ctx) -> int:
    known = next((addon.net for addon in ctx.seller.addons if addon.id == product), None)
    return ctx.seller.plan(product).net if known is None else known


def _counted(line: CartLine, pack: int) -> Word:
    """An add-on in words: "100 external users"."""
    return Word(f"addon.{line.plan}.count", (("quantity", line.quantity), ("pieces", line.quantity * pack)))


# --- what is chosen ---


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
