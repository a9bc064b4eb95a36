"""Funnel marks of a turn's line in the journal, for statistics over the whole desk.

They say where the talk went, what wasn't understood, which earlier answers were changed, and where silence closed it,
by names of steps and reasons only.

Read by `services/support/funnel.py` and `services/support/labels.py`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from dialogs.kit import Context, Event, Journey, Outcome, Said
from dialogs.state import ConversationState
from values import meaning

REFUSED = "refused."
"""How the keys of texts begin that say why an answer was none."""
NO_ANSWERS = {"kit.for_a_person": "for_a_person", "kit.which": "which"}


def noticed(
    journey: Journey,
    before: ConversationState,
    played: Outcome[ConversationState],
    event: Event,
    context: Callable[[ConversationState], Context[ConversationState]],
) -> dict[str, Any]:
    """Return the marks of a turn.

    `moved`: the step that is open now, if another one was or this is the first turn; `missed`: why the customer's
    words were no answer, with `read_as`, the intent that they were taken for; `corrected`: steps whose answer was
    changed; `closed`, `reopened`: the step at which silence ended the talk, or the customer came back to it.
    """
    if played.dropped:
        return {}
    after = played.case
    here = journey.position(after, context(after)).path
    told: dict[str, Any] = {}
    if not before.talk.greeted or journey.position(before, context(before)).path != here:
        told["moved"] = here
    if after.talk.closed and not before.talk.closed:
        told["closed"] = here
    elif before.talk.closed and not after.talk.closed:
        told["reopened"] = here
    if isinstance(event, Said):
        if (missed := _missed(played)) is not None:
            told |= {"missed": missed} | _read_as(event.meaning)
        if changed := [*_corrected(journey, before, after)]:
            told["corrected"] = changed
    return told


def _missed(played: Outcome[ConversationState]) -> str | None:
    for say in played.says:
        if say.key.startswith(REFUSED):
            return say.key.removeprefix(REFUSED)
        if say.key in NO_ANSWERS:
            return NO_ANSWERS[say.key]
    return None


def _read_as(meant: meaning.Meaning) -> dict[str, str]:
    match meant:
        case meaning.Intent(name=name):
            return {"read_as": name}
        case meaning.Unclear(candidates=(first, *_)):
            return {"read_as": first}
        case _:
            return {}


def _corrected(journey: Journey, before: ConversationState, after: ConversationState) -> Iterator[str]:
    """Yield answered steps whose answer was changed; an answer that was only taken back has no other."""
    for path in before.talk.answered:
        dialog = path.partition(".")[0]
        was, now = getattr(before, dialog, None), getattr(after, dialog, None)
        if was is now or (step := journey.known(path)) is None:
            continue
        values = [(getattr(was, slot, None), getattr(now, slot, None)) for slot in step.slots]
        if any(old != new and new is not None for old, new in values):
            yield path
