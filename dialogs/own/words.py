"""Answers to a seller's own questions as they are said and shown."""

from datetime import date

from dialogs.kit import Param, Word
from values import phone
from values.day import Day
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
        case "phone":
            return phone.display(answer)
        case "date":
            return _day(answer)
        case _:
            return answer


def _day(answer: str) -> Day | str:
    """Return the day; what was answered while the question was of another kind stays as it is."""
    try:
        return Day(date.fromisoformat(answer).isoformat())
    except ValueError:
        return answer


def _title(question: OwnQuestion, option: str) -> Word | str:
    return Word(f"option.{question.id}.{option}") if option in question.options else option
