"""The act about discount codes, and what of a code the books have to know."""

from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps
from dialogs.kit import Event
from dialogs.messages.order import CheckDiscount, DiscountGood, DiscountSpent
from services.orders import discounts
from services.orders.discounts import UNLIMITED, Limits
from values.offer import DiscountCode


def check_discount(tools: CommandDeps, act: CheckDiscount, done: CommandContext) -> Event:
    """Whether it can be used once more just now."""
    known = next((code for code in tools.seller.discounts if code.code == act.code), None)
    why = discounts.spent(done.connection, act.code, limits(known), act.account_id)
    return DiscountGood(act.code) if why is None else DiscountSpent(act.code, why)


def limits(code: DiscountCode | None) -> Limits:
    """How often the profile lets it be used."""
    return UNLIMITED if code is None else Limits(code.uses, code.uses_per_customer)
