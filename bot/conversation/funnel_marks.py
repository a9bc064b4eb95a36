"""Funnel marks of a turn's line in the journal, for statistics over the whole desk.

They name steps and reasons only. Read by `services/support/funnel.py`, `misread_lines.py` and `labels.py`.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from bot.conversation.stored import StoredCause
from dialogs.kit import Event, Journey, Outcome, Said
from dialogs.state import ConversationState
from values import meaning

REFUSED = "refused."
"""How the keys of texts begin that say why an answer was none."""
NO_ANSWERS = {"kit.for_a_person": "for_a_person", "kit.which": "which"}


def with_marks(
    line: StoredCause, journey: Journey, before: ConversationState, outcome: Outcome[ConversationState], event: Event
) -> StoredCause:
    """Return the line with the turn's marks.

    `moved`: the step that is open now, if another one was or this is the first turn; `missed`: why the customer's
    words were no answer; `read_as`: the intent or the entry of the FAQ that they were taken for, if any; `corrected`:
    steps whose answer was changed; `closed`, `reopened`: the step at which silence ended the talk, or the customer came
    back to it.
    """
    if outcome.dropped:
        return line
    here, was_closed, is_closed = outcome.after, before.talk.closed, outcome.case.talk.closed
    said = event if isinstance(event, Said) else None
    return replace(
        line,
        moved=here if not before.talk.greeted or outcome.before != here else None,
        closed=here if is_closed and not was_closed else None,
        reopened=here if was_closed and not is_closed else None,
        missed=_missed(outcome) if said is not None else None,
        read_as=_read_as(said.meaning) if said is not None else None,
        corrected=tuple(_corrected(journey, before, outcome.case)) if said is not None else (),
    )


def _missed(outcome: Outcome[ConversationState]) -> str | None:
    for say in outcome.says:
        if say.key.startswith(REFUSED):
            return say.key.removeprefix(REFUSED)
        if say.key in NO_ANSWERS:
            return NO_ANSWERS[say.key]
    return None


def _read_as(meant: meaning.Meaning) -> str | None:
    match meant:
        case meaning.Intent(name=name) | meaning.Unclear(candidates=(name, *_)):
            return name
        case meaning.Faq(id=entry):
            return entry
        case _:
            return None


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
