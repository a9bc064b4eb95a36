"""A journey: a profile's dialogs strung together; where a case stands in them, and what hangs on what."""

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields, replace
from typing import Any, TypeVar

from dialogs.kit.context import Context
from dialogs.kit.dialog import Dialog
from dialogs.kit.step import Step
from dialogs.kit.talk import CaseBase
from dialogs.kit.words import Option
from values.expects import Expects

C = TypeVar("C", bound=CaseBase)
AnyStep = Step[Any]
EDIT = "edit"


class Journey:
    """The dialogs in their order. Errors: TypeError if a dependency names a step that doesn't exist."""

    def __init__(self, dialogs: Sequence[Dialog[Any]]) -> None:
        self.dialogs: dict[str, Dialog[Any]] = {d.name: d for d in dialogs}
        self.steps: tuple[AnyStep, ...] = tuple(s for d in dialogs for s in d.steps)
        self._by_path = {s.path: s for s in self.steps}
        self._needs = {s.path: frozenset(self._full(n, s) for n in s.needs) for s in self.steps}

    def step(self, path: str) -> AnyStep:
        """The step by its path "dialog.step". Errors: KeyError."""
        return self._by_path[path]

    def index(self, step: AnyStep) -> int:
        """Its place in the whole journey."""
        return self.steps.index(step)

    def position(self, case: CaseBase, ctx: Context[Any]) -> AnyStep:
        """Where the conversation stands: a reopened answer, an open edit menu, or the first open step."""
        talk = case.talk
        if talk.revising in self._by_path:
            return self._by_path[talk.revising]
        if talk.editing in self._by_path:
            return self._edit_menu(self._by_path[talk.editing])
        return self.first_open(case, ctx)

    def first_open(self, case: CaseBase, ctx: Context[Any]) -> AnyStep:
        """The first step that applies and isn't done, whatever was reopened."""
        for step in self.steps:
            if self.is_open(step, case, ctx):
                return step
        raise LookupError("a journey must end in a step that is never done")

    def is_open(self, step: AnyStep, case: CaseBase, ctx: Context[Any]) -> bool:
        """True if the step applies and isn't done."""
        slots = getattr(case, step.dialog)
        return not step.anytime and step.when(slots, ctx) and not step.done(slots, ctx)

    def barrier(self, case: CaseBase, ctx: Context[Any]) -> int:
        """The place of the last act that can't be undone by going back; -1 if there is none yet."""
        return max((i for i, s in enumerate(self.steps) if s.final(getattr(case, s.dialog), ctx)), default=-1)

    def progress(self, case: CaseBase, ctx: Context[Any]) -> tuple[int, int]:
        """How many of the customer's steps are done, of how many that apply."""
        counted = [s for s in self.steps if s.counted and s.when(getattr(case, s.dialog), ctx)]
        done = sum(s.done(getattr(case, s.dialog), ctx) for s in counted)
        return done, len(counted)

    def cleared(self, case: C, step: AnyStep) -> C:
        """The case without this step's answer and all that depended on it."""
        for path in (step.path, *self.dependants(step)):
            case = self._reset(case, self._by_path[path])
        return case

    def without_dependants(self, case: C, step: AnyStep) -> C:
        """The case without what depended on this step's answer."""
        for path in self.dependants(step):
            case = self._reset(case, self._by_path[path])
        return case

    def dependants(self, step: AnyStep) -> Iterator[str]:
        """Paths of the steps whose answer hangs on this one's, near and far, in order."""
        found: set[str] = set()
        queue = [step.path]
        while queue:
            cause = queue.pop()
            for path, needs in self._needs.items():
                if cause in needs and path not in found:
                    found.add(path)
                    queue.append(path)
        return (s.path for s in self.steps if s.path in found)

    def named(self, name: str, near: str) -> AnyStep | None:
        """The step of this name (or of this `expects`), in the dialog `near` if it has one, else the first."""
        matching = [s for s in self.steps if s.name == name] or [
            s for s in self.steps if s.expects == name and not s.awaits_machine
        ]
        return next((s for s in matching if s.dialog == near), matching[0] if matching else None)

    def _edit_menu(self, confirm: AnyStep) -> AnyStep:
        def options(_slots: object, ctx: Context[Any]) -> tuple[Option, ...]:
            editable = (self._by_path[self._full(name, confirm)] for name in confirm.edits)
            return tuple(Option(f"edit:{s.name}", f"edit.{s.name}") for s in editable if s.editable(ctx))

        return Step(
            confirm.dialog,
            EDIT,
            Expects.choice,
            lambda _s, _c: True,
            lambda _s, _c: False,
            options=options,
            edits=confirm.edits,
        )

    def _reset(self, case: C, step: AnyStep) -> C:
        slots = getattr(case, step.dialog)
        if step.slots:
            defaults = {f.name: f.default for f in fields(slots) if f.name in step.slots and f.default is not MISSING}
            case = replace(case, **{step.dialog: replace(slots, **defaults)})
        talk = case.talk
        awaiting = {label: key for label, key in talk.awaiting.items() if not label.startswith(step.path + "/")}
        answered = tuple(path for path in talk.answered if path != step.path)
        return replace(case, talk=replace(talk, awaiting=awaiting, answered=answered))

    def _full(self, name: str, step: AnyStep) -> str:
        path = name if "." in name else f"{step.dialog}.{name}"
        if path not in self._by_path:
            raise TypeError(f"{step.path} names {path}, which no dialog of this journey has")
        return path
