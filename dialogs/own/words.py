"""Answers to a seller's own questions as they are said, and as rows of the order's card."""

from collections.abc import Iterator

from dialogs.kit import Param, Params, RowContent, Word
from dialogs.own.conditions import applies, last_answer
from dialogs.state import Ctx
from values.kinds import kind_of
from values.question import NO, YES, OwnQuestion

PASSED_OVER = Word("own.passed_over")


def word_answer(question: OwnQuestion, answer: str) -> Param | tuple[Param, ...]:
    """Return an answer in words; an option that the question has no more by its id."""
    if not answer:
        return PASSED_OVER
    match question.kind:
        case "yes_no" if answer in (YES, NO):
            return Word(f"option.own.{answer}")
        case "choice" | "several":
            named = answer.split(",")
            if len(named) == 1:
                return _title(question, answer, among=False)
            return tuple(_title(question, one, among=True) for one in named)
        case "number":
            return int(answer) if answer.removeprefix("-").isdecimal() else answer
        case _:
            return kind_of(question.expects).display(answer)


def _title(question: OwnQuestion, option: str, *, among: bool) -> Word | str:
    """Return an option's words, by itself or `among` others; of one that the question has no more, its id."""
    if option not in question.options:
        return option
    return Word(f"answer.{question.id}.{option}" if among else f"option.{question.id}.{option}")


def question_rows(ctx: Ctx) -> tuple[RowContent, ...]:
    """Return a row for each question that stands on the card."""
    return tuple(RowContent(one.id, edit=f"edit:{one.id}", steps=(one.id,)) for one in _on_card(ctx))


def answers_shown(ctx: Ctx) -> Params:
    """Return the answers for the texts of the rows, `own_ID`."""
    answers = ((one, last_answer(ctx.case.own, one, ctx)) for one in _on_card(ctx))
    return {f"own_{one.id}": word_answer(one, answer) if answer else None for one, answer in answers}


def _on_card(ctx: Ctx) -> Iterator[OwnQuestion]:
    own = ctx.case.own
    return (one for one in ctx.seller.own_questions if one.place == "pay" and applies(own, one, ctx))
