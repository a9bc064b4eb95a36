"""Values as an input sheet sends them: a line each, "label: value", with the labels that the desk shows.

Before that, each as it is typed: what its step would say of it.
"""

import re
from collections.abc import Sequence
from typing import Any

from bot.conversation.outbound import JudgedValue
from bot.conversation.render import Renderer
from dialogs.kit import Step, Word
from dialogs.state import Ctx
from values import email
from values.parsing import Ok, ParseRefused, fold_words

LONGEST = 2000
_PART = re.compile(r"[:;]\s|[.?!]\s+(?=(\w))")


def read_labelled_lines(text: str, steps: Sequence[Step[Any]], renderer: Renderer) -> dict[Step[Any], str]:
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


def judge(step: Step[Any], text: str, ctx: Ctx, renderer: Renderer) -> JudgedValue:
    """Return what is wrong with a value, in the step's own words, and the value that was likely meant.

    A slip is looked for in what was typed: what the step makes of a masked value is nobody's to see.
    """
    read = step.read(text, ctx)
    if isinstance(read, ParseRefused):
        why = renderer.words(f"refused.{read.reason}", read.params, ctx.case.talk.locale)
        return _offering(str(read.params.get("suggestion", "")), first_part(why))
    typed = email.parse(text)
    return _offering((email.likely_meant(typed.value) if isinstance(typed, Ok) else None) or "")


def _offering(better: str, wrong: str = "") -> JudgedValue:
    return JudgedValue(wrong, better, better and f"{better.rpartition('@')[2]}?")


def first_part(text: str) -> str:
    """Return a text up to the end of its first sentence, a colon or a semicolon: what is wrong, not what to write."""
    ends = (found for found in _PART.finditer(text) if found[1] is None or found[1].isupper())
    end = next(ends, None)
    return text if end is None else text[: end.start()] + (end[0][0] if end[1] else ".")
