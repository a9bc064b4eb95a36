"""Figures and words that the last question showed, compared with those of now: a price, a plan, a consent.

A seller may change any of it between two messages. No answer counts on what nobody has seen: the difference is said,
the question is asked anew, and the customer answers that. What customers change themselves is shown within their turn.
"""

from collections.abc import Iterable
from typing import Any

from dialogs.kit.effects import Say
from dialogs.kit.messages import Context
from dialogs.kit.step import BoundStep, Step
from dialogs.kit.talk import Shown

Bindings = tuple[tuple[Step[Any], BoundStep], ...]


def shown_by(bindings: Bindings, locale: str) -> Shown | None:
    """Return what a question shows of all that its answers bind to; None where they bind to nothing."""
    if not bindings:
        return None
    (path, mark), *others = ((step.path, bound.mark) for step, bound in bindings)
    return Shown(path, locale, mark, tuple(others))


def tell_differences(shown: Shown | None, now: Bindings, ctx: Context[Any]) -> tuple[Say, ...]:
    """Return what there is to say of all that the open question would show otherwise than when it was asked last."""
    if shown is None or shown.locale != ctx.case.talk.locale:
        return ()
    marks = dict(marks_of(shown))
    met = ((bound, marks[step.path]) for step, bound in now if step.path in marks)
    return _once(bound.changed(mark, ctx) for bound, mark in met if not is_same_mark(mark, bound.mark))


def differing_since(earlier: str, now: BoundStep, ctx: Context[Any]) -> tuple[Say, ...]:
    """Return what there is to say where the seller's own figures aren't those that another question showed.

    Between them the customer may have chosen otherwise, so that nothing else tells.
    """
    return (now.changed("", ctx),) if _sold_otherwise(earlier, now.mark) else ()


def marks_of(shown: Shown | None) -> tuple[tuple[str, str], ...]:
    """Return the steps of which a question showed something, each with its mark."""
    return () if shown is None else ((shown.step, shown.mark), *shown.others)


def is_same_mark(before: str, now: str) -> bool:
    """Return whether two marks mean the same; one of an earlier release says less."""
    return before == now or now.startswith(f"{before}|")


def figures_of(now: Bindings) -> tuple[Step[Any], BoundStep] | None:
    """Return the step that shows the seller's figures, with them."""
    return next((one for one in now if "|" in one[1].mark), None)


def _sold_otherwise(before: str, now: str) -> bool:
    old, new = _figures(before), _figures(now)
    return any(old[name] != new[name] for name in old.keys() & new.keys())


def _figures(mark: str) -> dict[str, str]:
    parts = (one.partition("=") for one in mark.rpartition("|")[2].split())
    return {name: figure for name, equals, figure in parts if equals}


def _once(says: Iterable[Say]) -> tuple[Say, ...]:
    return tuple({say.key: say for say in says}.values())
