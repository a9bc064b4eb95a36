"""A step: a place in a dialog where one thing is asked, done or awaited."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Generic, Literal, TypeVar, cast

from msgspec import Struct, field
from msgspec.structs import replace

from dialogs.kit.card import CardContent
from dialogs.kit.messages import Context, Decision, Effect, Event, Say, Skipped
from dialogs.kit.options import Option, Param, Params, Word
from values.kinds import kind_of
from values.meaning import Expects
from values.parsing import Parsed

S = TypeVar("S")
T = TypeVar("T")

# The case's type is the journey's affair; a step sees its own slots typed, the rest through the context.
Ctx = Context[Any]
Condition = Callable[[S, Ctx], bool]
Reaction = Callable[[S, Any, Ctx], Decision[S]]
Options = Callable[[S, Ctx], tuple[Option, ...]]
Shown = Callable[[S, Ctx], Params]
Cards = Callable[[S, Ctx], CardContent | None]
Intents = Mapping[str, str | tuple[str, ...]]


def always(_slots: object, _ctx: Ctx) -> bool:
    """Return True: the condition of a step that applies in every case."""
    return True


def never(_slots: object, _ctx: Ctx) -> bool:
    """Return False: the condition of what is never so."""
    return False


def unchanged(slots: S, _event: Event, _ctx: Ctx) -> Decision[S]:
    """React to an event that changes nothing and isn't spoken of."""
    return Decision(slots)


def from_text(parse: Callable[[str], Parsed[Any]]) -> Callable[[str, object, Ctx], Parsed[Any]]:
    """Adapt a parser that needs neither slots nor context."""
    return lambda text, _slots, _ctx: parse(text)


def _no_params(_slots: object, _ctx: Ctx) -> Params:
    return dict[str, Param]()


def _no_options(_slots: object, _ctx: Ctx) -> tuple[Option, ...]:
    return ()


def _never_lapsed(_slots: object, _ctx: Ctx) -> str | None:
    return None


def _nothing(_slots: object, _ctx: Ctx) -> Word | None:
    return None


class MissingSlotError(Exception):
    """A slot that a command or a job needs is empty."""


def required(value: T | None) -> T:
    """Return the value of a slot that is never empty where it is read, in a reaction or an effect.

    Should it be empty all the same (a release has dropped the step that fills it), nothing is done with half the data:
    a `do` step is passed by, a reaction changes nothing. Errors: MissingSlotError, to
    the kit alone.
    """
    if value is None:
        raise MissingSlotError
    return value


class BoundStep(Struct, frozen=True):
    """A sum, or the words of a consent, that an answer binds to.

    `mark` differs whenever that does, and may say in parts, a "|" before each, more than an earlier release's did. Its
    last part are the seller's own figures, NAME=FIGURE. `changed` returns, for an earlier mark, what is said where it
    isn't any more what the question showed. `reads` are the documents to be read in full before.
    """

    mark: str
    changed: Callable[[str], Say]
    reads: tuple[str, ...] = ()


class Guest(Struct, frozen=True):
    """The place of a step among those of another dialog, the `host`: in front of its step `before`, else behind all.

    `shown_as`: the dialog that customers and the REST channel take it to be a part of, where it isn't the host.
    """

    host: str
    before: str = ""
    shown_as: str = ""


class Step(Struct, Generic[S], frozen=True, eq=False):
    """Declared by `Dialog.ask`, `.choose`, `.do` and `.wait`; never constructed by hand.

    The step is *open* when `when` holds and `done` doesn't and all steps before it are closed. `slots` are the fields
    that hold its answer; `needs` the steps ("dialog.step", or a name in the same dialog) whose change makes it void.
    """

    dialog: str
    name: str
    expects: Expects
    done: Condition[S]
    when: Condition[S] = always
    slots: tuple[str, ...] = ()
    entry: str = ""  # its key, where its slot holds the answers of several steps by their names
    needs: tuple[str, ...] = ()
    parse: Callable[[str, S, Ctx], Parsed[Any]] | None = None
    options: Options[S] = _no_options
    effect: Callable[[S, Ctx], Effect] | None = None  # what a `do` step causes when it is reached
    params: Shown[S] = _no_params
    bound_to: Callable[[S, Ctx], BoundStep | None] | None = None  # what its question shows and its answer binds to
    shows: Callable[[S, Ctx], BoundStep | None] | None = None  # what it shows where its answer binds to nothing yet
    card: Cards[S] | None = None  # shown with the question; steps that share one stand on it together
    early: bool = True  # on a card its answer is taken before those of the steps in front of it
    intents: Intents = field(default_factory=dict[str, str])  # intent → the payload it stands for here, if offered
    pieces: Callable[[S, Ctx], Word | None] = _nothing  # what a quantity counts, in the words by which people do
    free_text: bool = False  # any words are an answer
    ahead: Condition[S] = never  # where an answer that is named at another step is kept for this one
    asked: Condition[S] | None = None  # of an `anytime` step: where it is asked, which is only where `when` holds
    out: Condition[S] = never  # where a code of its own is out, which is taken at whatever step it is typed
    counted: bool = True  # one of the "3 of 8"
    final: Condition[S] = never  # an act stands here that back and correction don't undo
    instead: Options[S] = _no_options  # what is possible where that act bars the way
    links: tuple[str, ...] = ()  # rels of the links shown with the question
    menu: bool = False  # its quick replies stay good while the talk is anywhere in this dialog
    edits: tuple[str, ...] = ()  # at a confirming step: the steps that "change" offers
    edits_when: Condition[S] = always  # where it doesn't hold "change" is an answer like any other
    leads: tuple[str, ...] | None = None  # the steps whose payloads are ways off it; None: all that it offers
    patient: bool = False  # nobody asked for this question: it is asked once, and gives way to whatever else is done
    revise: Reaction[S] | Literal["anew"] | None = None  # how a new answer is taken once an act stands on the old one
    said: Callable[[str], Param | tuple[Param, ...]] | None = None  # its answer in words, where no button tells them
    said_back: bool = True  # pressed again once it is over, the customer is told what was chosen
    others: Condition[S] = always  # while it holds somebody else may answer in the customer's stead
    several: bool = False  # more than one of its answers may be given at once, joined by commas
    lapsed: Callable[[S, Ctx], str | None] = (
        _never_lapsed  # what it awaits an answer to and has run out: code, link, page
    )
    slow_after: timedelta | None = None  # a machine's step: after so long the customer is told that it takes longer
    gives_way: bool = False  # optional, and passed over by a press or an answer of a later step
    guest: Guest | None = None  # where it stands, if that is among another dialog's steps
    reactions: dict[type[Event], Reaction[S]] = field(default_factory=dict[type[Event], Reaction[S]])

    @property
    def path(self) -> str:
        """Its name in the whole journey: "dialog.step"."""
        return f"{self.dialog}.{self.name}"

    def answer_in(self, slots: S) -> Any:
        """Return the answer that the slots hold; None while there is none."""
        held = getattr(slots, self.slots[0]) if self.slots else None
        return held.get(self.entry) if self.entry and held is not None else held

    def with_answer(self, slots: S, value: object) -> S:
        """Return the slots with this answer. Errors: TypeError for a step without the one slot to keep it in."""
        if len(self.slots) != 1:
            raise TypeError(f"{self.path} has no one slot to keep its answer in, and no reaction to Answered")
        held = {**getattr(slots, self.slots[0]), self.entry: value} if self.entry else value
        changed: Any = replace(cast("Any", slots), **{self.slots[0]: held})
        return changed

    @property
    def figures(self) -> Callable[[S, Ctx], BoundStep | None] | None:
        """Return what tells what it shows, so that no answer counts on anything else."""
        return self.bound_to or self.shows

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
        return self.asked is not None

    @property
    def optional(self) -> bool:
        """True where `STEP:skip` is a way past it."""
        return Skipped in self.reactions and not self.patient

    def on(self, *events: type[Event]) -> Callable[[Reaction[S]], Reaction[S]]:
        """Declare the step's reaction to events; one reaction per kind of event."""

        def declare(reaction: Reaction[S]) -> Reaction[S]:
            for event in events:
                if event in self.reactions:
                    raise TypeError(f"{self.path} already reacts to {event.__name__}")
                self.reactions[event] = reaction
            return reaction

        return declare
