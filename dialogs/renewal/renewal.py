"""Renewal: the cart of the programs owned, and the order for them: another term, or an extension."""

from datetime import datetime

from msgspec.structs import replace

from dialogs.kit import (
    HUMAN,
    Answered,
    Asked,
    Came,
    Chosen,
    Decision,
    Dialog,
    Event,
    Option,
    Params,
    Say,
    Word,
    need_slot,
    then,
)
from dialogs.messages.account import LoggedIn
from dialogs.messages.payment import PaymentBooked
from dialogs.messages.renewal import BeginRenewal, RenewalBegun, RenewalCharged, RenewalNotBegun
from dialogs.order.costs import show_cart
from dialogs.order.products import product_word, program_word
from dialogs.renewal.renewing import extensible, is_ordering, list_cart_products, list_renewable, owned_of, products
from dialogs.state import Ctx, Renewal
from values.renewal import Owned

dialog = Dialog("renewal", Renewal)


def word_programs(programs: tuple[Owned, ...], ctx: Ctx) -> tuple[Word, ...]:
    """Return programs with the ends of their subscriptions, to come or over, for the texts."""
    return tuple(
        Word(
            "renewal.program",
            (
                ("program", _name(o.product, ctx)),
                ("serial", o.serial),
                ("ends", o.ends_at),
                ("over", o.status == "ended"),
            ),
        )
        for o in programs
    )


def _name(product: str, ctx: Ctx) -> Word:
    """Return the name of a program, for an extension that of its plan."""
    named = program_word if ctx.seller.program(product) is not None else product_word
    return named(product, ctx.seller)


def _products(ctx: Ctx) -> tuple[str, ...]:
    return tuple(dict.fromkeys(o.product for o in list_renewable(ctx)))


def _boxes(s: Renewal, ctx: Ctx) -> tuple[Option, ...]:
    ticked = list_cart_products(s)
    return (
        Option("cart:confirm", "option.cart.confirm"),
        *(Option(f"program:{p}", program_word(p, ctx.seller).key, ticked=p in ticked) for p in _products(ctx)),
        Option("zone:home", "option.zone.home"),
    )


def _services(s: Renewal, ctx: Ctx) -> tuple[Option, ...]:
    both = ("subscription", "extension") if extensible(s, ctx) else ("subscription",)
    return tuple(Option(f"service:{name}", f"option.service.{name}") for name in both)


def _cart(s: Renewal, ctx: Ctx) -> Params:
    ticked = list_cart_products(s)
    return {
        "programs": word_programs(list_renewable(ctx), ctx),
        "chosen": tuple(program_word(p, ctx.seller) for p in ticked),
        "count": len(ticked),
    }


def _service(s: Renewal, ctx: Ctx) -> Params:
    """Return the cart with the price of another term; none once an extension is chosen."""
    costs = show_cart(ctx.case.order, ctx)
    gross = costs["gross"] if s.service != "extension" else None
    return {**_cart(s, ctx), "gross": gross, "vat_reason": costs["vat_reason"]}


def _wanted(_s: Renewal, ctx: Ctx) -> BeginRenewal:
    offer = ctx.case.reminder.offer
    return BeginRenewal(need_slot(ctx.case.account.id), offer.product if offer is not None else None, products(ctx))


begin = dialog.do(
    "begin",
    _wanted,
    when=lambda _s, c: c.case.reminder.answer == "now" and c.case.account.id is not None,
    done=lambda _s, _c: False,
)
cart = dialog.choose(
    "cart",
    _boxes,
    slot="cart",
    when=lambda s, _c: s.begun,
    params=_cart,
    intents={"affirm": "cart:confirm", "back": "zone:home"},
)
service = dialog.choose(
    "service",
    _services,
    slot="service",
    when=lambda s, _c: s.begun,
    needs=("cart",),
    params=_service,
    intents={"renew_subscription": "service:subscription"},
)


@cart.on(Answered)
def close_cart(s: Renewal, _e: Answered, _ctx: Ctx) -> Decision[Renewal]:
    """Close the cart, unless it is empty."""
    ticked = list_cart_products(s)
    if not ticked:
        return then(s, Say("renewal.cart_empty"))
    return then(replace(s, picked=ticked, cart="confirm"))


@cart.on(Chosen)
def toggle_program(s: Renewal, e: Chosen, ctx: Ctx) -> Decision[Renewal]:
    """Put a program in or take it out.

    The first press never takes out a program that the desk had put in by itself.
    """
    if e.payload == "zone:home":
        return then(Renewal())
    ticked = list_cart_products(s)
    if s.picked is None and e.value in ticked:
        return then(replace(s, picked=ticked), Say("renewal.in_cart", {"program": program_word(e.value, ctx.seller)}))
    return then(replace(s, picked=tuple(p for p in _products(ctx) if (p in ticked) != (p == e.value))))


@dialog.always(RenewalBegun)
def fill_fresh_cart(_s: Renewal, e: RenewalBegun, ctx: Ctx) -> Decision[Renewal]:
    """Fill a fresh cart with the reminder's program, else with the one that ends first.

    Whoever has ordered here before renews just what the reminder was about, unless the card's row is changed.
    """
    mine = _products(ctx)
    reminded = e.product in mine
    suggested = e.product if reminded else next(iter(mine), None)
    fresh = Renewal(begun=True, seen=_ends(list_renewable(ctx)), suggested=suggested)
    if not reminded or e.product is None or ctx.books.orderer is None:
        return then(fresh)
    return then(replace(fresh, picked=(e.product,), cart="confirm", service="subscription"))


@dialog.always(RenewalNotBegun)
def tell_refused_renewal(s: Renewal, e: RenewalNotBegun, _ctx: Ctx) -> Decision[Renewal]:
    """Tell why no renewal can begin, and who can help."""
    return then(s, Say(f"renewal.refused.{e.reason}", options=(HUMAN,)))


@dialog.always(Came, PaymentBooked, RenewalCharged)
def close_overtaken_cart(s: Renewal, _e: Event, ctx: Ctx) -> Decision[Renewal]:
    """Close a cart whose term was paid otherwise."""
    said = _overtaken(s, list_renewable(ctx), ctx)
    return then(Renewal() if said else s, *said)


@dialog.always(LoggedIn)
def keep_own_cart(s: Renewal, e: LoggedIn, ctx: Ctx) -> Decision[Renewal]:
    """Keep the account's own cart, and drop another's, or one whose term was paid otherwise."""
    mine = owned_of(e.view, ctx)
    return then(s if s.begun and s.seen == _ends(mine) else Renewal(), *_overtaken(s, mine, ctx))


def _overtaken(s: Renewal, mine: tuple[Owned, ...], ctx: Ctx) -> tuple[Say, ...]:
    """Return the word about a cart whose term has been paid otherwise."""
    if not s.begun or ctx.case.order.id is not None:
        return ()
    before, ticked = dict(s.seen), list_cart_products(s)
    later = (o.ends_at for o in mine if o.product in ticked and o.ends_at > before.get(o.id, o.ends_at))
    until = max(later, default=None)
    return () if until is None else (Say("order.paid_already", {"until": until}),)


def _ends(mine: tuple[Owned, ...]) -> tuple[tuple[str, datetime], ...]:
    return tuple((o.id, o.ends_at) for o in mine)


@dialog.asked("ask_renewal", "renew_subscription")
def explain_renewals(s: Renewal, _e: Asked, ctx: Ctx) -> Decision[Renewal]:
    """Explain renewals at any step, with the customer's programs once they are known."""
    ours = () if is_ordering(ctx) else list_renewable(ctx)
    known = (Say("renewal.owned", {"programs": word_programs(ours, ctx)}),) if ours else ()
    return then(s, Say("renewal.how"), *known)
