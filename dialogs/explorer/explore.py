"""Walk a whole journey by playing it: every answer, every outcome of every command and job, from every state.

The result are the ways between the steps, all words said, and the names of parts that were never reached.
"""

import gc
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import count, takewhile
from typing import Any, Generic, TypeVar

from msgspec import Struct

from dialogs.explorer.fates import fates, results
from dialogs.explorer.watch import Walk, watch_dialogs
from dialogs.kit.decide import ResultOf, decide
from dialogs.kit.dialog import Dialog
from dialogs.kit.effects import Command, Job
from dialogs.kit.journey import EDIT, AnyStep, Journey
from dialogs.kit.messages import Context, Event, Said
from dialogs.kit.play import IssuedJob, Outcome
from dialogs.kit.talk import StateBase
from dialogs.testing.happenings import update_books
from dialogs.testing.stand_in import Books
from values.meaning import Press

C = TypeVar("C", bound=StateBase)


class Sample(Struct, frozen=True):
    """A possible event and its name in a diagram; "" leaves it out of diagrams."""

    name: str
    event: Event


class SampleWorld(Struct, Generic[C], frozen=True):
    """The samples around a walk: outcomes of commands and jobs, the ordinary one first; typed answers; other events."""

    dialogs: Sequence[Dialog[Any]]
    start: C
    books: Books
    context: Callable[[C, Books], Context[C]]
    typed: Callable[[AnyStep], Sequence[Sample]]
    happenings: Callable[[Context[C]], Sequence[Sample]]
    once: Callable[[Context[C]], Sequence[tuple[Event, ...]]]  # tried where a step is reached first …
    varied: Callable[[Context[C]], Sequence[tuple[Event, ...]]]  # … and those tried there in each variety
    shape: Callable[[Context[C]], Hashable]  # what tells two cases at the same step apart
    variety: Callable[[C], Hashable]  # what tells them apart enough to try `varied` again
    chapter: Callable[[Context[C]], Hashable]  # what tells apart the parts of the journey in which a step may stand
    stakes: Callable[[Context[C]], Hashable]  # what happenings, and results that the open step doesn't await, depend on
    patience: int  # after so many places at a step in the same chapter without news, further ones aren't looked at


class _Place(Struct, Generic[C], frozen=True):
    case: C
    books: Books
    step: AnyStep
    due: tuple[IssuedJob, ...] = ()  # jobs whose result hasn't come
    straight: bool = True  # nothing was corrected, taken back or asked in between on the way here


# A walk's usual patience: further places are combinations of whatever happened before. With five times as many the
# shipped profiles take twice as long, and no more is found.
PATIENCE = 30
BRIEF = 12
"""The patience that finds the ways from dialog to dialog: half of the time, and all but a few roundabout ones."""

Heed = Callable[[int, int], None]
"""Takes how many places have been looked at, and how many wait."""


def ignore_progress(_looked_at: int, _waiting: int) -> None:
    """Take no notice."""


def walk(world: SampleWorld[C], heed: Heed = ignore_progress, *, straight: bool = False) -> Walk:
    """Walk until nothing new is found; a dialog that contradicts itself raises its error, with the way there.

    `straight`: only what those do who go straight on, which is all that a diagram shows; the rest takes most of the
    time.
    """
    collects = gc.isenabled()
    gc.disable()  # looking for what may go takes an eighth of a walk, and finds next to nothing
    try:
        return _Walker(world, heed, straight).run()
    finally:
        if collects:
            gc.enable()


class _Walker(Generic[C]):
    def __init__(self, world: SampleWorld[C], heed: Heed, straight: bool) -> None:
        self.world, self.heed, self.straight = world, heed, straight
        reached: set[str] = set()
        dialogs, parts = watch_dialogs(world.dialogs, reached.add)
        self.found = Walk(Journey(dialogs), parts, reached)
        self.keys = count(1)
        self.seen: set[Hashable] = set()
        self.paths: set[Hashable] = set()
        self.asides: set[Hashable] = set()
        self.in_vain: Counter[Hashable] = Counter()
        self.understood: dict[tuple[int, int], Context[C]] = {}

    def run(self) -> Walk:
        start, books = self.world.start, self.world.books
        todo = deque([_Place(start, books, self._at(start, books))])
        for looked_at in takewhile(lambda _: todo, count()):
            self.heed(looked_at, len(todo))
            place = todo.popleft()
            path = place.step.path
            variety = (path, self.world.variety(place.case))
            new = variety not in self.paths
            rows = self._rows_at(place) if new and not self.straight else ()
            self.paths |= {path, variety}
            self.found.reached.add(path)
            alike = (path, place.straight, self.world.chapter(self.world.context(place.case, place.books)))
            if self.in_vain[alike] >= self.world.patience and not new and not self._untried(place):
                continue
            known = self.found.news
            self.understood.clear()
            afterwards = [after for sample in self._here(place) for after in self._play(place, path, sample)]
            afterwards += self._in_rows(place, rows)
            self.in_vain[alike] = self.in_vain[alike] + 1 if self.found.news == known else 0
            for after in afterwards:
                if self.straight and not after.straight and after.step.name != EDIT:
                    continue
                mark = self._mark(after)
                if mark not in self.seen:
                    self.seen.add(mark)
                    todo.append(after)
        return self.found

    def _untried(self, place: _Place[C]) -> bool:
        """Return whether a job is under way of which no result was tried yet."""
        return any(type(issued.job).__name__ not in self.found.outcomes for issued in place.due)

    def _rows_at(self, place: _Place[C]) -> Sequence[tuple[Event, ...]]:
        """Return the rows of events to be tried at the place: all where its step is reached first."""
        ctx = self.world.context(place.case, place.books)
        varied = self.world.varied(ctx)
        return varied if place.step.path in self.paths else (*self.world.once(ctx), *varied)

    def _in_rows(self, place: _Place[C], rows: Sequence[tuple[Event, ...]]) -> Iterator[_Place[C]]:
        """Play each row from the place; the events that several rows begin with are played once."""
        played: dict[tuple[int, ...], list[_Place[C]]] = {(): [place]}
        for row in rows:
            begun: tuple[int, ...] = ()
            for event in row:
                places, begun = played[begun], (*begun, id(event))
                if begun not in played:
                    played[begun] = [after for p in places for after in self._play(p, p.step.path, Sample("", event))]
            yield from played[begun]

    def _at(self, case: C, books: Books) -> AnyStep:
        return self.found.journey.position(case, self.world.context(case, books))

    def _mark(self, place: _Place[C]) -> Hashable:
        talk = place.case.talk
        awaited = frozenset(type(issued.job) for issued in place.due if not issued.job.background)
        stands = (place.step.path, talk.revising, talk.editing, place.straight)
        return (stands, awaited, self.world.shape(self.world.context(place.case, place.books)))

    def _here(self, place: _Place[C]) -> Iterator[Sample]:
        """Yield the next events at this place: the results awaited, or the customer's doings.

        Events from aside are tried once for all places at the step that have the same at stake.
        """
        step, due = place.step, frozenset(type(issued.job) for issued in place.due)
        ctx = self.world.context(place.case, place.books)
        aside = (step.path, place.straight, due, self.world.stakes(ctx))
        first = aside not in self.asides
        self.asides.add(aside)
        for issued in place.due if first or step.awaits_machine else ():
            for outcome in self._named(issued.job, results(place.books, issued.job)):
                yield Sample("" if issued.job.background else _name(outcome), ResultOf(issued.key, outcome))
        if all(issued.job.background for issued in place.due):
            yield from self._done_here(place)
            yield from self.world.happenings(ctx) if first else ()

    def _named(self, effect: Command | Job, outcomes: Sequence[Event]) -> Sequence[Event]:
        names = self.found.outcomes.setdefault(type(effect).__name__, [])
        names += dict.fromkeys(name for outcome in outcomes if (name := _name(outcome)) not in names)
        return outcomes

    def _done_here(self, place: _Place[C]) -> Iterator[Sample]:
        step = place.step
        ctx = self.world.context(place.case, place.books)
        for option in self.found.journey.offered(step, ctx):
            self.found.options.setdefault(option.key, option)
            yield Sample(option.payload, Said(Press(option.payload)))
        if step.optional:
            yield Sample(f"{step.name}:skip", Said(Press(f"{step.name}:skip")))
        yield from self.world.typed(step) if step.parse is not None else ()

    def _play(self, place: _Place[C], path: str, sample: Sample) -> Iterator[_Place[C]]:
        """Play one event with every outcome of the commands it causes."""
        scripts: list[tuple[int, ...]] = [()]
        while scripts:
            script = scripts.pop()
            played, taken, books = self._decide(place, path, sample, script)
            for n in range(len(script), len(taken)):
                chosen = (*script, *(0 for _ in taken[len(script) : n]))
                scripts += [(*chosen, other) for other in range(1, len(taken[n]))]
            label = [sample.name] if sample.name else []
            label += [_name(taken[n][choice]) for n, choice in enumerate(script) if choice]
            straight = place.straight and bool(sample.name) and not sample.name.startswith(f"{EDIT}:")
            # The outcome names the step that is open; a menu of changes is made for its case.
            step = self.found.journey.known(played.after) or self._at(played.case, books)
            after = _Place(played.case, books, step, self._due(place, played), straight)
            if sample.name and (place.straight or path.endswith(f".{EDIT}")):
                self.found.took(path, after.step.path, " / ".join(label))
            self.found.listen(played)
            yield after

    def _decide(
        self, place: _Place[C], path: str, sample: Sample, script: tuple[int, ...]
    ) -> tuple[Outcome[C], list[Sequence[Event]], Books]:
        taken: list[Sequence[Event]] = []
        books = [update_books(place.books, sample.event)]

        def perform(command: Command, _key: str) -> Event:
            possible = tuple(fates(books[-1], command))
            taken.append(self._named(command, [outcome for _, outcome in possible]))
            after, outcome = possible[script[len(taken) - 1] if len(taken) <= len(script) else 0]
            books.append(after)
            return outcome

        self.found.turns += 1
        try:
            played = decide(
                self.found.journey,
                place.case,
                sample.event,
                context=lambda case: self.world.context(case, books[-1]),
                perform=perform,
                new_key=lambda: f"key-{next(self.keys)}",
                understood=self._understood(place.case, books[-1]),
            )
        except Exception as error:
            error.add_note(f"at {path}, upon {sample.event}, outcomes {script}")
            raise
        return played, taken, books[-1]

    def _understood(self, case: C, books: Books) -> Context[C]:
        """Return the case's context, one for all events that are played from it: what it comes to is found once."""
        if (known := self.understood.get((id(case), id(books)))) is None:
            known = self.understood[id(case), id(books)] = self.world.context(case, books)
        return known

    def _due(self, place: _Place[C], played: Outcome[C]) -> tuple[IssuedJob, ...]:
        awaited = set(played.case.talk.awaiting.values())
        return tuple(issued for issued in (*place.due, *played.jobs) if issued.key in awaited)


def _name(event: Event) -> str:
    """Return the event's name, with the reason or state that tells it from others of its kind."""
    for told in ("reason", "status", "state"):
        value: Mapping[str, str] | str | None = getattr(event, told, None)
        if isinstance(value, str):
            return f"{type(event).__name__} {value}"
    return type(event).__name__
