"""The rows of a seller's own questions on the order's card."""

from collections.abc import Iterator

from dialogs.kit import Params, RowContent
from dialogs.own.conditions import applies
from dialogs.own.in_books import last_answer
from dialogs.own.words import said
from dialogs.state import Ctx
from values.question import OwnQuestion


def question_rows(ctx: Ctx) -> tuple[RowContent, ...]:
    """Return a row for each question that stands on the card."""
    return tuple(RowContent(one.id, edit=f"edit:{one.id}", steps=(one.id,)) for one in _on_card(ctx))


def answers_shown(ctx: Ctx) -> Params:
    """Return the answers for the texts of the rows, `own_ID`."""
    answers = ((one, last_answer(ctx.case.own, one, ctx)) for one in _on_card(ctx))
    return {f"own_{one.id}": said(one, answer) if answer else None for one, answer in answers}


def _on_card(ctx: Ctx) -> Iterator[OwnQuestion]:
    own = ctx.case.own
    return (one for one in ctx.seller.own_questions if one.place == "pay" and applies(own, one, ctx))
