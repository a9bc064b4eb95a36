"""A dialog: a state machine that does one job, declared as an ordered list of steps over typed slots."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Generic, Literal, TypedDict, TypeVar, Unpack

from msgspec import Struct
from msgspec.structs import fields, replace

from dialogs.kit.effects import Effect
from dialogs.kit.messages import Event
from dialogs.kit.options import AwaitedCode, Param, Word
from dialogs.kit.reaction import (
    Cards,
    Condition,
    Ctx,
    MissingSlotError,
    Options,
    Parameters,
    Reaction,
    always,
    declare_for,
)
from dialogs.kit.step import (
    AnswerRules,
    BoundStep,
    Display,
    Guest,
    Intents,
    Step,
    StepAct,
    StepManners,
    TypedEntry,
    WaysOff,
    skippable,
)
from values.meaning import Expects
from values.parsing import Parsed

S = TypeVar("S")
GROUPS: Mapping[str, type[Struct]] = {
    "display": Display,
    "typed": TypedEntry,
    "answer": AnswerRules,
    "ways": WaysOff,
    "manners": StepManners,
    "act": StepAct,
}
"""The groups of a step's fields, by the name that each has in `Step`."""
_GROUP_OF = {field.name: group for group, struct in GROUPS.items() for field in fields(struct)}


class _AnyStep(TypedDict, Generic[S], total=False):
    """The fields that every step may declare; `Step` says what each means."""

    when: Condition[S]
    needs: tuple[str, ...]
    final: Condition[S]
    instead: Options[S]
    guest: Guest


class _Question(_AnyStep[S], Generic[S], total=False):
    """The further fields of a step that speaks to the customer."""

    params: Parameters[S]
    bound_to: Callable[[S, Ctx], BoundStep | None]
    shows: Callable[[S, Ctx], BoundStep | None]
    lapsed: Callable[[S, Ctx], str | None]
    codes: Callable[[S, Ctx], tuple[AwaitedCode, ...]]
    card: Cards[S]
    early: bool
    intents: Intents
    links: tuple[str, ...]
    counted: bool
    said_back: bool
    joint: bool
    ahead: Condition[S]
    sheet: Condition[S]
    on_file: Callable[[S, Ctx], str | None]
    in_books: Callable[[S, Ctx], object]
    opens_sheet: str
    revise: Reaction[S] | Literal["anew"]
    patient: bool
    entry: str
    said: Callable[[str], Param | tuple[Param, ...]]


class _Typed(_Question[S], Generic[S], total=False):
    """The further fields of a step with a typed answer."""

    options: Options[S]
    pieces: Callable[[S, Ctx], Word | None]
    free_text: bool
    asked: Condition[S]
    out: Condition[S]
    others: Condition[S]


class Dialog(Generic[S]):
    """Steps in order, and reactions that hold at whatever step the customer is.

    A dialog is declared when its module is imported; `ask`, `choose`, `do` and `wait` add its steps.
    """

    def __init__(
        self,
        name: str,
        slots: type[S],
        *,
        outlives: Callable[[S], S] | None = None,
        applies: Callable[[Ctx], bool] | None = None,
        shown_as: str | None = None,
        stage: str | None = None,
        asides: Options[S] | None = None,
        browsed: bool = False,
    ) -> None:
        """`outlives` says what of the slots stays when the customer cancels or starts again; nothing by default.

        `applies`: while it doesn't hold none of the steps is asked. `shown_as`: the dialog that customers and the REST
        channel take it to be a part of. `stage`: the dialog whose stage of the way it is in, where that is another.
        `asides`: quick replies that its messages carry beside the open step's, taken at any step (`AsidePressed`).
        `browsed`: its steps are pages that a customer opens and leaves as they like: silence there is no unanswered
        question, and none counts in the progress that is shown ("3 of 8").
        """
        self.name = name
        self.shown_as = shown_as or name
        self.stage = stage or self.shown_as
        self.slots = slots
        self.browsed = browsed
        self._applies = applies
        self.asides: Options[S] = asides or (lambda _slots, _ctx: ())
        self.afresh: Callable[[S], S] = outlives or (lambda _slots: slots())
        self.steps: list[Step[S]] = []
        self.everywhere: dict[type[Event], Reaction[S]] = {}
        self.questions: dict[str, Reaction[S]] = {}
        self.taken: dict[str, Reaction[S]] = {}
        self._fields = {f.name for f in fields(slots)}  # type: ignore[arg-type]

    def ask(
        self,
        name: str,
        expects: Expects,
        *,
        parse: Callable[[str, S, Ctx], Parsed[Any]],
        slot: str | None = None,
        done: Condition[S] | None = None,
        optional: bool = False,
        **more: Unpack[_Typed[S]],
    ) -> Step[S]:
        """Declare a typed answer, read by `parse`; kept in `slot` unless a reaction to `Answered` says otherwise.

        An `optional` one has a button past it, and gives way to a press or an answer that is a later step's.
        """
        slots = (slot,) if slot else ()
        done = done or self._filled(name, slot, more.get("in_books"))
        step = self._step(name, expects, done, slots=slots, parse=parse, **more)
        return self._add(skippable(step) if optional else step)

    def choose(
        self,
        name: str,
        options: Options[S],
        *,
        slot: str | None = None,
        slots: tuple[str, ...] = (),
        done: Condition[S] | None = None,
        expects: Expects = Expects.choice,
        edits: tuple[str, ...] = (),
        edits_when: Condition[S] = always,
        menu: bool = False,
        several: bool = False,
        leads: tuple[str, ...] | None = None,
        optional: bool = False,
        **more: Unpack[_Question[S]],
    ) -> Step[S]:
        """Declare a choice among what the profile and the slots allow; the VALUE of a payload is the answer.

        It is kept in `slot`; where a reaction keeps it in several, these are the `slots`. `optional` as in `ask`.
        """
        slots = (slot,) if slot else slots
        done = done or self._filled(name, slot, more.get("in_books"))
        ways = WaysOff(menu, edits, edits_when, leads)
        step = self._step(name, expects, done, slots=slots, options=options, several=several, ways=ways, **more)
        return self._add(skippable(step) if optional else step)

    def do(
        self,
        name: str,
        effect: Callable[[S, Ctx], Effect],
        *,
        done: Condition[S],
        slots: tuple[str, ...] = (),
        slow_after: timedelta | None = None,
        **more: Unpack[_AnyStep[S]],
    ) -> Step[S]:
        """Declare a command or a job, caused by reaching the step, which reacts to its outcome."""
        step = self._step(
            name, Expects.wait, done, slots=slots, effect=effect, slow_after=slow_after, counted=False, **more
        )
        return self._add(step)

    def wait(
        self,
        name: str,
        expects: Expects,
        *,
        done: Condition[S],
        slots: tuple[str, ...] = (),
        options: Options[S],
        **more: Unpack[_Question[S]],
    ) -> Step[S]:
        """Declare a wait for something elsewhere: a page filled in, a link followed, money arriving.

        Its `options` are the customer's way on meanwhile.
        """
        return self._add(self._step(name, expects, done, slots=slots, options=options, **more))

    def always(self, *events: type[Event]) -> Callable[[Reaction[S]], Reaction[S]]:
        """Declare the dialog's reaction to events at any step."""
        return declare_for(self.everywhere, events, f"{self.name} already reacts to")

    def asked(self, *intents: str) -> Callable[[Reaction[S]], Reaction[S]]:
        """Declare what the dialog answers to questions in the middle of any step, by the intents' names."""
        return declare_for(self.questions, intents, f"{self.name} already answers")

    def takes(self, payload: str) -> Reaction[S] | None:
        """Return the reaction to a payload that is taken at any step; None for others."""
        return self.taken.get(payload) or self.taken.get(f"{payload.rpartition(':')[0]}:*")

    def anywhere(self, *payloads: str) -> Callable[[Reaction[S]], Reaction[S]]:
        """Declare the reaction to these payloads wherever the open step doesn't offer them itself.

        `*` stands for any last part, such as an id of the profile's.
        """
        return declare_for(self.taken, payloads, f"{self.name} already takes")

    def _step(self, name: str, expects: Expects, done: Condition[S], **more: Any) -> Step[S]:
        """Return the step with its fields in their groups."""
        given = {field: value for field, value in more.items() if field not in _GROUP_OF}
        for group, struct in GROUPS.items():
            if own := {field: value for field, value in more.items() if _GROUP_OF.get(field) == group}:
                given[group] = struct(**own)
        return Step(self.name, name, expects, done, **given)

    def _add(self, step: Step[S]) -> Step[S]:
        if any(s.name == step.name for s in self.steps):
            raise TypeError(f"{step.path} is declared twice")
        if unknown := set(step.slots) - self._fields:
            raise TypeError(f"{self.name} has no slot {', '.join(sorted(unknown))}")
        if self.browsed:
            step = replace(step, manners=replace(step.manners, counted=False))
        if self._applies is not None:
            step = replace(step, when=_both(self._applies, step.when))
        if step.effect is not None:
            step = replace(step, when=_possible(step.effect, step.when))
        self.steps.append(step)
        return step

    def _filled(self, name: str, slot: str | None, in_books: Callable[[S, Ctx], object] | None) -> Condition[S]:
        if slot is None:
            raise TypeError(f"{self.name}.{name} needs a slot or a `done`")
        if in_books is None:
            return lambda slots, _ctx: getattr(slots, slot) is not None
        return lambda slots, ctx: getattr(slots, slot) is not None or in_books(slots, ctx) is not None


def _both(applies: Callable[[Ctx], bool], when: Condition[S]) -> Condition[S]:

    def holds(slots: S, ctx: Ctx) -> bool:
        return applies(ctx) and when(slots, ctx)

    return holds


def _possible(effect: Callable[[S, Ctx], Effect], when: Condition[S]) -> Condition[S]:
    """Return the step's condition, and that nothing is missing of what its effect needs."""

    def holds(slots: S, ctx: Ctx) -> bool:
        if not when(slots, ctx):
            return False
        try:
            effect(slots, ctx)
        except MissingSlotError:
            return False
        return True

    return holds
