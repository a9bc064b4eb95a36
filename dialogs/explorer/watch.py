"""Copies of dialogs that record which of their parts were reached: a walk's evidence that nothing is dead."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from dialogs.kit.dialog import Dialog
from dialogs.kit.messages import Decision, Effect
from dialogs.kit.step import Ctx, MissingSlotError, Reaction, Step

Note = Callable[[str], None]


def watch_dialogs(dialogs: Sequence[Dialog[Any]], note: Note) -> tuple[list[Dialog[Any]], frozenset[str]]:
    """Return copies of the dialogs whose parts call `note` with their name when they run, and all parts' names."""
    parts: set[str] = set()

    def watch(name: str, reaction: Reaction[Any]) -> Reaction[Any]:
        parts.add(name)

        def noted(slots: Any, event: Any, ctx: Ctx) -> Decision[Any]:
            note(name)
            try:
                return reaction(slots, event, ctx)
            except MissingSlotError as missing:
                raise TypeError(f"{name} needs a slot that is empty") from missing

        return noted

    return [_dialog(dialog, watch, note, parts) for dialog in dialogs], frozenset(parts)


Watch = Callable[[str, Reaction[Any]], Reaction[Any]]


def _dialog(dialog: Dialog[Any], watch: Watch, note: Note, parts: set[str]) -> Dialog[Any]:
    own = copy.copy(dialog)
    name = dialog.name
    own.everywhere = {e: watch(f"{name}: {e.__name__} anywhere", r) for e, r in dialog.everywhere.items()}
    own.questions = {i: watch(f"{name}: asked {i}", r) for i, r in dialog.questions.items()}
    own.taken = {p: watch(f"{name}: {p} anywhere", r) for p, r in dialog.taken.items()}
    own.steps = [_step(step, watch, note, parts) for step in dialog.steps]
    return own


def _step(step: Step[Any], watch: Watch, note: Note, parts: set[str]) -> Step[Any]:
    reactions = {event: watch(f"{step.path}: {event.__name__}", r) for event, r in step.reactions.items()}
    revise = watch(f"{step.path}: revised", step.answer.revise) if callable(step.answer.revise) else step.answer.revise
    if not step.manners.joint:  # nobody is ever asked for what other rows' answers give, too
        parts.add(step.path)
    answer = replace(step.answer, revise=revise)
    return replace(step, reactions=reactions, answer=answer, effect=_effect(step, note))


def _effect(step: Step[Any], note: Note) -> Callable[[Any, Ctx], Effect] | None:
    if step.effect is None:
        return None
    cause = step.effect

    def noted(slots: Any, ctx: Ctx) -> Effect:
        note(step.path)
        return cause(slots, ctx)

    return noted
