"""The customer zone's change of seats: how many, what that costs, and from when they are there.

Its steps belong to the dialog `zone` (`dialogs/zone/zone.py` declares them at their place).
"""

from msgspec.structs import replace

from dialogs.kit import HUMAN, Answered, Chosen, Decision, Dialog, Option, Params, Say, required, then
from dialogs.messages.renewal import RenewalToPay
from dialogs.messages.zone import ChangeNotMade, ChangeQuoted, MakeChange, QuantitySet, QuoteChange
from dialogs.order.products import product_word
from dialogs.order.seats import count_seats
from dialogs.state import ChangeOffer, Ctx, Zone
from dialogs.zone.pages import another_page, seats_owned, to_home
from values.codes import parse_quantity
from values.meaning import BindingAct, Expects

PAGE = "change"
_MORE = (1, 2, 5)
_TOLD = ("same", "waits", "late")
"""Reasons with words of their own."""


def declare(dialog: Dialog[Zone]) -> None:
    """Declare the question, the offer, and the reactions to what comes of it."""
    asked = dialog.ask(
        "change_seats",
        Expects.quantity,
        parse=lambda text, _s, c: parse_quantity(text, *_bounds(c)),
        when=lambda s, c: s.page == PAGE and s.offer is None and seats_owned(c) is not None,
        done=lambda _s, _c: False,
        options=_numbers,
        params=_asked_shown,
        intents={"back": "zone:home"},
        counted=False,
    )
    asked.on(Answered)(seats_counted)
    asked.on(Chosen)(another_page)
    offered = dialog.choose(
        "change",
        _ways,
        when=lambda s, _c: s.page == PAGE and s.offer is not None,
        done=lambda _s, _c: False,
        params=lambda s, c: offer_shown(s.offer, c) if s.offer is not None else {},
        intents={**dict.fromkeys(("deny", "back"), "zone:home")},
    )
    offered.on(Answered)(change_chosen)
    offered.on(Chosen)(another_page)
    dialog.always(ChangeQuoted)(offer_made)
    dialog.always(ChangeNotMade)(change_refused)
    dialog.always(QuantitySet)(quantity_set)
    dialog.always(RenewalToPay)(change_ordered)


def _bounds(ctx: Ctx) -> tuple[int, int]:
    of = seats_owned(ctx)
    within = ctx.seller.seats_of(of.product) if of is not None else None
    return (within.min, within.max) if within is not None else (1, 1)


def _numbers(_s: Zone, ctx: Ctx) -> tuple[Option, ...]:
    """Return some more than there are; any other number is typed."""
    if (of := seats_owned(ctx)) is None:
        return (to_home,)
    least, most = _bounds(ctx)
    more = [n for n in (of.quantity + few for few in _MORE) if least <= n <= most]
    return (*(Option(f"change_seats:{n}", "option.seats", {"seats": n}) for n in more), to_home)


def _asked_shown(_s: Zone, ctx: Ctx) -> Params:
    if (of := seats_owned(ctx)) is None:
        return {}
    least, most = _bounds(ctx)
    return {"has": count_seats(of.quantity), "until": of.ends_at, "least": least, "most": most}


def seats_counted(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Ask the books what so many cost."""
    of = required(seats_owned(ctx))
    return then(s, QuoteChange(required(ctx.case.account.id), of.id, int(str(e.value))))


def offer_made(s: Zone, e: ChangeQuoted, _ctx: Ctx) -> Decision[Zone]:
    """Show the offer."""
    return then(replace(s, page=PAGE, offer=e.offer))


def _ways(s: Zone, _ctx: Ctx) -> tuple[Option, ...]:
    if (offer := s.offer) is None:
        return (to_home,)
    now: tuple[Option, ...] = ()
    if offer.now is not None and offer.now.gross.minor:
        now = (Option("change:now", "option.pay.now", binds=BindingAct.order),)
    elif offer.now is not None:
        now = (Option("change:now", "option.change.free"),)
    later = (Option("change:next_term", "option.change.next_term"),) if offer.later is not None else ()
    return (*now, *later, to_home)


def offer_shown(offer: ChangeOffer, ctx: Ctx) -> Params:
    """Return old and new number, days and sums, for the texts."""
    now, later = offer.now, offer.later
    return {
        "program": product_word(offer.product, ctx.seller),
        "old": count_seats(offer.old),
        "new": count_seats(offer.number),
        "until": offer.until,
        "days": offer.days,
        "now": None if now is None else "paid" if now.gross.minor else "free",
        "net": None if now is None else now.net,
        "vat": None if now is None else now.vat,
        "gross": None if now is None else now.gross,
        "later": None if later is None else later.gross,
        "vat_reason": offer.taxed,
    }


def change_chosen(s: Zone, e: Answered, ctx: Ctx) -> Decision[Zone]:
    """Order more for now, or set the number of the next term."""
    offer, start = required(s.offer), "now" if e.value == "now" else "next_term"
    shown = offer.now if start == "now" else offer.later
    gross = required(shown).gross.minor
    return then(s, MakeChange(required(ctx.case.account.id), offer.id, offer.number, start, gross))


def change_refused(s: Zone, e: ChangeNotMade, ctx: Ctx) -> Decision[Zone]:
    """Tell why there is no such change; a changed price is asked about anew."""
    if e.reason == "price_changed" and s.offer is not None:
        again = QuoteChange(required(ctx.case.account.id), s.offer.id, s.offer.number)
        return then(replace(s, offer=None), Say("zone.change_refused.price_changed"), again)
    told = e.reason if e.reason in _TOLD else "other"
    return then(Zone(), Say(f"zone.change_refused.{told}", options=(HUMAN,)))


def quantity_set(s: Zone, e: QuantitySet, ctx: Ctx) -> Decision[Zone]:
    """Tell how many there are now, or will be."""
    program = product_word(e.product, ctx.seller)
    told = Say("zone.quantity_set", {"program": program, "new": count_seats(e.number), "starts": e.starts})
    return then(Zone() if s.page == PAGE else s, told)


def quantity_paid(ctx: Ctx) -> tuple[Say, ...]:
    """Return how many there are now that the money of a change is here."""
    if (of := seats_owned(ctx)) is None:
        return ()
    shown: Params = {"program": product_word(of.product, ctx.seller), "new": count_seats(of.quantity), "starts": None}
    return (Say("zone.quantity_set", shown),)


def change_ordered(s: Zone, e: RenewalToPay, _ctx: Ctx) -> Decision[Zone]:
    """Leave the page once its order waits for its money."""
    return then(Zone() if e.adds and s.page == PAGE else s)
