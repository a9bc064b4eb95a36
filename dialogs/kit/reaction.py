"""Reactions and conditions: the functions by which dialogs declare what holds, what is shown and what follows."""

from collections.abc import Callable
from typing import Any, TypeVar

from dialogs.kit.card import CardContent
from dialogs.kit.effects import Decision
from dialogs.kit.messages import Context, Event
from dialogs.kit.options import Option, Params
from values.parsing import Parsed

S = TypeVar("S")
T = TypeVar("T")
K = TypeVar("K")

# The case's type is the journey's affair; a step sees its own slots typed, the rest through the context.
Ctx = Context[Any]
Condition = Callable[[S, Ctx], bool]
Reaction = Callable[[S, Any, Ctx], Decision[S]]
Options = Callable[[S, Ctx], tuple[Option, ...]]
Parameters = Callable[[S, Ctx], Params]
Cards = Callable[[S, Ctx], CardContent | None]


def always(_slots: object, _ctx: Ctx) -> bool:
    """Return True: the condition of a step that applies in every case."""
    return True


def never(_slots: object, _ctx: Ctx) -> bool:
    """Return False: the condition of what is never so."""
    return False


def keep_slots(slots: S, _event: Event, _ctx: Ctx) -> Decision[S]:
    """React to an event that changes nothing and isn't spoken of."""
    return Decision(slots)


def declare_for(held: dict[K, Reaction[S]], keys: tuple[K, ...], twice: str) -> Callable[[Reaction[S]], Reaction[S]]:
    """Return a decorator that puts a reaction under these keys, events or names, of those that are `held`.

    Errors: TypeError in the words of `twice` for a key that has its reaction.
    """

    def declare(reaction: Reaction[S]) -> Reaction[S]:
        for key in keys:
            if key in held:
                raise TypeError(f"{twice} {key.__name__ if isinstance(key, type) else key}")
            held[key] = reaction
        return reaction

    return declare


def from_text(parse: Callable[[str], Parsed[Any]]) -> Callable[[str, object, Ctx], Parsed[Any]]:
    """Adapt a parser that needs neither slots nor context."""
    return lambda text, _slots, _ctx: parse(text)


class MissingSlotError(Exception):
    """A slot that a command or a job needs is empty."""


def need_slot(value: T | None) -> T:
    """Return the value of a slot that is never empty where it is read, in a reaction or an effect.

    Should it be empty all the same (a release has dropped the step that fills it), nothing is done with half the data:
    a `do` step is passed by, a reaction changes nothing. Errors: MissingSlotError, to the kit alone.
    """
    if value is None:
        raise MissingSlotError
    return value
