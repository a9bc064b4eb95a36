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
            titles = tuple(_title(question, one) for one in answer.split(","))
            return titles[0] if len(titles) == 1 else titles
        case "number":
            return int(answer) if answer.isdecimal() else answer
        case _:
            return kind_of(question.expects).display(answer)


def _title(question: OwnQuestion, option: str) -> Word | str:
    return Word(f"option.{question.id}.{option}") if option in question.options else option
