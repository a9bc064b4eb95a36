"""The term of an order: in whole years where the seller sells nothing shorter, else by its length.

Two questions of which a profile has one: `years` (`years:2`) and `term` (`term:3m`). Each keeps its answer in the slot
of its name; `chosen_term` is what both come to.
"""

from collections.abc import Callable

from msgspec.structs import replace

from dialogs.kit import Answered, CardContent, Decision, Dialog, Option, Params, Say, Step, Word, then
from dialogs.order import cart_lines, costs, list_prices
from dialogs.order.products import terms_sold
from dialogs.renewal.renewing import is_ordering
from dialogs.state import Ctx, Order
from values.channel import Channel
from values.money import Money
from values.seller import Seller
from values.term import A_YEAR, Term, longest, months_of, read_term, short_form, term_of_years, term_shown, years_of

LENGTH = ("years", "term")
"""The steps of the term, and their slots."""


def set_term(s: Order, term: Term | None, seller: Seller) -> Order:
    """Return the order for this term, kept where the seller's question keeps it."""
    if term is None:
        return replace(s, years=None, term=None)
    years = years_of(term) if seller.by_years else None
    return replace(s, years=years, term=short_form(term) if years is None else None)


def offered_terms(ctx: Ctx) -> tuple[Term, ...]:
    """Return the terms for which the chosen plan is sold; none where the profile has the length of renewals."""
    return () if "renewal" in ctx.seller.dialogs else ctx.seller.terms_of(cart_lines.plan_of(ctx))


def term_title(term: Term, ctx: Ctx) -> Word:
    """Return a term as its button says it, without its price."""
    if ctx.seller.by_years:
        return Word(f"option.years.{years_of(term)}")
    return Word("order.period", tuple(term_shown(term).items()))


def tell_price_of_term(s: Order, term: Term, ctx: Ctx) -> Say | None:
    """Return the price of the term that a message asks about, `seats` of it where it names them.

    None where there is no choice, or not any more: behind a trial it is still to be paid.
    """
    offered, seats, tried = (
        offered_terms(ctx),
        list_prices.seats_asked(ctx),
        s.id is not None and cart_lines.trial_of(s, ctx) is not None,
    )
    if (s.id is not None or len(offered) < 2) and not tried:
        return None
    if term not in offered:
        return Say("order.for_how_long", terms_sold(ctx.seller.plans))
    if wanted := list_prices.list_priced_products(
        s, ctx, cart_lines.seats_of(ctx) if tried and seats is None else seats
    ):
        return Say("order.prices", {"prices": list_prices.prices(wanted, ctx, seats, term)})
    return Say("option.term", {**term_shown(term), "gross": _gross(term, s, ctx), "instead": None})


def declare(dialog: Dialog[Order], card: Callable[[Order, Ctx], CardContent]) -> tuple[Step[Order], Step[Order]]:
    """Declare the two questions."""
    return _ask(dialog, card, "years", _years), _ask(dialog, card, "term", _lengths)


def _ask(
    dialog: Dialog[Order],
    card: Callable[[Order, Ctx], CardContent],
    name: str,
    options: Callable[[Order, Ctx], tuple[Option, ...]],
) -> Step[Order]:
    def is_asked(_s: Order, ctx: Ctx) -> bool:
        return len(offered_terms(ctx)) > 1 and ctx.seller.by_years == (name == "years")

    step = dialog.choose(
        name,
        options,
        slot=name,
        when=is_asked,
        done=lambda s, _c: cart_lines.chosen_term(s) is not None or s.id is not None,
        params=costs.show_cart if name == "years" else _sums,
        card=card,
        ahead=lambda s, c: is_ordering(c) and s.id is None and is_asked(s, c),
    )

    @step.on(Answered)
    def keep_term(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
        """Keep the term."""
        said = str(e.value)
        return then(set_term(s, term_of_years(int(said)) if name == "years" else read_term(said), ctx.seller))

    return step


def _years(_s: Order, ctx: Ctx) -> tuple[Option, ...]:
    counts = map(years_of, offered_terms(ctx) if ctx.seller.by_years else ())
    return tuple(Option(f"years:{n}", f"option.years.{n}") for n in counts)


def _lengths(s: Order, ctx: Ctx) -> tuple[Option, ...]:
    """Return the terms with what the cart costs for each; on a card that is kept the longest says what it saves."""
    terms = () if ctx.seller.by_years else offered_terms(ctx)
    saves = {longest(terms): _sums(s, ctx)["instead"]} if terms and Channel(ctx.channel).keeps_card else {}
    told = {t: {**term_shown(t), "gross": _gross(t, s, ctx), "instead": saves.get(t)} for t in terms}
    return tuple(Option(f"term:{short_form(t)}", "option.term", params) for t, params in told.items())


def _gross(term: Term, s: Order, ctx: Ctx) -> Money:
    return costs.first_term(set_term(s, term, ctx.seller), ctx).gross


def _sums(s: Order, ctx: Ctx) -> Params:
    """Return what the longest term costs, and `instead` what the shortest would in that time, where that is more."""
    terms = offered_terms(ctx) or (A_YEAR,)
    most, least = longest(terms), min(terms, key=months_of)
    gross, times = _gross(most, s, ctx), months_of(most) // months_of(least)
    again = _gross(least, s, ctx) + costs.next_term(set_term(s, least, ctx.seller), ctx).gross * (times - 1)
    dearer = times * months_of(least) == months_of(most) and again.minor > gross.minor
    told: Params = {"longest": term_title(most, ctx), "longest_gross": gross, "instead": again if dearer else None}
    return {**costs.show_cart(s, ctx), **told}
