"""The number of an add-on in a changed message: "3 users" that becomes "5 users", with what it was before."""

from collections.abc import Callable
from typing import Any

from dialogs.kit import Step
from dialogs.state import Ctx
from nlu.amounts import read_amount
from nlu.languages.language import Languages
from values.meaning import Expects, Fact, Meaning, Press

_ADDONS = "addons"


def amounts(
    was: str, now: str, at: Step[Any], ctx: Ctx, langs: Languages, read: Callable[[str], Meaning]
) -> tuple[Fact, Fact] | None:
    """Return the add-on with its number as a message named it before and does now; None where it named none.

    `read` tells what words mean at the step where they were said. A number alone is of the add-on that has it since.
    """
    if at.expects is Expects.quantity:
        return _bare(was, now, ctx, langs)
    if at.name != _ADDONS:
        return None
    before, after = read(was), read(now)
    if not (isinstance(before, Press) and isinstance(after, Press)):
        return None
    named = before.payload.removeprefix(f"{_ADDONS}:")
    if before.then is None or after.then is None or before.payload != after.payload:
        return None
    return _fact(named, before.then), _fact(named, after.then)


def _bare(was: str, now: str, ctx: Ctx, langs: Languages) -> tuple[Fact, Fact] | None:
    before, after = read_amount(was, ("",), langs), read_amount(now, ("",), langs)
    if before is None or after is None:
        return None
    packs = {addon.id: addon.pack for addon in ctx.seller.addons}
    for named, quantity in reversed(ctx.case.cart.extra):
        if before.number in (str(quantity), str(quantity * packs.get(named, 1))):
            return _fact(named, before.text), _fact(named, after.text)
    return None


def _fact(named: str, number: str) -> Fact:
    return Fact(_ADDONS, f"{named}:{number}", adds=True)
