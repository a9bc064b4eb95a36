"""A dialog: a state machine that does one job, declared as an ordered list of steps over typed slots."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any, Generic, TypeVar

from dialogs.kit.step import Condition, Ctx, Reaction, Step
from dialogs.kit.words import Effect, Event, Option, Param, Params
from values.expects import Expects
from values.parsed import Parsed

S = TypeVar("S")


def _always(_slots: object, _ctx: Ctx) -> bool:
    return True


def _never(_slots: object, _ctx: Ctx) -> bool:
    return False


def _no_params(_slots: object, _ctx: Ctx) -> Params:
    return dict[str, Param]()


class Dialog(Generic[S]):
    """Steps in order, and reactions that hold at whatever step the customer is."""

    def __init__(self, name: str, slots: type[S], *, outlives: Callable[[S], S] | None = None) -> None:
        """`outlives` says what of the slots stays when the customer cancels or starts again; nothing by default."""
        self.name = name
        self.slots = slots
        self.afresh: Callable[[S], S] = outlives or (lambda _slots: slots())
        self.steps: list[Step[S]] = []
        self.everywhere: dict[type[Event], Reaction[S]] = {}
        self.questions: dict[str, Reaction[S]] = {}
        self._fields = {f.name for f in fields(slots)}  # type: ignore[arg-type]

    def ask(
        self,
        name: str,
        expects: Expects,
        *,
        parse: Callable[[str, S, Ctx], Parsed[Any]],
        slot: str | None = None,
        done: Condition[S] | None = None,
        when: Condition[S] = _always,
        needs: tuple[str, ...] = (),
        options: Callable[[S, Ctx], tuple[Option, ...]] | None = None,
        params: Callable[[S, Ctx], Params] = _no_params,
        intents: Mapping[str, str] | None = None,
        optional: bool = False,
        free_text: bool = False,
        anytime: bool = False,
        changeable: bool = False,
        revise: Reaction[S] | None = None,
        counted: bool = True,
    ) -> Step[S]:
        """A typed answer, read by `parse`; kept in `slot` unless a reaction to `Answered` says otherwise."""
        return self._add(
            Step(
                self.name,
                name,
                expects,
                when,
                done or self._filled(name, slot),
                slots=(slot,) if slot else (),
                needs=needs,
                parse=parse,
                options=options or (lambda _s, _c: ()),
                params=params,
                intents=intents or {},
                optional=optional,
                free_text=free_text,
                anytime=anytime,
                changeable=changeable,
                revise=revise,
                counted=counted,
            )
        )

    def choose(
        self,
        name: str,
        options: Callable[[S, Ctx], tuple[Option, ...]],
        *,
        slot: str | None = None,
        done: Condition[S] | None = None,
        when: Condition[S] = _always,
        needs: tuple[str, ...] = (),
        expects: Expects = Expects.choice,
        params: Callable[[S, Ctx], Params] = _no_params,
        intents: Mapping[str, str] | None = None,
        edits: tuple[str, ...] = (),
        links: tuple[str, ...] = (),
        counted: bool = True,
    ) -> Step[S]:
        """One of the options that the profile and the slots allow; the VALUE of its payload is the answer."""
        return self._add(
            Step(
                self.name,
                name,
                expects,
                when,
                done or self._filled(name, slot),
                slots=(slot,) if slot else (),
                needs=needs,
                options=options,
                params=params,
                intents=intents or {},
                edits=edits,
                links=links,
                counted=counted,
            )
        )

    def do(
        self,
        name: str,
        effect: Callable[[S, Ctx], Effect],
        *,
        done: Condition[S],
        slots: tuple[str, ...] = (),
        when: Condition[S] = _always,
        needs: tuple[str, ...] = (),
        final: Condition[S] = _never,
        slow_after: timedelta | None = None,
    ) -> Step[S]:
        """An act or a call that is caused by reaching the step; its outcome is an event the step reacts to."""
        self._known(slots)
        return self._add(
            Step(
                self.name,
                name,
                Expects.wait,
                when,
                done,
                slots=slots,
                needs=needs,
                effect=effect,
                final=final,
                slow_after=slow_after,
            )
        )

    def wait(
        self,
        name: str,
        expects: Expects,
        *,
        done: Condition[S],
        when: Condition[S] = _always,
        slots: tuple[str, ...] = (),
        needs: tuple[str, ...] = (),
        options: Callable[[S, Ctx], tuple[Option, ...]] | None = None,
        params: Callable[[S, Ctx], Params] = _no_params,
        intents: Mapping[str, str] | None = None,
        links: tuple[str, ...] = (),
        final: Condition[S] = _never,
        counted: bool = True,
    ) -> Step[S]:
        """Something that happens elsewhere is awaited: a page filled in, a link followed, money arriving."""
        self._known(slots)
        return self._add(
            Step(
                self.name,
                name,
                expects,
                when,
                done,
                slots=slots,
                needs=needs,
                options=options or (lambda _s, _c: ()),
                params=params,
                intents=intents or {},
                links=links,
                final=final,
                counted=counted,
            )
        )

    def always(self, event: type[Event]) -> Callable[[Reaction[S]], Reaction[S]]:
        """Declares what the dialog makes of an event wherever the customer stands."""

        def declare(reaction: Reaction[S]) -> Reaction[S]:
            if event in self.everywhere:
                raise TypeError(f"{self.name} already reacts to {event.__name__}")
            self.everywhere[event] = reaction
            return reaction

        return declare

    def asked(self, *intents: str) -> Callable[[Reaction[S]], Reaction[S]]:
        """Declares what the dialog answers to questions in the middle of any step, by the intents' names."""

        def declare(reaction: Reaction[S]) -> Reaction[S]:
            for intent in intents:
                self.questions[intent] = reaction
            return reaction

        return declare

    def _add(self, step: Step[S]) -> Step[S]:
        if any(s.name == step.name for s in self.steps):
            raise TypeError(f"{step.path} is declared twice")
        self.steps.append(step)
        return step

    def _filled(self, name: str, slot: str | None) -> Condition[S]:
        if slot is None:
            raise TypeError(f"{self.name}.{name} needs a slot or a `done`")
        self._known((slot,))
        return lambda slots, _ctx: getattr(slots, slot) is not None

    def _known(self, slots: tuple[str, ...]) -> None:
        if unknown := set(slots) - self._fields:
            raise TypeError(f"{self.name} has no slot {', '.join(sorted(unknown))}")
