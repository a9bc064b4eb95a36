"""Answers to a seller's own questions as they are said and shown."""

from dialogs.kit import Param, Word
from values.kinds import kind_of
from values.question import NO, YES, OwnQuestion

PASSED_OVER = Word("own.passed_over")


def said(question: OwnQuestion, answer: str) -> Param | tuple[Param, ...]:
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
