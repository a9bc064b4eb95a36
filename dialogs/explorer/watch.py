"""The result of a walk, and copies of dialogs that record which of their parts were reached: that nothing is dead."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from dialogs.kit import read_slots
from dialogs.kit.dialog import Dialog
from dialogs.kit.effects import Decision, Effect, Say
from dialogs.kit.journey import Journey
from dialogs.kit.options import Option
from dialogs.kit.play import Outcome, Question
from dialogs.kit.reaction import Ctx, MissingSlotError, Reaction
from dialogs.kit.step import Step

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


class Walk(Struct):
    """The result of a walk.

    `ways` are labels by (from, to), of those who go straight on; `said` holds examples by key and names of
    parameters.
    """

    journey: Journey
    parts: frozenset[str]
    reached: set[str] = field(default_factory=set[str])
    ways: dict[tuple[str, str], list[str]] = field(default_factory=dict[tuple[str, str], list[str]])
    said: dict[tuple[str, frozenset[str]], list[Say]] = field(
        default_factory=dict[tuple[str, frozenset[str]], list[Say]]
    )
    asked: dict[str, list[Question]] = field(default_factory=dict[str, list[Question]])
    options: dict[str, Option] = field(default_factory=dict[str, Option])
    outcomes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])  # by name of command or job
    turns: int = 0
    unsaid: set[str] = field(default_factory=set[str])  # keys of what was said to be done, and isn't

    @property
    def news(self) -> int:
        """A count that grows with every find."""
        listed = (*self.asked.values(), *self.ways.values(), *self.outcomes.values())
        return len(self.reached) + len(self.said) + len(self.options) + sum(map(len, listed))

    def took(self, start: str, end: str, label: str) -> None:
        """Record a way from step to step."""
        labels = self.ways.setdefault((start, end), [])
        if label not in labels:
            labels.append(label)

    def listen(self, played: Outcome[Any]) -> None:
        """Record everything said and asked, with its options."""
        ctx = played.ctx
        for say in played.says:
            self._hear(say)
        self.unsaid.update(say.key for say in played.unsaid)
        if (question := played.question) is not None:
            figures = question.step.figures
            bound = figures and figures(read_slots(ctx.case, question.step.dialog, ctx), ctx)
            if bound is not None:
                self._hear(bound.changed("", ctx))
                self._hear(bound.changed(bound.mark, ctx))
            asked = self.asked.setdefault(question.step.path, [])
            if len(asked) < MOST_EXAMPLES and all(question.params != other.params for other in asked):
                asked.append(question)
            for option in question.options:
                self.options.setdefault(option.key, option)

    def _hear(self, say: Say) -> None:
        examples = self.said.setdefault((say.key, frozenset(say.params)), [])
        if len(examples) < MOST_EXAMPLES and say not in examples:
            examples.append(say)
        for option in say.options:
            self.options.setdefault(option.key, option)


# So many examples of the same words are kept: choices by a value differ between them.
MOST_EXAMPLES = 12
