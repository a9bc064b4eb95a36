"""Discount: a code, taken at any step before the order. A step of the order dialog.

The profile says whether a code is known, still good and meant for the cart; the books know how often it was used: they
are asked before it is taken, and once more when the order is placed. After too many wrong ones none is compared for a
while (`bot/conversation/typed_codes.py`).
"""

from msgspec.structs import replace

from dialogs.kit import Answered, Asked, Decision, Dialog, Option, Params, Say, Skipped, then
from dialogs.kit.reaction import never
from dialogs.messages.order import CheckDiscount, DiscountGood, DiscountSpent
from dialogs.order.cart_lines import is_undecided
from dialogs.order.costs import judge_code, show_cart, word_size
from dialogs.order.in_books import is_paid
from dialogs.state import Ctx, Order
from values.meaning import Expects
from values.money import Money
from values.offer import DiscountCode, parse_discount_code
from values.parsing import Ok, Parsed, ParseRefused


def _parse(text: str, s: Order, ctx: Ctx) -> Parsed[str]:
    if ctx.said is not None and ctx.said.codes_held is not None:
        return ParseRefused("discount_code.limited", {"minutes": -(-ctx.said.codes_held // 60)})
    parsed = parse_discount_code(text)
    if not isinstance(parsed, Ok):
        return parsed
    known = judge_code(parsed.value, s, ctx)
    if isinstance(known, DiscountCode):
        return Ok(known.code)
    return ParseRefused(f"discount_code.{known}", {"code": parsed.value})


def add_discount(dialog: Dialog[Order]) -> None:
    """Declare the step, for sellers who have codes."""
    discount = dialog.ask(
        "discount",
        Expects.discount_code,
        slot="discount",
        parse=_parse,
        when=lambda s, c: s.id is None and bool(c.seller.discounts),
        asked=never,
        options=lambda _s, _c: (Option("discount:skip", "option.discount.skip"),),
        counted=False,
    )

    @discount.on(Answered)
    def check_given_code(s: Order, e: Answered, ctx: Ctx) -> Decision[Order]:
        """Ask the books whether the code can be used once more."""
        return then(s, CheckDiscount(str(e.value), ctx.case.account.id))

    @dialog.anywhere("discount:skip")
    def take_code_out(s: Order, _e: Answered, ctx: Ctx) -> Decision[Order]:
        """Take the code out; the price without it is what is agreed to."""
        if s.id is not None or s.discount is None:
            return tell_how_to_give_code(s, Asked("apply_discount_code"), ctx)
        without = replace(s, discount=None, pay=None)
        params: Params = {**show_cart(without, ctx), "code": s.discount}
        key = "order.discount_dropped" if is_undecided(s, ctx) else "order.discount_removed"
        return then(without, Say(key, params))

    @discount.on(Skipped)
    def continue_without_code(s: Order, _e: Skipped, ctx: Ctx) -> Decision[Order]:
        """Go on without a code: one that was given before is taken out."""
        return then(s) if s.discount is None else take_code_out(s, Answered("skip"), ctx)

    @dialog.always(DiscountGood)
    def take_good_code(s: Order, e: DiscountGood, ctx: Ctx) -> Decision[Order]:
        """Take the code and show the new price."""
        lowered = replace(s, discount=e.code)
        code = ctx.seller.discount(e.code)
        if code is not None and is_undecided(s, ctx):
            off = word_size(code.percent, Money(code.amount, ctx.seller.currency))
            return then(lowered, Say("order.discount_noted", {"discount": code.code, "size": off}))
        return then(lowered, Say("order.discount_taken", show_cart(lowered, ctx)))

    @dialog.always(DiscountSpent)
    def refuse_spent_code(s: Order, e: DiscountSpent, _ctx: Ctx) -> Decision[Order]:
        """Keep the price, and a code taken before."""
        return then(s, Say(f"refused.discount_code.{e.reason}", {"code": e.code}))

    @dialog.asked("apply_discount_code")
    def tell_how_to_give_code(s: Order, _e: Asked, ctx: Ctx) -> Decision[Order]:
        """Say that a code can be typed at any step before the order, if the seller has any."""
        if not ctx.seller.discounts:
            return then(s, Say("order.no_codes"))
        if s.id is None:
            return then(s, Say("order.discount_how", show_cart(s, ctx)))
        return then(s, Say("order.discount_late", {**show_cart(s, ctx), "paid": is_paid(ctx)}))
