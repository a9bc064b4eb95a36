"""Values as an input sheet sends them: a line each, "label: value", with the labels that the desk shows."""

from collections.abc import Sequence
from typing import Any

from bot.conversation.render import Renderer
from dialogs.kit import Step, Word
from values.parsing import fold_words

LONGEST = 2000


def labelled(text: str, steps: Sequence[Step[Any]], renderer: Renderer) -> dict[Step[Any], str]:
    """Return the values of a text by the steps that ask for them; none unless every line is a label and its value.

    A label counts in each of the seller's languages: a sheet may be sent while the language changes.
    """
    labels = ((step, renderer.said(Word(f"label.{step.name}"))) for step in reversed(steps))
    by_label = {fold_words(title): step for step, titles in labels for title in titles}
    values: dict[Step[Any], str] = {}
    for line in text[:LONGEST].splitlines():
        label, _, value = line.partition(":")
        step = by_label.get(fold_words(label))
        if step is None or step in values or not value.strip():
            return {}
        values[step] = value.strip()
    return values
