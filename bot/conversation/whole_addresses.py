"""A whole address typed where one part of it is asked for: that part is the answer, the others are facts beside it."""

from collections.abc import Mapping
from typing import Any

from dialogs.kit import Journey, Step
from dialogs.state import Ctx
from nlu.entities.one_line_addresses import read_addresses
from values.meaning import Answer, Expects, Fact
from values.parsing import Ok

_PARTS = (Expects.street, Expects.postal_code, Expects.city)


def whole_address(text: str, step: Step[Any], ctx: Ctx, journey: Journey) -> tuple[Answer, tuple[Fact, ...]] | None:
    """Return the open step's part of an address with the other parts; None where the text is no address.

    Each part must be one for its own step, which knows the country. The others take the place of what was given.
    """
    if step.expects not in _PARTS:
        return None
    for parts in read_addresses(text, ctx.case.talk.locale):
        if step.expects in parts and _fit(parts, step, ctx, journey):
            others = (Fact(kind, value, corrects=True) for kind, value in parts.items() if kind is not step.expects)
            return Answer(parts[step.expects]), tuple(others)
    return None


def _fit(parts: Mapping[Expects, str], here: Step[Any], ctx: Ctx, journey: Journey) -> bool:
    for kind, value in parts.items():
        step = next((s for s in journey.named(kind, here.dialog) if s.dialog == here.dialog), None)
        if step is None or step.parse is None:
            return False
        if not isinstance(step.parse(value, getattr(ctx.case, step.dialog), ctx), Ok):
            return False
    return True
