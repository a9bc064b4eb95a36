"""The words of a seller's own questions, under the names by which the dialogs say them.

A seller writes `question.ID.ask` and its neighbours together; a step's question is a text `DIALOG.STEP.ask`, a button's
title `option.STEP.VALUE`.
"""

from collections.abc import Iterator, Mapping

from bot.texts.text import Included, PlainText, Text, TextChoice, TextPlace
from dialogs.own.ways_to_answer import NAME
from values.question import OwnQuestion

PARTS = ("ask", "label", "help", "called", "change")
"""The words that every question needs."""


def words_needed(question: OwnQuestion) -> Iterator[str]:
    """Yield the keys of the texts that the seller writes for a question."""
    yield from (f"question.{question.id}.{part}" for part in PARTS)
    yield from (f"question.{question.id}.options.{option}" for option in question.options)


def question_texts(questions: tuple[OwnQuestion, ...], texts: Mapping[str, Text]) -> dict[str, Text]:
    """Return the texts of the questions' steps, buttons and rows, as far as the seller has written the words."""
    found: dict[str, Text] = {}
    for question in questions:
        hint = f"question.{question.id}.hint"
        if (helped := texts.get(f"question.{question.id}.help")) is not None:
            found[f"{NAME}.{question.id}.hint"] = texts.get(hint, helped)
        written = ((key, f"question.{question.id}.{own}") for key, own in _names(question))
        found |= {key: texts[own] for key, own in written if own in texts}
        found[f"option.{question.id}.skip"] = PlainText((Included(f"option.{NAME}.skip"),))
        found[f"card.order.{question.id}"] = _row(question)
    return found


def _names(question: OwnQuestion) -> Iterator[tuple[str, str]]:
    """Yield the text that is said, and the part of the seller's words that it is."""
    id = question.id
    yield from ((f"{NAME}.{id}.{part}", part) for part in ("ask", "help"))
    yield from ((f"label.{id}", "label"), (f"called.{id}", "called"), (f"edit.{id}", "change"))
    for option in question.options:
        yield f"option.{id}.{option}", f"options.{option}"
        yield f"answer.{id}.{option}", f"options.{option}"
        yield f"answer.{id}.{option}", f"answers.{option}"  # where one is written


def _row(question: OwnQuestion) -> Text:
    given = PlainText((TextPlace(f"own_{question.id}"),))
    return TextChoice("select", f"own_{question.id}", {"none": PlainText(("",)), "other": given})
