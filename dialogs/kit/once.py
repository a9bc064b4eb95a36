"""Work done once in a context, however often it is asked for: what is offered, the order's card, its sums.

A context is frozen, and holds all that a dialog's pure functions look at: the case, the moment, the seller. So what
they come to in it can't change; it is kept with the context, and goes with it. What holds in a case is no affair of the
message that is decided on: such work is given the context without it, so that a message is understood and decided on
with what was worked out once.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from msgspec.structs import replace

from dialogs.kit.messages import Context
from dialogs.kit.talk import Slots, StateBase

P = ParamSpec("P")
T = TypeVar("T")
_OUTCOMES = "outcomes"
_BARE = "bare"
_CURRENT = "current"


def compute_once(work: Callable[P, T]) -> Callable[P, T]:
    """Return the pure function `work`, whose last argument is the context, as one that works a thing out once in it.

    The other arguments are told apart by what they are, not by what they hold; they are kept with the outcome, so that
    nothing made later is taken for one of them.
    """

    @wraps(work)
    def worked_out(*given: Any) -> Any:
        about, bare = given[:-1], _without_message(given[-1])
        known = _kept(bare)
        key = (work, *map(id, about))
        if (found := known.get(key)) is None:
            known[key] = found = work(*about, bare), about  # type: ignore[call-arg]
        return cast("Any", found[0])

    return cast("Callable[P, T]", worked_out)


def share_outcomes(known: Context[Any], ctx: Context[Any]) -> None:
    """Have a context know what was worked out in another one, whose case shows the same.

    Both are of one message: they differ in nothing but the case, and whether they have the message.
    """
    vars(ctx)[_BARE] = _without_message(known)


def outcomes(ctx: Context[Any]) -> dict[object, Any]:
    """Return what has been worked out in the context."""
    return _kept(_without_message(ctx))


def _kept(bare: Context[Any]) -> dict[object, Any]:
    own: dict[str, dict[object, Any]] = vars(bare)
    if (known := own.get(_OUTCOMES)) is None:
        known = own[_OUTCOMES] = {}
    return known


def _without_message(ctx: Context[Any]) -> Context[Any]:
    """Return the context with which outcomes are kept: the one that has no message, itself where it has none."""
    own: dict[str, Any] = vars(ctx)
    if (bare := own.get(_BARE)) is None:
        if ctx.said is None:
            return ctx
        own[_BARE] = bare = replace(ctx, said=None, asked=None, typed=False, about=())
    return bare


def read_slots(case: StateBase, dialog: str, ctx: Context[Any]) -> Any:
    """Return a dialog's slots as they stand in the context."""
    held: Slots = getattr(case, dialog)
    if not held.over_books:
        return held
    known, key = outcomes(ctx), (_CURRENT, id(held))
    if (found := known.get(key)) is None:
        known[key] = found = held.read_current(ctx.books), held
    return found[0]
