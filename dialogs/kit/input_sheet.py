"""An input sheet: the values that the next questions ask for, filled in at once where a channel shows fields."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from dialogs.kit.journey import AnyStep, Journey
from dialogs.kit.messages import Context
from dialogs.kit.once import read_slots
from dialogs.kit.talk import StateBase

LEAST, MOST = 2, 4
"""A single value is typed as ever; more fields than that are a form again."""


class InputSheet(Struct, frozen=True):
    """The steps whose values are asked for together, in their order.

    `instead` is the payload of the quick reply that only leads to them; empty where the open step is the first of them.
    """

    steps: tuple[AnyStep, ...]
    instead: str = ""


def sheet_at(journey: Journey, here: AnyStep, case: StateBase, ctx: Context[Any]) -> InputSheet | None:
    """Return the sheet that may be filled in at the open step; None where nothing is asked together there."""
    instead = here.display.opens_sheet
    if case.talk.revising is not None or case.talk.editing is not None:
        return None
    if instead and all(option.payload != instead for option in journey.offered(here, ctx)):
        return None
    steps = tuple(_asked(journey, here, case, ctx))[:MOST]
    if len(steps) < LEAST or not (instead or steps[0] is here):
        return None
    return InputSheet(steps, instead)


def _asked(journey: Journey, here: AnyStep, case: StateBase, ctx: Context[Any]) -> Iterator[AnyStep]:
    for step in journey.on_sheets:
        if step is not here and not journey.precedes(here, step):
            continue
        slots = read_slots(case, step.dialog, ctx)
        if step.answer.sheet(slots, ctx) and not step.done(slots, ctx):
            yield step
