"""An account's purchases, for every dialog: services that run, and orders of another conversation."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from dialogs.company.data import read_company
from dialogs.kit import Decision, Event, Param, Say, Word, then
from dialogs.order.in_books import find_order, is_paid, is_renewing, renews_any
from dialogs.renewal.renewing import is_choosing_renewal
from dialogs.state import Cart, Ctx, Order, PlacedOrder
from values.account_view import AccountView, Line, OrderView
from values.offer import Addon
from values.renewal import Owned

Service = Literal["none", "waiting", "running", "grace", "ended"]


def has_chosen_goods(ctx: Ctx) -> bool:
    """Return whether something was chosen in this conversation before the log-in."""
    case = ctx.case
    return is_choosing_renewal(ctx) or (
        case.order.id is None and (case.cart != Cart() or case.order.discount is not None)
    )


def resumes_order(view: AccountView, ctx: Ctx) -> bool:
    """Return whether the conversation goes on with the account's last order.

    With an unpaid one, unless something else was chosen here; with a paid one, unless the customer came to buy.
    """
    if view.order is None or view.order.status not in ("placed", "paid"):
        return False
    if view.order.status == "placed":
        return not has_chosen_goods(ctx)
    return ctx.case.account.entry != "buy" and not is_choosing_renewal(ctx)


def as_order(placed: OrderView) -> Order:
    """Return a placed order as this conversation goes on with it."""
    return Order(placed=PlacedOrder(placed.id))


def last_unpaid(view: AccountView) -> OrderView | None:
    """Return the order that was placed last, if it waits for its money."""
    return view.order if view.order is not None and view.order.status == "placed" else None


def find_unpaid(order_id: str, ctx: Ctx) -> OrderView | None:
    """Return this order of the account as long as it waits for its money."""
    order = find_order(ctx.books, order_id)
    return order if order is not None and order.status == "placed" else None


def adopt_paid_order(s: Order, _e: Event, ctx: Ctx) -> Decision[Order]:
    """Switch to an order that was placed and paid elsewhere since.

    A card on which the same term was being ordered closes.
    """
    if s.id is not None:
        paid = ctx.books.paid if is_paid(ctx) else None
        return then(s if paid is None or paid.id == s.id else as_order(paid))
    if (paid := find_overtaking(ctx)) is None:
        return then(s)
    until = max((o.ends_at for o in ctx.books.owned if ctx.seller.is_service(o.product)), default=None)
    return then(as_order(paid), Say("order.paid_already", {"until": until}))


def find_overtaking(ctx: Ctx) -> OrderView | None:
    """Return the order by which the term that is being ordered here has been paid otherwise; None where none has."""
    case = ctx.case
    if "renewal" in ctx.seller.dialogs or case.order.id is not None or case.order.behind is None:
        return None
    if (paid := ctx.books.paid) is None:
        return None
    plan = case.cart.plan or case.order.plan or next((plan.id for plan in ctx.seller.plans), "")
    again = paid.id != case.order.behind.id and len(ctx.books.companies) <= 1
    return paid if again and any(product == plan for product, _ in paid.items) else None


def restore_paid_order(view: AccountView) -> Order | None:
    """Return the order that counts if the one being made is given up."""
    return as_order(view.paid) if view.paid is not None else None


def find_end(ctx: Ctx) -> datetime | None:
    """Return the end of the paid term, perhaps past; None if it is unknown."""
    return None if (of := last_term(ctx)) is None else of.ends_at


def last_term(ctx: Ctx) -> Owned | None:
    """Return the service whose paid term ends last, perhaps past."""
    known = ctx.books
    return max(_plans(known.owned, ctx) or _plans(known.lapsed, ctx), key=lambda of: of.ends_at, default=None)


def until_shown(ctx: Ctx) -> Param | tuple[Param, ...]:
    """Return the end of the paid term for the texts: by company where several have services running."""
    running = [o for o in _plans(ctx.books.owned, ctx) if o.ends_at > ctx.now]
    several = ctx.books.companies if len({o.company_id for o in running}) > 1 else ()
    ends = {one.name: max((o.ends_at for o in running if o.company_id == one.id), default=None) for one in several}
    paid = tuple(Word("zone.paid_for", (("until", end), ("company", name))) for name, end in ends.items() if end)
    return paid if len(paid) > 1 else find_end(ctx)


def why_unpaid(ctx: Ctx) -> str | None:
    """Return why nothing is paid for the term: it went back (refunded, withdrawn), or is a trial."""
    known = ctx.books
    plans = _plans(known.owned, ctx) or _plans(known.lapsed, ctx)[:1]
    return next((o.undone for o in plans if o.undone is not None), None)


def service(ctx: Ctx) -> Service:
    """Return the state of the paid service."""
    end, owned = find_end(ctx), _plans(ctx.books.owned, ctx)
    if any(o.status == "grace" for o in owned) and not (end and end > ctx.now):
        return "grace"
    if not is_paid(ctx) and ctx.case.order.id is not None and not (end and end > ctx.now):
        return "waiting"
    if end is None:
        return "none" if not is_paid(ctx) else "running"
    if end > ctx.now:
        return "running"
    return "grace" if any(o.auto_renewal for o in owned) else "ended"


def has_ended(ctx: Ctx) -> bool:
    """Return whether the paid term is over: it can only be ordered again."""
    return service(ctx) == "ended"


def find_plan_start(product: str, s: Order, ctx: Ctx) -> datetime | None:
    """Return when a plan begins if bought now.

    After the end of the one that still runs for the same company, or None: with its money.
    """
    products = {product, *ctx.seller.instead_of(product)}
    mine = [o for o in ctx.books.owned if o.product in products and is_for_company(o.company_id, ctx)]
    if s.id is not None:
        return max(
            (o.starts_at for o in mine if o.order_id == s.id and o.starts_at and o.starts_at > ctx.now), default=None
        )
    return max((o.ends_at for o in mine if o.ends_at > ctx.now), default=None)


def list_waiting(ctx: Ctx) -> tuple[OrderView, ...]:
    """Return the orders that wait for their money beside the one of this conversation."""
    waiting = (o for o in ctx.books.waiting if o.payment_expires_at is not None and o.payment_expires_at > ctx.now)
    return tuple(order for order in waiting if order.id not in (ctx.case.order.id, ctx.case.zone.charging))


def has_renewing_subscription(ctx: Ctx) -> bool:
    """Return whether any subscription of the account renews itself."""
    return renews_any(ctx) or (is_paid(ctx) and bool(is_renewing(ctx.case.order, ctx)))


def list_renewing(ctx: Ctx) -> tuple[Owned, ...]:
    """Return what runs and renews itself: what its customer may end with its term."""
    return tuple(of for of in ctx.books.owned if of.auto_renewal)


def find_withdrawable_order(ctx: Ctx) -> OrderView | None:
    """Return the order paid last, while its customer may withdraw from it by a button and hasn't yet."""
    rules, form = ctx.seller.withdrawal, ctx.books.legal_form
    stated = {one.number for one in ctx.books.reversals if one.stated_at is not None}
    since = ctx.now - timedelta(days=rules.days)
    paid = [
        (o.paid_at, o)
        for o in ctx.books.orders
        if o.status == "paid" and o.paid_at is not None and o.paid_at > since and o.gross
        if o.number not in stated and o.payment_status != "refunded"
    ]
    return max(paid, key=lambda one: one[0])[1] if paid and form in (None, "", *rules.forms) else None


def is_for_company(company_id: str | None, ctx: Ctx) -> bool:
    """Return whether the order's company has this id; purchases from before the desk have none."""
    here = read_company(ctx)
    saved = here if here.id is not None else here.kept
    if company_id is None or saved is None or here.choosing:
        return company_id is None
    return saved.tax_number == here.tax_number and saved.id == company_id


def is_required(addon: Addon, ctx: Ctx) -> bool:
    """Return whether no order goes without it: what is sold once is asked of a company with its first plan alone."""
    return addon.required and not (addon.once and _has_had_plan(ctx))


def _has_had_plan(ctx: Ctx) -> bool:
    """Return whether the order's company has paid for a plan, and the money isn't back, or had one before the desk."""
    paid = (o for o in ctx.books.orders if o.status == "paid" and not o.trial and o.payment_status != "refunded")
    mine = (product for order in paid if is_for_company(order.buyer, ctx) for product, _ in order.items)
    before = (o for o in _plans(ctx.books.owned, ctx) if o.order_id is None)
    return any(map(ctx.seller.is_service, mine)) or any(is_for_company(o.company_id, ctx) for o in before)


def choosable_addons(ctx: Ctx) -> list[Addon]:
    """Return the add-ons of which there is anything to choose."""
    return [addon for addon in ctx.seller.addons if addon.most > 1 or not is_required(addon, ctx)]


def addons_of(cart: Cart, ctx: Ctx) -> tuple[Line, ...]:
    """Return the add-ons that are being bought: those that can't be left out, and those of the cart."""
    named = {name for name, _ in cart.extra}
    due = (addon.id for addon in ctx.seller.addons if addon.id not in named and is_required(addon, ctx))
    return (*((name, 1) for name in due), *cart.extra)


def _plans(owned: Sequence[Owned], ctx: Ctx) -> list[Owned]:
    """Return the services that stand by themselves: no add-ons, nothing free."""
    return [o for o in owned if ctx.seller.is_service(o.product)]
