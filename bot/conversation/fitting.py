"""The check that a text is an answer which a step takes."""

from typing import Any

from dialogs.kit import Step, read_slots
from dialogs.state import Ctx
from values.parsing import Ok


def fits(text: str, step: Step[Any], ctx: Ctx) -> bool:
    """Return whether the step's parser takes a text; a step without one takes none."""
    return step.parse is not None and isinstance(step.parse(text, read_slots(ctx.case, step.dialog, ctx), ctx), Ok)
