"""Work done once in a context, however often it is asked for: what is offered, the order's card, its sums.

A context is frozen, and holds all that a dialog's pure functions look at: the case, the moment, the seller. So what
they come to in it can't change; it is kept with the context, and goes with it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from dialogs.kit.messages import Context

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
        *about, ctx = given
        known = outcomes(ctx)
        key = (work, *map(id, about))
        if (found := known.get(key)) is None:
            known[key] = found = work(*given), about  # type: ignore[call-arg]
        return found[0]

    return cast("Callable[P, T]", worked_out)


def share_outcomes(known: Context[Any], ctx: Context[Any]) -> None:
    """Have a context know what was worked out in another one, whose case shows the same.

    Both are of one decision: they differ in nothing but the case.
    """
    vars(ctx)[_OUTCOMES] = outcomes(known)


def outcomes(ctx: Context[Any]) -> dict[object, Any]:
    """Return what has been worked out in the context."""
    own: dict[str, dict[object, Any]] = vars(ctx)
    if (known := own.get(_OUTCOMES)) is None:
        known = own[_OUTCOMES] = {}
    return known
