"""Renewal: the cart of the programs owned, and the order for them: another term, or an extension."""

from msgspec.structs import replace

from dialogs.kit import HUMAN, Answered, Asked, Chosen, Decision, Dialog, Option, Params, Say, Word, required, then
from dialogs.messages.account import LoggedIn
from dialogs.messages.order import AccountSeen
from dialogs.messages.renewal import BeginRenewal, RenewalBegun, RenewalNotBegun, Renewed
from dialogs.messages.zone import AutoRenewalSet
from dialogs.order.costs import shown
from dialogs.order.products import product_word, program_word
from dialogs.renewal.renewing import begun, extensible, in_cart, products
from dialogs.state import Ctx, Renewal
from values.account_view import AccountView
from values.renewal import Owned


def _outlives(s: Renewal) -> Renewal:
    return Renewal(owned=s.owned, consented=s.consented)


dialog = Dialog("renewal", Renewal, outlives=_outlives)


def said(owned: tuple[Owned, ...], ctx: Ctx) -> tuple[Word, ...]:
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
        for o in owned
    )


def _name(product: str, ctx: Ctx) -> Word:
    """Return the name of a program, for an extension that of its plan."""
    named = program_word if ctx.seller.program(product) is not None else product_word
    return named(product, ctx.seller)


def _products(s: Renewal) -> tuple[str, ...]:
    return tuple(dict.fromkeys(o.product for o in s.owned))


def _boxes(s: Renewal, ctx: Ctx) -> tuple[Option, ...]:
    ticked = in_cart(s)
    return (
        Option("cart:confirm", "option.cart.confirm"),
        *(Option(f"program:{p}", program_word(p, ctx.seller).key, ticked=p in ticked) for p in _products(s)),
        Option("zone:home", "option.zone.home"),
    )


def _services(s: Renewal, ctx: Ctx) -> tuple[Option, ...]:
    both = ("subscription", "extension") if extensible(s, ctx) else ("subscription",)
    return tuple(Option(f"service:{name}", f"option.service.{name}") for name in both)


def _cart(s: Renewal, ctx: Ctx) -> Params:
    ticked = in_cart(s)
    return {
        "programs": said(s.owned, ctx),
        "chosen": tuple(program_word(p, ctx.seller) for p in ticked),
        "count": len(ticked),
    }


def _service(s: Renewal, ctx: Ctx) -> Params:
    """Return the cart with the price of another term; none once an extension is chosen."""
    costs = shown(ctx.case.order, ctx)
    gross = costs["gross"] if s.service != "extension" else None
    return {**_cart(s, ctx), "gross": gross, "vat_reason": costs["vat_reason"]}


def _wanted(_s: Renewal, ctx: Ctx) -> BeginRenewal:
    offer = ctx.case.reminder.offer
    return BeginRenewal(required(ctx.case.account.id), offer.product if offer is not None else None, products(ctx))


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
def cart_confirmed(s: Renewal, _e: Answered, _ctx: Ctx) -> Decision[Renewal]:
    """Close the cart, unless it is empty."""
    ticked = in_cart(s)
    if not ticked:
        return then(s, Say("renewal.cart_empty"))
    return then(replace(s, picked=ticked, cart="confirm"))


@cart.on(Chosen)
def toggled(s: Renewal, e: Chosen, ctx: Ctx) -> Decision[Renewal]:
    """Put a program in or take it out.

    The first press never takes out a program that the desk had put in by itself.
    """
    if e.payload == "zone:home":
        return then(_outlives(s))
    ticked = in_cart(s)
    if s.picked is None and e.value in ticked:
        return then(replace(s, picked=ticked), Say("renewal.in_cart", {"program": program_word(e.value, ctx.seller)}))
    return then(replace(s, picked=tuple(p for p in _products(s) if (p in ticked) != (p == e.value))))


@dialog.always(RenewalBegun)
def renewal_begun(_s: Renewal, e: RenewalBegun, _ctx: Ctx) -> Decision[Renewal]:
    """Fill a fresh cart with the reminder's program, else with the one that ends first.

    Whoever has ordered here before renews just what the reminder was about, unless the card's row is changed.
    """
    reminded = any(o.product == e.product for o in e.owned)
    suggested = e.product if reminded else e.owned[0].product
    fresh = Renewal(begun=True, owned=e.owned, suggested=suggested, consented=e.consented)
    if not reminded or e.product is None or e.orderer is None:
        return then(fresh)
    return then(replace(fresh, picked=(e.product,), cart="confirm", service="subscription"))


@dialog.always(RenewalNotBegun)
def not_begun(s: Renewal, e: RenewalNotBegun, _ctx: Ctx) -> Decision[Renewal]:
    """Tell why no renewal can begin, and who can help."""
    return then(s, Say(f"renewal.refused.{e.reason}", options=(HUMAN,)))


@dialog.always(Renewed)
def renewed(s: Renewal, e: Renewed, ctx: Ctx) -> Decision[Renewal]:
    """Take over the new ends; the order included the consent. A cart whose term was paid otherwise closes."""
    closed, said = _overtaken(s, e.owned, ctx)
    return then(replace(closed, owned=e.owned, consented=s.consented or e.until is not None), *said)


def _overtaken(s: Renewal, owned: tuple[Owned, ...], ctx: Ctx) -> tuple[Renewal, tuple[Say, ...]]:
    """Return the slots without a cart whose term has been paid otherwise, and the word about it."""
    if not s.begun or ctx.case.order.id is not None:
        return s, ()
    before = {o.id: o.ends_at for o in s.owned if o.product in in_cart(s)}
    until = max((o.ends_at for o in owned if o.id in before and o.ends_at > before[o.id]), default=None)
    return (s, ()) if until is None else (_outlives(s), (Say("order.paid_already", {"until": until}),))


@dialog.always(AccountSeen)
def seen(s: Renewal, _e: AccountSeen, ctx: Ctx) -> Decision[Renewal]:
    """Take over the subscriptions, of which some may have ended or been refunded since."""
    owned = _of(ctx.books, ctx) or s.owned
    closed, said = _overtaken(s, owned, ctx)
    consented = bool(ctx.books.auto_renewal) or any(one.auto_renewal for one in ctx.books.owned)
    return then(replace(closed, owned=owned, consented=consented), *said)


@dialog.always(AutoRenewalSet)
def consent_set(s: Renewal, e: AutoRenewalSet, ctx: Ctx) -> Decision[Renewal]:
    """Take over the consent from the zone, and how the programs renew now."""
    now = {one.id: one.auto_renewal for one in ctx.books.owned}
    owned = tuple(replace(one, auto_renewal=now.get(one.id, one.auto_renewal)) for one in s.owned)
    return then(replace(s, owned=owned, consented=e.on) if e.changed else s)


@dialog.always(LoggedIn)
def logged_in(s: Renewal, e: LoggedIn, ctx: Ctx) -> Decision[Renewal]:
    """Take over the account's programs; its own cart waits, another's is dropped."""
    owned = _of(e.view, ctx)
    _closed, said = _overtaken(s, owned, ctx)
    kept = s if s.begun and s.owned == owned else Renewal()
    return then(replace(kept, owned=owned, consented=bool(e.view.auto_renewal)), *said)


def _of(view: AccountView, ctx: Ctx) -> tuple[Owned, ...]:
    return tuple(o for o in (*view.owned, *view.lapsed) if o.product in products(ctx))


@dialog.asked("ask_renewal", "renew_subscription")
def renewal_asked(s: Renewal, _e: Asked, ctx: Ctx) -> Decision[Renewal]:
    """Explain renewals at any step, with the customer's programs once they are known."""
    known = (Say("renewal.owned", {"programs": said(s.owned, ctx)}),) if s.owned and not begun(ctx) else ()
    return then(s, Say("renewal.how"), *known)
