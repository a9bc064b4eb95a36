"""A step: a place in a dialog where one thing is asked, done or awaited."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Generic, Literal, cast

from msgspec import Struct, field
from msgspec.structs import replace

from dialogs.kit.effects import Decision, Effect, Say
from dialogs.kit.messages import Answered, Event, Skipped
from dialogs.kit.once import read_slots
from dialogs.kit.options import AwaitedCode, Option, Param, Params, Word
from dialogs.kit.reaction import Cards, Condition, Ctx, Options, Parameters, Reaction, S, always, declare_for, never
from values.kinds import kind_of
from values.meaning import Expects
from values.parsing import Ok, Parsed, ParseRefused
from values.patterns import cached_property

Intents = Mapping[str, str | tuple[str, ...]]


def _no_params(_slots: object, _ctx: Ctx) -> Params:
    return dict[str, Param]()


def _none_of_them(_slots: object, _ctx: Ctx) -> tuple[()]:
    return ()


def _nothing(_slots: object, _ctx: Ctx) -> None:
    return None


class BoundStep(Struct, frozen=True):
    """A sum, or the words of a consent, that an answer binds to.

    `mark` differs whenever that does, and may say in parts, a "|" before each, more than an earlier release's did. Its
    last part are the seller's own figures, NAME=FIGURE. `changed` returns, for an earlier mark, what is said where it
    isn't any more what the question showed. `reads` are the documents to be read in full before.
    """

    mark: str
    changed: Callable[[str, Ctx], Say]
    reads: tuple[str, ...] = ()


class Guest(Struct, frozen=True):
    """The place of a step among those of another dialog, the `host`: in front of its step `before`, else behind all.

    `shown_as`: the dialog that customers and the REST channel take it to be a part of, where it isn't the host.
    """

    host: str
    before: str = ""
    shown_as: str = ""


class Display(Struct, Generic[S], frozen=True):
    """The parts of a question that are shown, and the figures that its answer binds to.

    `bound_to` is what the question shows and its answer binds to; `shows` what it shows where its answer binds to
    nothing yet. `card` is shown with the question; steps that share one stand on it together. `links` are the rels of
    the links. `lapsed` names what is awaited and has run out: code, link, page. `opens_sheet` is the payload of the
    quick reply that leads to values which a sheet (`dialogs/kit/input_sheet.py`) asks for at once. `codes` are those
    that may be typed.
    """

    bound_to: Callable[[S, Ctx], BoundStep | None] | None = None
    shows: Callable[[S, Ctx], BoundStep | None] | None = None
    card: Cards[S] | None = None
    links: tuple[str, ...] = ()
    lapsed: Callable[[S, Ctx], str | None] = _nothing
    opens_sheet: str = ""
    codes: Callable[[S, Ctx], tuple[AwaitedCode, ...]] = _none_of_them


class TypedEntry(Struct, Generic[S], frozen=True):
    """The rules for words that are typed.

    `pieces` is what a quantity counts, in the words by which people do. `free_text`: any words are an answer. `asked`
    of a step that is answered at any time: where it is asked, which is only where `when` holds. `out`: where a code of
    its own is out, which is taken at whatever step it is typed. While `others` holds somebody else may answer in the
    customer's stead.
    """

    pieces: Callable[[S, Ctx], Word | None] = _nothing
    free_text: bool = False
    asked: Condition[S] | None = None
    out: Condition[S] = never
    others: Condition[S] = always


class AnswerRules(Struct, Generic[S], frozen=True):
    """The rules by which an answer is held, said and given anew.

    `entry` is its key, where its slot holds the answers of several steps by their names. `several`: more than one may
    be given at once, joined by commas. `ahead`: where an answer that is named at another step is kept for this one.
    `sheet`: where it is asked for together with the values that the steps around it ask for; `on_file` is what a
    sheet begins with: the account's value as it is shown, which the step's parser takes. `in_books` is the answer that
    the account's books have, which counts until another one is given here. `revise` is how a new answer is taken once
    an act stands on the old one. `said` is the answer in words, where no button tells them.
    """

    entry: str = ""
    several: bool = False
    ahead: Condition[S] = never
    sheet: Condition[S] = never
    on_file: Callable[[S, Ctx], str | None] = _nothing
    in_books: Callable[[S, Ctx], object] = _nothing
    revise: Reaction[S] | Literal["anew"] | None = None
    said: Callable[[str], Param | tuple[Param, ...]] | None = None


class WaysOff(Struct, Generic[S], frozen=True):
    """The ways off a step beside its answers.

    `menu`: its quick replies stay good while the talk is anywhere in this dialog. `edits`, at a confirming step, are
    the steps that "change" offers; where `edits_when` doesn't hold "change" is an answer like any other. `leads` are
    the steps whose payloads are ways off it; None: all that it offers.
    """

    menu: bool = False
    edits: tuple[str, ...] = ()
    edits_when: Condition[S] = always
    leads: tuple[str, ...] | None = None


class StepManners(Struct, frozen=True):
    """The place that a step takes among the others.

    `early`: on a card its answer is taken before those of the steps in front of it. `counted`: it is one of the
    "3 of 8". `patient`: nobody asked for this question, so it is asked once and gives way to whatever else is done.
    `gives_way`: it is optional, and passed over by a press or an answer of a later step. `said_back`: pressed again
    once it is over, the customer is told what was chosen. `joint`: one press that answers other rows of its card, which
    are asked one by one; never asked itself.
    """

    early: bool = True
    counted: bool = True
    patient: bool = False
    gives_way: bool = False
    said_back: bool = True
    joint: bool = False


UNCOUNTED = StepManners(counted=False)


class StepAct(Struct, Generic[S], frozen=True):
    """The act behind a step that does something.

    `final`: an act stands here that back and correction don't undo; `instead` is what is possible where it bars the
    way. After `slow_after` the customer is told that a machine's step takes longer.
    """

    final: Condition[S] = never
    instead: Options[S] = _none_of_them
    slow_after: timedelta | None = None


class Step(Struct, Generic[S], frozen=True, eq=False, dict=True):
    """Declared by `Dialog.ask`, `.choose`, `.do` and `.wait`; never constructed by hand.

    The step is *open* when `when` holds and `done` doesn't and all steps before it are closed. `slots` are the fields
    that hold its answer; `needs` the steps ("dialog.step", or a name in the same dialog) whose change makes it void.
    `effect` is what a `do` step causes when it is reached. `intents` are the payloads that intents stand for here, if
    offered. `guest` is where it stands, if that is among another dialog's steps.
    """

    dialog: str
    name: str
    expects: Expects
    done: Condition[S]
    when: Condition[S] = always
    slots: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    parse: Callable[[str, S, Ctx], Parsed[Any]] | None = None
    options: Options[S] = _none_of_them
    effect: Callable[[S, Ctx], Effect] | None = None
    params: Parameters[S] = _no_params
    intents: Intents = field(default_factory=dict[str, str])
    guest: Guest | None = None
    display: Display[S] = Display()
    typed: TypedEntry[S] = TypedEntry()
    answer: AnswerRules[S] = AnswerRules()
    ways: WaysOff[S] = WaysOff()
    manners: StepManners = StepManners()
    act: StepAct[S] = StepAct()
    reactions: dict[type[Event], Reaction[S]] = field(default_factory=dict[type[Event], Reaction[S]])

    @cached_property
    def path(self) -> str:
        """Its name in the whole journey: "dialog.step"."""
        return f"{self.dialog}.{self.name}"

    def answer_in(self, slots: S) -> Any:
        """Return the answer that the slots hold; None while there is none."""
        held = getattr(slots, self.slots[0]) if self.slots else None
        return held.get(self.answer.entry) if self.answer.entry and held is not None else held

    def answer_now(self, slots: S, ctx: Ctx) -> Any:
        """Return the answer that stands: as it was said, else once it is saved as the books have it."""
        said = self.answer_in(slots)
        return self.answer.in_books(slots, ctx) if said is None and self.done(slots, ctx) else said

    def read(self, text: str, ctx: Ctx) -> Parsed[Any]:
        """Return a text as the step's answer would be read; one that only buttons answer takes none."""
        slots = read_slots(ctx.case, self.dialog, ctx)
        return self.parse(text, slots, ctx) if self.parse is not None else ParseRefused("not_understood")

    def takes(self, text: str, ctx: Ctx) -> bool:
        return isinstance(self.read(text, ctx), Ok)

    def with_answer(self, slots: S, value: object) -> S:
        """Return the slots with this answer. Errors: TypeError for a step without the one slot to keep it in."""
        if len(self.slots) != 1:
            raise TypeError(f"{self.path} has no one slot to keep its answer in, and no reaction to Answered")
        held = {**getattr(slots, self.slots[0]), self.answer.entry: value} if self.answer.entry else value
        changed: Any = replace(cast("Any", slots), **{self.slots[0]: held})
        return changed

    @property
    def figures(self) -> Callable[[S, Ctx], BoundStep | None] | None:
        """Return what tells what it shows, so that no answer counts on anything else."""
        return self.display.bound_to or self.display.shows

    @property
    def awaits_machine(self) -> bool:
        """True where the next word is a machine's: the customer is asked nothing."""
        return self.effect is not None

    @property
    def elsewhere(self) -> bool:
        """True where the end comes from a page, a letter or a provider, never as an answer."""
        return kind_of(self.expects).form == "elsewhere"

    @property
    def anytime(self) -> bool:
        """True where the answer is taken at any step at which `when` holds; it is asked only where `asked` holds."""
        return self.typed.asked is not None

    @property
    def optional(self) -> bool:
        """True where `STEP:skip` is a way past it."""
        return Skipped in self.reactions and not self.manners.patient

    def on(self, *events: type[Event]) -> Callable[[Reaction[S]], Reaction[S]]:
        """Declare the step's reaction to events; one reaction per kind of event."""
        return declare_for(self.reactions, events, f"{self.path} already reacts to")


SKIP = "skip"
PASSED_OVER = ""
"""The answer of an optional step that was passed over."""


def skippable(step: Step[S]) -> Step[S]:
    """Return the step with a button past it; passing it over is an empty answer."""
    skip, own = Option(f"{step.name}:{SKIP}", f"option.{step.name}.skip"), step.options

    def passed_over(slots: S, _event: Event, ctx: Ctx) -> Decision[S]:
        if (answered := step.reactions.get(Answered)) is not None:
            return answered(slots, Answered(PASSED_OVER, PASSED_OVER), ctx)
        return Decision(step.with_answer(slots, PASSED_OVER))

    def options(slots: S, ctx: Ctx) -> tuple[Option, ...]:
        return (*own(slots, ctx), skip)

    step.reactions[Skipped] = passed_over
    return replace(step, options=options, manners=replace(step.manners, gives_way=True))
