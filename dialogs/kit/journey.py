"""A journey: a profile's dialogs strung together; where a case stands in them, and what hangs on what."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import Any, TypeVar

from msgspec import NODEFAULT
from msgspec.structs import fields, replace

from dialogs.kit.card import CardContent, RowContent, choose_rows, mark_chosen_option
from dialogs.kit.dialog import Dialog
from dialogs.kit.effects import Command
from dialogs.kit.messages import Context, Event
from dialogs.kit.once import compute_once, read_slots
from dialogs.kit.options import Option, Params, Word
from dialogs.kit.reaction import Cards, Reaction, never
from dialogs.kit.step import UNCOUNTED, BoundStep, Intents, Step, WaysOff
from dialogs.kit.talk import StateBase
from values.meaning import ACCOUNT_EMAIL, ORDERING, Expects

C = TypeVar("C", bound=StateBase)
AnyStep = Step[Any]
EDIT = "edit"
QUESTIONS = Option("questions:show", "option.questions")


@compute_once
def options_of(step: AnyStep, ctx: Context[Any]) -> tuple[Option, ...]:
    """Return the step's own quick replies."""
    return step.options(read_slots(ctx.case, step.dialog, ctx), ctx)


class Journey:
    """The dialogs in their order. Errors: TypeError if a step names one that doesn't exist.

    `backdrops` are the cards on which those steps of a dialog stand that have none of their own. `hold_back` returns
    what is done instead of a command, None where that is done itself. `puts_off` tells where a step's answer waits
    for the log-in. `done`: of texts that say that something is done, whether it is.
    """

    def __init__(
        self,
        dialogs: Sequence[Dialog[Any]],
        backdrops: Mapping[str, Cards[Any]] | None = None,
        hold_back: Callable[[Command, Context[Any]], Command | None] = lambda _command, _ctx: None,
        puts_off: Callable[[AnyStep, Context[Any]], bool] = never,
        done: Mapping[str, Callable[[Params, Context[Any]], bool]] | None = None,
    ) -> None:
        self._backdrops, self.hold_back, self.puts_off, self.done = backdrops or {}, hold_back, puts_off, done or {}
        self.dialogs: dict[str, Dialog[Any]] = {d.name: d for d in dialogs}
        self.steps: tuple[AnyStep, ...] = tuple(_in_order(dialogs))
        # What is looked at anew at every turn, without the detours by attribute.
        asked = (s for s in self.steps if s.typed.asked is not never and not s.manners.joint)
        self._asked = tuple(
            (dialog, tuple((s, s.done, s.typed.asked or s.when) for s in steps))
            for dialog, steps in groupby(asked, lambda s: s.dialog)
        )
        self._acts = tuple(s for s in reversed(self.steps) if s.act.final is not never)
        self._coded = tuple(s for s in self.steps if s.typed.out is not never)
        self.on_sheets = tuple(s for s in self.steps if s.answer.sheet is not never)
        self.listening: dict[type[Event], list[tuple[str, Reaction[Any]]]] = defaultdict(list)
        for dialog in dialogs:
            for event, reaction in dialog.everywhere.items():
                self.listening[event].append((dialog.name, reaction))
        self._given = tuple(
            s for s in self.steps if (s.parse or s.slots) and not (s.awaits_machine or s.elsewhere or s.manners.joint)
        )
        self._by_path = {s.path: s for s in self.steps}
        self._named: dict[str, list[AnyStep]] = defaultdict(list)
        self._expecting: dict[str, list[AnyStep]] = defaultdict(list)
        for step in (s for s in self.steps if not s.awaits_machine):
            self._named[step.name].append(step)
            self._expecting[step.expects].append(step)
        self._places = {s.path: i for i, s in enumerate(self.steps)}
        self._needs = {s.path: frozenset(self._full(n, s) for n in s.needs if self._has(n)) for s in self.steps}
        self._dependants: dict[str, tuple[str, ...]] = {}  # found when first asked for
        self._unknown: dict[str, dict[str, Any]] = {}  # the same
        self._on_card = {
            s.path: tuple(o for o in self.steps if o.display.card is s.display.card)
            for s in self.steps
            if s.display.card
        }
        self._edits = {
            s.path: tuple(self._by_path[self._full(n, s)] for n in s.ways.edits if self._has(n)) for s in self.steps
        }

    # --- steps by name ---

    def step(self, path: str) -> AnyStep:
        return self._by_path[path]

    def known(self, path: str | None) -> AnyStep | None:
        """Return the step by its path, None if this journey has none of it: an older release or profile had."""
        return self._by_path.get(path) if path is not None else None

    def named(self, name: str, near: str) -> list[AnyStep]:
        """Return the customer's steps of this name, else those that expect it; dialog `near` first."""
        called = Expects.email if name == ACCOUNT_EMAIL else name  # the step's own name, as no other's is meant
        matching = self._named.get(called) or self._expecting.get(name, ())
        return sorted(matching, key=lambda s: s.dialog != near)

    # --- where a case stands ---

    def position(self, case: StateBase, ctx: Context[Any]) -> AnyStep:
        """Return where the conversation stands: a reopened answer, an open edit menu, or the first open step."""
        revised = self.known(case.talk.revising)
        if revised is not None and self.askable(revised, case, ctx):
            return revised
        edited = self.known(case.talk.editing)
        first = self.first_open(ctx)
        if edited is not None and (edited is first or self.askable(edited, case, ctx)):
            return self._edit_menu(edited)
        return first

    @compute_once
    def first_open(self, ctx: Context[Any]) -> AnyStep:
        """Return the first step that applies and isn't done, whatever was reopened."""
        for dialog, steps in self._asked:
            slots = read_slots(ctx.case, dialog, ctx)
            for step, done, when in steps:
                if not done(slots, ctx) and when(slots, ctx):
                    return step
        raise LookupError("a journey must end in a step that is never done")

    def offered(self, step: AnyStep, ctx: Context[Any]) -> tuple[Option, ...]:
        """Return the step's quick replies, then those of the other rows of its card that nobody has answered.

        Where the profile has the step offer questions, a way to them comes last.
        """
        own = options_of(step, ctx) if step.display.card is None else self._offered_on_card(step, ctx)
        return (*own, QUESTIONS) if ctx.seller.questions_at(step.path) else own

    @compute_once
    def _offered_on_card(self, step: AnyStep, ctx: Context[Any]) -> tuple[Option, ...]:
        early = (s for s in self.beside(step, ctx) if s.manners.early)
        others = (s for s in early if _is_empty(s, read_slots(ctx.case, s.dialog, ctx)))
        return (*options_of(step, ctx), *(o for s in others for o in options_of(s, ctx)))

    # --- steps on one card ---

    def together(self, step: AnyStep) -> tuple[AnyStep, ...]:
        """Return the steps that stand on one card with this one, itself among them, in order."""
        return self._on_card.get(step.path, (step,))

    def beside(self, step: AnyStep, ctx: Context[Any]) -> tuple[AnyStep, ...]:
        """Return the other steps on its card that apply, answered or not, and may be answered now."""
        return self._beside(step, ctx) if step.display.card is not None else ()

    @compute_once
    def _beside(self, step: AnyStep, ctx: Context[Any]) -> tuple[AnyStep, ...]:
        act = self.last_act(ctx)
        others = (s for s in self.together(step) if s is not step and not self._is_behind(s, act))
        return tuple(s for s in others if s.when(read_slots(ctx.case, s.dialog, ctx), ctx))

    def on_card(self, step: AnyStep, payload: str, ctx: Context[Any]) -> AnyStep | None:
        """Return the step beside the open one, on its card, that takes this payload; an answered one takes it anew."""
        name = payload.partition(":")[0]
        beside = (s for s in self.beside(step, ctx) if s.name == name and s.manners.early)
        taking = (s for s in beside if any(o.payload == payload for o in options_of(s, ctx)))
        return next(taking, None)

    @compute_once
    def card(self, step: AnyStep, ctx: Context[Any]) -> CardContent | None:
        """Return the step's card with the answers that stand in its rows; without one of its own, the backdrop."""
        shows = step.display.card or self._backdrops.get(step.dialog)
        content = shows(read_slots(ctx.case, step.dialog, ctx), ctx) if shows is not None else None
        if content is None or step.display.card is None:
            return content
        here = {s.name: s for s in (step, *self.beside(step, ctx))}
        filled = tuple(replace(row, choices=row.choices or self._choices(row, here, ctx)) for row in content.rows)
        asked = (s for s in self.together(step)[:-1] if not s.manners.joint)
        missing = (s for s in asked if s.name in here and s.manners.early)
        names = tuple(s.name for s in missing if not s.done(read_slots(ctx.case, s.dialog, ctx), ctx))
        told = replace(content, rows=filled, missing=names, act=self.act(step, ctx))
        return choose_rows(told, ctx.seller)

    @compute_once
    def act(self, step: AnyStep, ctx: Context[Any]) -> Option | None:
        """Return the option by which the last step on this one's card binds; it is offered once nothing is missing."""
        asked = (s for s in reversed(self.together(step)) if s.when(read_slots(ctx.case, s.dialog, ctx), ctx))
        last = next(asked, step)
        return next((o for o in options_of(last, ctx) if o.binds in ORDERING), None)

    def _choices(self, row: RowContent, here: dict[str, AnyStep], ctx: Context[Any]) -> tuple[Option, ...]:
        steps = (here[name] for name in row.steps if name in here)
        return tuple(option for s in steps for option in self._row_of(s, ctx))

    def _row_of(self, step: AnyStep, ctx: Context[Any]) -> tuple[Option, ...]:
        return mark_chosen_option(options_of(step, ctx), step.answer_now(read_slots(ctx.case, step.dialog, ctx), ctx))

    def binding(self, step: AnyStep, ctx: Context[Any]) -> tuple[tuple[AnyStep, BoundStep], ...]:
        """Return what the step and the other rows of its card show that answers count on, its own in front."""
        return self._binding(step, ctx) if step.display.card is not None or step.figures is not None else ()

    @compute_once
    def _binding(self, step: AnyStep, ctx: Context[Any]) -> tuple[tuple[AnyStep, BoundStep], ...]:
        steps = (s for s in (step, *self.beside(step, ctx)) if s.figures is not None)
        shown = ((s, s.figures(read_slots(ctx.case, s.dialog, ctx), ctx)) for s in steps if s.figures is not None)
        return tuple((s, bound) for s, bound in shown if bound is not None)

    def is_open(self, step: AnyStep, case: StateBase, ctx: Context[Any]) -> bool:
        slots = read_slots(case, step.dialog, ctx)
        asked = (step.typed.asked is None or step.typed.asked(slots, ctx)) and not step.manners.joint
        return asked and step.when(slots, ctx) and not step.done(slots, ctx)

    def awaits_code(self, case: StateBase, ctx: Context[Any]) -> AnyStep | None:
        """Return the step that takes a code at whatever step it is typed; None while none is out."""
        return next((s for s in self._coded if s.typed.out(read_slots(case, s.dialog, ctx), ctx)), None)

    def is_answered(self, step: AnyStep, case: StateBase, ctx: Context[Any]) -> bool:
        """Return whether the step applies and is done, whoever knew the answer."""
        slots = read_slots(case, step.dialog, ctx)
        return step.when(slots, ctx) and step.done(slots, ctx)

    def answered(self, case: StateBase, ctx: Context[Any]) -> list[AnyStep]:
        """Return the steps that the customer has answered and whose answer still holds, oldest first."""
        given = (step for path in case.talk.answered if (step := self.known(path)) is not None)
        return [one for step in given for one in self._answered_by(step) if self.is_answered(one, case, ctx)]

    def _answered_by(self, step: AnyStep) -> tuple[AnyStep, ...]:
        """Return the step, behind the rows that it answers by one press: any of them may be taken back alone."""
        rows = self.together(step) if step.manners.joint else ()
        return (*(row for row in rows if row is not step and row.slots and {*row.slots} <= {*step.slots}), step)

    def progress(self, case: StateBase, ctx: Context[Any]) -> tuple[int, int]:
        """Return how many of the customer's steps are done, of how many that apply."""
        counted = [s for s in self.steps if s.manners.counted and s.when(read_slots(case, s.dialog, ctx), ctx)]
        done = sum(s.done(read_slots(case, s.dialog, ctx), ctx) for s in counted)
        return done, len(counted)

    def parts_ahead(self, here: AnyStep, ctx: Context[Any]) -> tuple[Word, ...]:
        """Return the parts of the customer's way that follow on the step's own."""
        known = ((s, read_slots(ctx.case, s.dialog, ctx)) for s in self.steps if self.precedes(here, s))
        ahead = (s for s, slots in known if s.manners.counted and s.when(slots, ctx) and not s.done(slots, ctx))
        parts = dict.fromkeys(map(self.shown_dialog, ahead))
        return tuple(Word(f"part.{part}") for part in parts if part != self.shown_dialog(here))

    def stage(self, here: AnyStep, case: StateBase, ctx: Context[Any]) -> tuple[int, int, float]:
        """Return which stage of the customer's way the step is in, of how many, and how much of that stage is done.

        A stage is one dialog, or a few that customers take for one; the one after the last is the end. Whoever has only
        just come, begins anew or looks around, is on no way yet: zeros.
        """
        known = [self._by_path[path] for path in case.talk.answered if path in self._by_path]
        met = {here.dialog, *(step.dialog for step in known)}
        on_way = (
            s
            for s in self.steps
            if s.manners.counted and (s.dialog in met or s.when(read_slots(case, s.dialog, ctx), ctx))
        )
        stages = [list(steps) for _, steps in groupby(on_way, lambda s: self.host(s).stage)]
        n = next((n for n, steps in enumerate(stages, 1) if any(self.host(s) is self.host(here) for s in steps)), 0)
        over = self.dialogs[here.dialog].browsed
        if not (n or over) or not any(self.precedes(step, here) for step in known):
            return 0, 0, 0.0
        steps = chain(*stages) if over else stages[n - 1]
        done = [s.done(slots, ctx) for s in steps if s.when(slots := read_slots(case, s.dialog, ctx), ctx)]
        if over:
            return (len(stages) + 1, len(stages), 0.0) if all(done) else (0, 0, 0.0)
        return n, len(stages), sum(done) / len(done) if done else 0.0

    # --- acts that bar the way, and what may be changed all the same ---

    @compute_once
    def last_act(self, ctx: Context[Any]) -> AnyStep | None:
        """Return the last act that back and correction don't undo; None if there is none yet."""
        return next((s for s in self._acts if s.act.final(read_slots(ctx.case, s.dialog, ctx), ctx)), None)

    def behind_an_act(self, step: AnyStep, case: StateBase, ctx: Context[Any]) -> bool:
        return self._is_behind(step, self.last_act(ctx))

    def _is_behind(self, step: AnyStep, act: AnyStep | None) -> bool:
        return act is not None and self._places[step.path] <= self._places[act.path]

    def precedes(self, step: AnyStep, other: AnyStep) -> bool:
        """Return whether a step comes before another one.

        The menu of a confirming step stands behind all that it changes.
        """
        after = len(self.steps)
        return self._places.get(step.path, after) < self._places.get(other.path, after)

    def answered_before(self, here: AnyStep, case: StateBase, ctx: Context[Any]) -> AnyStep | None:
        """Return the step that was answered last on the way to this one, None if an act stands on it.

        On a card that is what was set last.
        """
        given = [s for s in self.answered(case, ctx) if not self.behind_an_act(s, case, ctx)]
        on_card = [s for s in given if s.display.card is not None and s.display.card is here.display.card]
        if on_card:
            return on_card[-1]
        return max((s for s in given if self.precedes(s, here)), key=lambda s: self._places[s.path], default=None)

    def askable(self, step: AnyStep, case: StateBase, ctx: Context[Any]) -> bool:
        """Return whether the step has an answer that may be given anew, or is answered at any time.

        What is known of steps still ahead isn't the customer's answer yet, unless it stands on the card that is shown.
        """
        if step.awaits_machine or step.elsewhere or step.manners.joint or not self._has_answer(step, case, ctx):
            return False
        return self._may_change(step, case, self.first_open(ctx), self.last_act(ctx))

    def correctable(self, case: StateBase, ctx: Context[Any]) -> list[AnyStep]:
        """Return the steps whose answer a sentence may correct: those that have one and may be asked again."""
        first, act = self.first_open(ctx), self.last_act(ctx)
        return [s for s in self._given if self._has_answer(s, case, ctx) and self._may_change(s, case, first, act)]

    def _has_answer(self, step: AnyStep, case: StateBase, ctx: Context[Any]) -> bool:
        """Return whether the step applies and has an answer, or takes one at any time."""
        slots = read_slots(case, step.dialog, ctx)
        if self.puts_off(step, ctx):
            return False
        if step.anytime:
            return step.when(slots, ctx)
        return (step.when(slots, ctx) or step.answer.ahead(slots, ctx)) and step.done(slots, ctx)

    def _may_change(self, step: AnyStep, case: StateBase, first: AnyStep, act: AnyStep | None) -> bool:
        """Return whether an answer is the customer's own, and no act stands on it that it can't be taken from."""
        ahead = self._places[step.path] > self._places[first.path] and step not in self.together(first)
        if ahead and not step.anytime and step.path not in case.talk.answered:
            return False
        return step.answer.revise is not None or not self._is_behind(step, act)

    def editable(self, confirm: AnyStep, case: StateBase, ctx: Context[Any]) -> list[AnyStep]:
        return [s for s in self._edits[confirm.path] if self.askable(s, case, ctx)]

    # --- what hangs on what ---

    def cleared(self, case: C, step: AnyStep, ctx: Context[Any]) -> C:
        return self.without_dependants(self._reset(case, step, ctx), step, ctx)

    def without_dependants(self, case: C, step: AnyStep, ctx: Context[Any]) -> C:
        """Return the case without what depended on this step's answer."""
        for path in self.dependants(step):
            case = self._reset(case, self._by_path[path], ctx)
        return case

    def needed(self, step: AnyStep) -> list[AnyStep]:
        """Return the steps whose answers this one builds on directly."""
        return [self._by_path[path] for path in self._needs[step.path]]

    def dependants(self, step: AnyStep) -> tuple[str, ...]:
        """Return the paths of the steps whose answer hangs on this one's, near and far, in order."""
        if step.path not in self._dependants:
            self._dependants[step.path] = tuple(self._hanging_on(step))
        return self._dependants[step.path]

    def _hanging_on(self, step: AnyStep) -> Iterator[str]:
        found: set[str] = set()
        queue = [step.path]
        while queue:
            cause = queue.pop()
            for path, needs in self._needs.items():
                if cause in needs and path not in found:
                    found.add(path)
                    queue.append(path)
        return (s.path for s in self.steps if s.path in found)

    def _edit_menu(self, confirm: AnyStep) -> AnyStep:
        def options(_slots: object, ctx: Context[Any]) -> tuple[Option, ...]:
            edits = (Option(f"{EDIT}:{s.name}", f"edit.{s.name}") for s in self.editable(confirm, ctx.case, ctx))
            offered = options_of(confirm, ctx)
            return (*edits, *(replace(o, key="option.as_it_is") for o in offered if o.payload == right and not o.binds))

        right = confirm.intents.get("affirm")
        as_they_are: Intents = {"affirm": right, "enough": right} if isinstance(right, str) else {}
        return Step(
            confirm.dialog,
            EDIT,
            Expects.choice,
            never,
            options=options,
            intents=as_they_are,
            ways=WaysOff(edits=confirm.ways.edits),
            manners=UNCOUNTED,
        )

    def _reset(self, case: C, step: AnyStep, ctx: Context[Any]) -> C:
        slots = read_slots(case, step.dialog, ctx)
        if step.answer.entry:
            case = replace(case, **{step.dialog: _without(step, slots)})
        elif step.slots:
            empty = self._empty(slots, step)
            if any(getattr(slots, name) != value for name, value in empty.items()):
                case = replace(case, **{step.dialog: replace(slots, **empty).make_draft()})
        talk = case.talk
        awaiting = {label: key for label, key in talk.awaiting.items() if not label.startswith(step.path + "/")}
        answered = tuple(path for path in talk.answered if path != step.path)
        if len(awaiting) == len(talk.awaiting) and len(answered) == len(talk.answered):
            return case
        return replace(case, talk=replace(talk, awaiting=awaiting, answered=answered))

    def _empty(self, slots: Any, step: AnyStep) -> dict[str, Any]:
        """Return the step's slots as they are before anything is known."""
        if step.path not in self._unknown:
            given = (f for f in fields(slots) if f.name in step.slots and f.default is not NODEFAULT)
            self._unknown[step.path] = {f.name: f.default for f in given}
        return self._unknown[step.path]

    def host(self, step: AnyStep) -> Dialog[Any]:
        """Return the dialog among whose steps it stands."""
        return self.dialogs[step.dialog if step.guest is None else step.guest.host]

    def shown_dialog(self, step: AnyStep) -> str:
        return (step.guest is not None and step.guest.shown_as) or self.host(step).shown_as

    def reminds(self, step: AnyStep) -> bool:
        """Return whether a customer who falls silent at the step is reminded of it."""
        return (
            step.expects is not Expects.nothing and not step.manners.patient and not self.dialogs[step.dialog].browsed
        )

    def _has(self, name: str) -> bool:
        """Return whether a step can be meant at all: a profile may leave the other dialog out."""
        return "." not in name or name.partition(".")[0] in self.dialogs

    def _full(self, name: str, step: AnyStep) -> str:
        path = name if "." in name else f"{step.dialog}.{name}"
        if path not in self._by_path:
            raise TypeError(f"{step.path} names {path}, which no dialog of this journey has")
        return path


def _is_empty(step: AnyStep, slots: Any) -> bool:
    if step.answer.entry:
        return step.answer_in(slots) is None
    return all(getattr(slots, name) is None for name in step.slots)


def _without(step: AnyStep, slots: Any) -> Any:
    """Return the slots without the step's entry."""
    held = getattr(slots, step.slots[0])
    return replace(slots, **{step.slots[0]: {name: value for name, value in held.items() if name != step.answer.entry}})


def _in_order(dialogs: Sequence[Dialog[Any]]) -> Iterator[AnyStep]:
    """Yield the steps of one dialog after the other; one that stands among another dialog's comes there."""
    guests: dict[tuple[str, str], list[AnyStep]] = defaultdict(list)
    for step in (step for dialog in dialogs for step in dialog.steps):
        if step.guest is not None:
            guests[step.guest.host, step.guest.before].append(step)
    for dialog in dialogs:
        for step in (one for one in dialog.steps if one.guest is None):
            yield from guests[dialog.name, step.name]
            yield step
        yield from guests[dialog.name, ""]
