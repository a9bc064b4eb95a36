"""The customer zone's change of seats or plan: how many, which, what that costs, and from when it is so.

Its steps belong to the dialog `zone` (`dialogs/zone/zone.py` declares them at their place).
"""

from msgspec.structs import replace

from dialogs.account.log_ins import ask_password_unless_fresh
from dialogs.kit import (
    HUMAN,
    Answered,
    CardContent,
    Chosen,
    Decision,
    Dialog,
    Option,
    Params,
    Say,
    need_slot,
    rows,
    then,
)
from dialogs.kit.card import ROWS
from dialogs.messages.renewal import RenewalCharged, RenewalToPay
from dialogs.messages.zone import ChangeNotMade, ChangeQuoted, MakeChange, QuantitySet, QuoteChange
from dialogs.order.in_books import find_order
from dialogs.order.products import word_quantity
from dialogs.state import ChangeOffer, Ctx, Zone
from dialogs.zone.pages import list_changeable_plans, open_other_page, to_home
from values.codes import parse_quantity
from values.meaning import BindingAct, Expects
from values.offer import counted_on
from values.parsing import Parsed
from values.payment import StoredWay
from values.renewal import Owned

PAGE = "change"
_MORE = (1, 2, 5)
_TOLD = ("same", "waits", "late")
"""Reasons with words of their own."""


def declare(dialog: Dialog[Zone]) -> None:
    """Declare the questions, the offer, and the reactions to what comes of it."""
    which = dialog.choose(
        "change_which",
        lambda _s, c: (*(_named(n, one, c) for n, one in enumerate(list_changeable_plans(c), 1)), to_home),
        when=lambda s, c: _asks(s) and len(list_changeable_plans(c)) > 1 and _of(s, c) is None,
        done=lambda _s, _c: False,
        intents=dict.fromkeys(("deny", "back"), "zone:home"),
    )
    which.on(Answered)(choose_plan_to_change)
    which.on(Chosen)(open_other_page)
    other = dialog.choose(
        "change_to",
        lambda s, c: (*_plans(s, c), to_home),
        when=lambda s, c: _asks(s) and (of := _of(s, c)) is not None and c.seller.seats_of(of.product) is None,
        done=lambda _s, _c: False,
        params=_asked_shown,
        intents=dict.fromkeys(("deny", "back"), "zone:home"),
    )
    other.on(Answered)(quote_plan)
    other.on(Chosen)(open_other_page)
    asked = dialog.ask(
        "change_seats",
        Expects.quantity,
        parse=_read_seats,
        when=lambda s, c: _asks(s) and (of := _of(s, c)) is not None and c.seller.seats_of(of.product) is not None,
        done=lambda _s, _c: False,
        options=_numbers,
        params=_asked_shown,
        intents={"back": "zone:home"},
        counted=False,
    )
    asked.on(Answered)(quote_seats)
    asked.on(Chosen)(quote_plan)
    offered = dialog.choose(
        "change",
        _ways,
        when=lambda s, _c: s.page == PAGE and s.offer is not None,
        done=lambda _s, _c: False,
        card=_card,
        intents={**dict.fromkeys(("deny", "back"), "zone:home")},
    )
    offered.on(Answered)(make_change)
    offered.on(Chosen)(open_other_page)
    dialog.always(ChangeQuoted)(show_offer)
    dialog.always(ChangeNotMade)(explain_refused_change)
    dialog.always(QuantitySet)(tell_set_quantity)
    dialog.always(RenewalToPay)(leave_ordered_change)
    dialog.always(RenewalCharged)(tell_charged_change)


def _asks(s: Zone) -> bool:
    return s.page == PAGE and s.offer is None


def _of(s: Zone, ctx: Ctx) -> Owned | None:
    """Return the plan that is to change, as it was chosen where there are several."""
    known = list_changeable_plans(ctx)
    return known[0] if len(known) == 1 else next((one for one in known if one.id == s.of), None)


def _named(n: int, of: Owned, ctx: Ctx) -> Option:
    """Return the button of one of several plans."""
    company = next((one.name for one in ctx.books.companies if one.id == of.company_id), None)
    program = word_quantity(of.product, of.quantity, ctx.seller)
    return Option(f"change_which:{n}", "option.change.which", {"program": program, "company": company})


def choose_plan_to_change(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Ask about this one next."""
    return then(replace(s, of=list_changeable_plans(ctx)[int(str(e.value)) - 1].id))


def _bounds(s: Zone, ctx: Ctx) -> tuple[int, int]:
    of = _of(s, ctx)
    within = ctx.seller.seats_of(of.product) if of is not None else None
    return (within.min, within.max) if within is not None else (1, 1)


def _read_seats(text: str, s: Zone, ctx: Ctx) -> Parsed[int]:
    """Return the number of seats wanted; "2 more" and "2 fewer" count on from those that there are."""
    of = _of(s, ctx)
    return parse_quantity(counted_on(text, of.quantity if of is not None else 0), *_bounds(s, ctx))


def _plans(s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    """Return the other plans that are sold for its term."""
    if (of := _of(s, ctx)) is None:
        return ()
    others = (plan for plan in ctx.seller.instead_of(of.product) if of.term in ctx.seller.terms_of(plan))
    return tuple(Option(f"change_to:{plan}", f"plan.{plan}") for plan in others)


def _numbers(s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    """Return some more than there are, and other plans; any other number is typed."""
    if (of := _of(s, ctx)) is None:
        return (to_home,)
    least, most = _bounds(s, ctx)
    more = [n for n in (of.quantity + few for few in _MORE) if least <= n <= most]
    counts = (Option(f"change_seats:{n}", "option.seats", {"seats": n}) for n in more)
    return (*counts, *_plans(s, ctx), to_home)


def _asked_shown(s: Zone, ctx: Ctx) -> Params:
    if (of := _of(s, ctx)) is None:
        return {}
    least, most = _bounds(s, ctx)
    has = word_quantity(of.product, of.quantity, ctx.seller)
    return {"has": has, "until": of.ends_at, "least": least, "most": most}


def quote_seats(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Ask the books what so many cost."""
    return then(s, QuoteChange(need_slot(ctx.case.account.id), need_slot(_of(s, ctx)).id, int(str(e.value))))


def quote_plan(s: Zone, e: Answered | Chosen, ctx: Ctx) -> Decision[Zone]:
    """Ask the books what another plan costs."""
    if isinstance(e, Chosen) and not e.payload.startswith("change_to:"):
        return open_other_page(s, e, ctx)
    return then(s, QuoteChange(need_slot(ctx.case.account.id), need_slot(_of(s, ctx)).id, None, str(e.value)))


def show_offer(s: Zone, e: ChangeQuoted, _ctx: Ctx) -> Decision[Zone]:
    """Show the offer."""
    return then(replace(s, page=PAGE, offer=e.offer))


def _ways(s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    if (offer := s.offer) is None:
        return (to_home,)
    now: tuple[Option, ...] = ()
    if offer.now is not None and offer.now.gross.minor:
        now = (Option("change:now", "option.pay.now", binds=BindingAct.order),)
        now += (Option("change:link", "option.change.link"),) if _way(offer, ctx) is not None else ()
    elif offer.now is not None:
        now = (Option("change:now", "option.change.free"),)
    later = (Option("change:next_term", "option.change.next_term"),) if offer.later is not None else ()
    return (*now, *later, to_home)


def _card(s: Zone, ctx: Ctx) -> CardContent | None:
    """Return the card of the offer: what is changed, from when, what it costs and how that is paid."""
    return CardContent("change", "change", rows(*ROWS["change"]), _shown(s.offer, ctx)) if s.offer is not None else None


def _way(offer: ChangeOffer, ctx: Ctx) -> StoredWay | None:
    """Return the kept method that is charged, while the customer has it."""
    return next((way for way in ctx.books.ways if way.id == offer.way), None)


def _shown(offer: ChangeOffer, ctx: Ctx) -> Params:
    """Return old and new number, days, sums and the way to pay, for the texts."""
    now, later = offer.now, offer.later
    return {
        "old": word_quantity(offer.product, offer.old, ctx.seller),
        "new": word_quantity(offer.plan or offer.product, offer.number, ctx.seller),
        "until": offer.until,
        "days": offer.days,
        "now": None if now is None else "paid" if now.gross.minor else "free",
        "net": None if now is None else now.net,
        "vat": None if now is None else now.vat,
        "gross": None if now is None else now.gross,
        "later": None if later is None else later.gross,
        "vat_reason": offer.taxed,
        "way": way.label if (way := _way(offer, ctx)) is not None else None,
    }


def make_change(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Order it for now, or let it be so from the next term on; or pay it another way than by the kept method."""
    offer, start = need_slot(s.offer), "now" if e.value == "now" else "next_term"
    if e.value == "link":
        return then(replace(s, offer=replace(offer, way=None)))
    way = _way(offer, ctx) if start == "now" else None
    if way is not None and (again := ask_password_unless_fresh(ctx)) is not None:
        return then(s, again)
    shown = offer.now if start == "now" else offer.later
    gross = need_slot(shown).gross.minor
    wanted = MakeChange(need_slot(ctx.case.account.id), offer.id, offer.number, start, gross, offer.plan)
    return then(s, replace(wanted, way=way.id if way is not None else None))


def explain_refused_change(s: Zone, e: ChangeNotMade, ctx: Ctx) -> Decision[Zone]:
    """Tell why there is no such change; a changed price is asked about anew."""
    if e.reason == "price_changed" and s.offer is not None:
        again = QuoteChange(need_slot(ctx.case.account.id), s.offer.id, s.offer.number, s.offer.plan)
        return then(replace(s, offer=None), Say("zone.change_refused.price_changed"), again)
    told = e.reason if e.reason in _TOLD else "other"
    return then(Zone(), Say(f"zone.change_refused.{told}", options=(HUMAN,)))


def tell_set_quantity(s: Zone, e: QuantitySet, ctx: Ctx) -> Decision[Zone]:
    """Tell what there is now, or will be."""
    told = Say("zone.quantity_set", {"program": word_quantity(e.product, e.number, ctx.seller), "starts": e.starts})
    return then(Zone() if s.page == PAGE else s, told)


def tell_paid_quantity(order_id: str, ctx: Ctx) -> tuple[Say, ...]:
    """Return what there is now that the money of its change is here."""
    order = find_order(ctx.books, order_id)
    of = order.added_to if order is not None else None
    changed = (word_quantity(one.product, one.quantity, ctx.seller) for one in ctx.books.owned if one.id == of)
    return tuple(Say("zone.quantity_set", {"program": program, "starts": None}) for program in changed)


def tell_charged_change(s: Zone, e: RenewalCharged, ctx: Ctx) -> Decision[Zone]:
    """Tell what there is by a change that was charged."""
    return then(s, *(tell_paid_quantity(e.order_id, ctx) if e.adds else ()))


def leave_ordered_change(s: Zone, e: RenewalToPay, _ctx: Ctx) -> Decision[Zone]:
    """Leave the page once its order waits for its money; what is being charged isn't said to be unpaid."""
    ours = e.adds and (s.page == PAGE or s.charging is not None)
    return then(Zone(charging=e.order_id if e.charging else None) if ours else s)
