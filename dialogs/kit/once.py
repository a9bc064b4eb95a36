"""Work done once in a context, however often it is asked for: where the talk stands, what is offered, sums.

A context is frozen, and holds all that a dialog's pure functions look at: the case, the moment, the seller. So what
they come to in it can't change; it is kept with the context, and goes with it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from dialogs.kit.messages import Context
from dialogs.kit.talk import StateBase, shows_the_same

C = TypeVar("C", bound=StateBase)
P = ParamSpec("P")
T = TypeVar("T")
_OUTCOMES = "outcomes"


def once(work: Callable[P, T]) -> Callable[P, T]:
    """Return the pure function `work`, whose last argument is the context, as one that works a thing out once in it.

    The other arguments are told apart by what they are, not by what they hold; they are kept with the outcome, so that
    nothing made later is taken for one of them.
    """

    @wraps(work)
    def worked_out(*given: Any) -> Any:
        known = outcomes(given[-1])
        key = (work, *map(id, given[:-1]))
        if (found := known.get(key)) is None:
            known[key] = found = work(*given), given[:-1]  # type: ignore[call-arg]
        return found[0]

    return cast("Callable[P, T]", worked_out)


def with_what_stands(now: Context[C], before: Context[C] | None) -> Context[C]:
    """Return the context with what was worked out in the one before it, where their cases show the same.

    Both are of one decision: they differ in nothing but the case.
    """
    if before is not None and shows_the_same(before.case, now.case):
        vars(now)[_OUTCOMES] = outcomes(before)
    return now


def outcomes(ctx: Context[Any]) -> dict[object, Any]:
    """Return what has been worked out in the context."""
    return vars(ctx).setdefault(_OUTCOMES, {})
