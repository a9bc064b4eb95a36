"""Cart: the plan and its add-ons, each with the price it makes.

It is asked before the account where the profile puts it first; outside the dialogs it is a part of the order.
"""

from msgspec.structs import replace

from dialogs.kit import (
    Answered,
    Came,
    CardContent,
    Decision,
    Dialog,
    Event,
    Option,
    Params,
    Say,
    Skipped,
    Word,
    need_slot,
    rows,
    then,
)
from dialogs.messages.order import LapsedOrderChanged, OrderBegun
from dialogs.messages.payment import PaymentBooked
from dialogs.messages.renewal import RenewalCharged
from dialogs.order import seats, sums
from dialogs.order.bought import addons_of, choosable_addons, find_overtaking, is_required, last_unpaid
from dialogs.order.cart_lines import plan_of, seats_of
from dialogs.order.costs import show_cart
from dialogs.order.list_prices import about_addon, ask_addon, offer
from dialogs.order.products import in_packs, pieces
from dialogs.state import Cart, Ctx
from values.meaning import Expects, Press
from values.money import Money
from values.offer import PACKS, WITHOUT, Addon, Unsure, counted_on, parse_packs
from values.parsing import Ok, Parsed

dialog = Dialog("cart", Cart, shown_as="order")


def _choosing(_s: Cart, ctx: Ctx) -> bool:
    """Return whether the customer is choosing what to buy: not before the wish, not after the order."""
    wanted = ctx.case.account.entry == "buy" or ctx.case.account.id is not None
    return wanted and ctx.case.order.id is None and "cart" in ctx.seller.dialogs


def _choosing_plan(s: Cart, ctx: Ctx) -> bool:
    return _choosing(s, ctx) and (len(ctx.seller.plans) > 1 or s.withdrawn)


def _choosing_addons(s: Cart, ctx: Ctx) -> bool:
    return _choosing(s, ctx) and bool(ctx.seller.addons)


def _addon(s: Cart, ctx: Ctx) -> Addon:
    """Return the add-on whose quantity is asked."""
    return ctx.seller.addon(need_slot(s.addon))


def _asked(s: Cart, ctx: Ctx) -> Params:
    """Return the parameters of the quantity, or of the meanings of an ambiguous number."""
    addon = _addon(s, ctx)
    asked = {"question": ask_addon(addon, ctx), "unsure": None, **about_addon(addon, ctx)}
    return {**asked, **_said_back(s.unsure, addon, ctx)} if s.unsure is not None else asked


def _said_back(unsure: Unsure, addon: Addon, ctx: Ctx) -> Params:
    enough = _bought(addon, addon.packs_for(unsure.number), ctx)
    return {
        "unsure": "pieces" if unsure.pieces else "number",
        "asked": pieces(addon, unsure.number),
        "enough": enough["packs"],
        "enough_net": enough["net"],
        **_bought(addon, _meant(unsure, addon), ctx),
    }


def _bought(addon: Addon, packs: int, ctx: Ctx) -> Params:
    """Return the packs of an add-on for the texts: packs, pieces and price."""
    return {
        "packed": addon.pack > 1,
        "packs": in_packs(packs, addon.pack),
        "pieces": pieces(addon, packs * addon.pack),
        "net": Money(addon.net * packs, ctx.seller.currency),
        "once": addon.once,
    }


def _meanings(s: Cart, ctx: Ctx) -> tuple[Option, ...]:
    """Return the meanings of an ambiguous number, the likeliest first, and the way past."""
    skip = Option("quantity:skip", "option.quantity.skip")
    if s.unsure is None:
        return (skip,)
    addon = _addon(s, ctx)
    packs = dict.fromkeys((_meant(s.unsure, addon), addon.packs_for(s.unsure.number)))
    said = (Option(f"quantity:{n}", "cart.packs", {"quantity": n, "pack": addon.pack}) for n in packs)
    return (*said, Option("quantity:yes", "option.quantity.yes", hidden=True), skip)


def _quantity(text: str, s: Cart, ctx: Ctx) -> Parsed[int | Unsure]:
    addon, have = _addon(s, ctx), dict(addons_of(s, ctx)).get(s.addon or "", 0)
    number = counted_on(text, have if text.endswith(PACKS) else have * addon.pack)
    taken = any(name == s.addon for name, _ in s.extra)
    return parse_packs(number, addon, minimum=0 if taken and not is_required(addon, ctx) else 1)


def _title(addon: Addon, ctx: Ctx) -> Option:
    many, fixed = pieces(addon, addon.pack), addon not in choosable_addons(ctx)
    return Option(f"addons:{addon.id}", "cart.addon", about_addon(addon, ctx), pieces=many, hidden=fixed)


def _more(s: Cart, ctx: Ctx) -> tuple[Option, ...]:
    undo = (Option("addons:undo", "option.addons.undo"),) if s.extra else ()
    enough = Option("addons:none", f"option.addons.{'enough' if s.extra else 'none'}")
    return (*(_title(addon, ctx) for addon in ctx.seller.addons), enough, *undo)


def _offer(s: Cart, ctx: Ctx) -> Params:
    chosen = offer(ctx.seller.plan(plan_of(ctx)), ctx)
    return {**show_cart(ctx.case.order, ctx), "offer": chosen, "begun": bool(s.extra)}


plan = dialog.choose(
    "plan",
    lambda _s, c: tuple(Option(f"plan:{p.id}", f"plan.{p.id}") for p in c.seller.plans),
    slot="plan",
    when=_choosing_plan,
    params=lambda _s, c: {"plans": tuple(offer(p, c) for p in c.seller.plans)},
    ahead=_choosing_plan,
    shows=sums.bind_sums,
    revise="anew",
)
seats.declare(dialog)
quantity = dialog.ask(
    "quantity",
    Expects.quantity,
    parse=_quantity,
    when=lambda s, c: _choosing(s, c) and s.addon is not None,
    done=lambda _s, _c: False,
    options=_meanings,
    pieces=lambda s, c: pieces(_addon(s, c), 1),
    params=_asked,
    intents={"back": "quantity:skip", "deny": "quantity:skip", "enough": "quantity:skip", "affirm": "quantity:yes"},
    counted=False,
)
more = dialog.choose(
    "addons",
    _more,
    slot="closed",
    done=lambda s, c: s.closed is not None or not choosable_addons(c),
    when=_choosing_addons,
    needs=("plan",),
    params=_offer,
    card=lambda _s, ctx: CardContent("offer", "cart", rows("bought"), show_cart(ctx.case.order, ctx)),
    ahead=_choosing_addons,
    shows=sums.bind_sums,
    intents={"back": "addons:undo", "deny": "addons:none", "enough": "addons:none"},
    revise="anew",
)


@more.on(Answered)
def take_chosen_addon(s: Cart, e: Answered, ctx: Ctx) -> Decision[Cart]:
    """Ask for the quantity, unless it was said with the add-on; or take something out again, or go on."""
    if e.value == "none":
        return then(replace(s, closed="none"))
    if e.value == "undo":
        return then(replace(s, extra=s.extra[:-1], closed=None))
    named, _, amount = str(e.value).partition(":")
    if amount.startswith(WITHOUT) and named == "none":
        return _emptied(s, ctx)
    if amount.startswith(WITHOUT):
        return _without(s, ctx.seller.addon(named), amount.removeprefix(WITHOUT), ctx)
    if ctx.seller.addon(named) not in choosable_addons(ctx):
        return then(s, _naming("cart.kept", named))
    if s.addon is not None:  # named in the same sentence as the one that is asked about just now
        return then(replace(s, wanted=(*s.wanted, str(e.value))))
    wanted = replace(s, addon=named, unsure=None)
    if not amount and ctx.seller.addon(named).most == 1 and not _number_follows(ctx):
        amount = "1"  # there is nothing to ask
    read = _quantity(amount, wanted, ctx) if amount else None
    if isinstance(read, Ok):
        return set_addon_quantity(wanted, Answered(read.value, amount), ctx)
    return then(replace(wanted, closed=None))


def _number_follows(ctx: Ctx) -> bool:
    """Return whether the words that named the add-on say how many, which the question is answered with."""
    meaning = ctx.said.meaning if ctx.said is not None else None
    return isinstance(meaning, Press) and meaning.then is not None


@quantity.on(Answered)
def set_addon_quantity(s: Cart, e: Answered, ctx: Ctx) -> Decision[Cart]:
    """Replace the number of packs; none takes the add-on out.

    A number that may mean two things is said back; said again it counts packs, which is what was asked.
    """
    addon = _addon(s, ctx)
    if isinstance(e.value, Unsure) and (e.value != s.unsure or e.value.pieces):
        return then(replace(s, unsure=e.value))
    packs = _meant(s.unsure, addon) if s.unsure is not None and e.value in ("yes", s.unsure) else int(str(e.value))
    others = tuple(line for line in s.extra if line[0] != s.addon)
    extra = (*others, (addon.id, packs)) if packs else others
    said = (
        Say("cart.added" if others == s.extra else "cart.now", _bought(addon, packs, ctx))
        if packs
        else _naming("cart.taken_out", addon.id)
    )
    return _next_one(replace(s, extra=extra, addon=None, unsure=None), ctx, said)


def _without(s: Cart, addon: Addon, fewer: str, ctx: Ctx) -> Decision[Cart]:
    """Take an add-on out, or so many of it; a number that leaves a pack unfilled is asked for."""
    have = next((packs for name, packs in addons_of(s, ctx) if name == addon.id), 0)
    read = parse_packs(fewer, addon) if fewer else Ok(have)
    if have and isinstance(read, Ok) and isinstance(read.value, Unsure):
        return then(replace(s, addon=addon.id, unsure=None, closed=None))
    out = read.value if isinstance(read, Ok) and isinstance(read.value, int) else have
    left = max(have - out, 1 if is_required(addon, ctx) else 0)
    extra = tuple((name, left if name == addon.id else packs) for name, packs in s.extra if name != addon.id or left)
    told: Params = {"product": Word(f"addon.{addon.id}.title"), **_bought(addon, left, ctx)}
    key = ("cart.kept" if out >= have else "cart.fewer") if left else "cart.taken_out" if have else "cart.not_in"
    said = Say(key, told)
    if s.addon not in (None, addon.id):
        return then(replace(s, extra=extra), said)
    return _next_one(replace(s, extra=extra, addon=None, unsure=None, closed=None), ctx, said)


def _emptied(s: Cart, ctx: Ctx) -> Decision[Cart]:
    """Take out all add-ons that can be, and go on: whoever wants none is asked for no others."""
    emptied = replace(s, extra=(), addon=None, unsure=None, wanted=(), closed="none")
    stay = [name for name, _ in addons_of(emptied, ctx)]
    out = [name for name, _ in s.extra if name not in stay]
    told = (("cart.taken_out", out), ("cart.kept", stay))
    return then(emptied, *(_naming(key, *addons) for key, addons in told if addons))


def _naming(key: str, *addons: str) -> Say:
    return Say(key, {"product": tuple(Word(f"addon.{name}.title") for name in addons)})


def _next_one(s: Cart, ctx: Ctx, *said: Say) -> Decision[Cart]:
    """Go on with the add-on that was named beside the last one, if any."""
    if not s.wanted:
        return then(s, *said)
    following = take_chosen_addon(replace(s, wanted=s.wanted[1:]), Answered(s.wanted[0], ""), ctx)
    return then(following.slots, *said, *following.effects)


def _meant(unsure: Unsure, addon: Addon) -> int:
    """Return the packs that an ambiguous number comes to."""
    return addon.packs_for(unsure.number) if unsure.pieces else unsure.number


@quantity.on(Skipped)
def skip_addon(s: Cart, _e: Skipped, ctx: Ctx) -> Decision[Cart]:
    """Return to the other add-ons."""
    return _next_one(replace(s, addon=None, unsure=None), ctx)


@dialog.always(Came, PaymentBooked, RenewalCharged)
def empty_overtaken_cart(s: Cart, _e: Event, ctx: Ctx) -> Decision[Cart]:
    """Empty the cart whose term has been paid otherwise."""
    return then(s if find_overtaking(ctx) is None else Cart())


@dialog.always(LapsedOrderChanged)
def choose_anew_if_unsold(s: Cart, e: LapsedOrderChanged, _ctx: Ctx) -> Decision[Cart]:
    """Choose anew where what a lapsed order was for isn't sold any more."""
    return then(Cart(withdrawn=True) if e.reason == "unsold" else s)


@dialog.always(OrderBegun)
def empty_ordered_cart(s: Cart, _e: OrderBegun, ctx: Ctx) -> Decision[Cart]:
    """Empty the cart of the placed order; keep what waited in it for another order to be paid."""
    last = ctx.books.order
    if last_unpaid(ctx.books) is not None:
        return then(s)
    bought = last.items if last is not None else ()
    required = {addon.id for addon in ctx.seller.addons if addon.required}
    chosen = [line for line in bought if line in s.extra or line[0] not in required]
    ordered = not bought or chosen == [(plan_of(ctx), seats_of(ctx)), *s.extra]
    return then(Cart() if ordered else replace(s, addon=None, unsure=None, wanted=()))
