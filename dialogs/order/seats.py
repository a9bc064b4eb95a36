"""The seats of a plan that is sold by the seat: how many, asked before the term and told with the price of one."""

from msgspec.structs import replace

from dialogs.kit import Answered, Decision, Dialog, Option, Params, Step, Word, need_slot, then
from dialogs.order.cart_lines import plan_of, seats_chosen
from dialogs.order.costs import show_cart
from dialogs.order.in_books import last_seats
from dialogs.order.sums import bind_sums
from dialogs.state import Cart, Ctx
from values.codes import parse_quantity
from values.meaning import Expects

_FEW = (1, 2, 3, 5, 10, 20)
_OFFERED = 4


def count_seats(seats: int) -> Word:
    """Return a number of seats in words ("5 seats")."""
    return Word("seats.count", (("seats", seats),))


def declare(dialog: Dialog[Cart]) -> Step[Cart]:
    """Declare the question."""
    step = dialog.ask(
        "seats",
        Expects.quantity,
        parse=lambda text, _s, c: parse_quantity(text, *_bounds(c)),
        slot="seats",
        done=lambda _s, c: seats_chosen(c) is not None,
        when=_asked,
        needs=("plan",),
        options=_few,
        pieces=lambda _s, _c: count_seats(1),
        params=_told,
        ahead=_asked,
        shows=bind_sums,
        revise="anew",
    )

    @step.on(Answered)
    def keep_seats(s: Cart, e: Answered, _ctx: Ctx) -> Decision[Cart]:
        """Keep the number."""
        return then(replace(s, seats=int(str(e.value))))

    return step


def _asked(_s: Cart, ctx: Ctx) -> bool:
    account, within = ctx.case.account, ctx.seller.seats_of(plan_of(ctx))
    return within is not None and (account.entry == "buy" or account.id is not None) and ctx.case.order.id is None


def _bounds(ctx: Ctx) -> tuple[int, int]:
    within = need_slot(ctx.seller.seats_of(plan_of(ctx)))
    return within.min, within.max


def _few(_s: Cart, ctx: Ctx) -> tuple[Option, ...]:
    """Return the last number and some small ones; others are typed."""
    if ctx.seller.seats_of(plan_of(ctx)) is None:
        return ()
    (least, most), last = _bounds(ctx), last_seats(plan_of(ctx), ctx)
    fitting = [n for n in dict.fromkeys((last or least, least, *_FEW)) if least <= n <= most][:_OFFERED]
    return tuple(Option(f"seats:{n}", "option.seats", {"seats": n}) for n in fitting)


def _told(_s: Cart, ctx: Ctx) -> Params:
    (least, most), last = _bounds(ctx), last_seats(plan_of(ctx), ctx)
    before = count_seats(last) if last else None
    return {**show_cart(ctx.case.order, ctx), "least": least, "most": most, "before": before}
