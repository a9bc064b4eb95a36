"""Buttons in view, those of the last question: one's whole title, typed, is its press before anything else is read.

One that binds is pressed by no title of a single word, as such a word may agree to whatever is asked.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from msgspec import Struct

from dialogs.kit import Journey, Step, options_of
from dialogs.state import Ctx
from nlu.commands import read_command
from nlu.languages.language import Languages
from values.kinds import kind_of
from values.meaning import Press, Unclear
from values.parsing import fold_words

LONGEST = 200
"""Characters: a text beyond that is no title."""


class ButtonsInView(Struct, frozen=True):
    """The buttons of a message of ours, and the step that it asked, if any.

    Each is as it is stored: its title, its payload, and what else belongs to it.
    """

    step: str | None
    buttons: Sequence[Sequence[str]]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self | None:
        """Return the buttons of a stored message; None where it asked nothing and has none."""
        step, buttons = data.get("step"), data.get("buttons", ())
        return cls(step, buttons) if step or buttons else None

    def called(self, text: str) -> list[str]:
        """Return the payloads of the buttons whose whole title a text is; a question is one only if the title asks."""
        said = fold_words(text) if len(text) <= LONGEST else ""
        payloads: list[str] = []
        for title, payload, *_ in self.buttons if said else ():  # a comprehension would be a call, at each message
            if fold_words(title) == said and ("?" in title or "?" not in text):
                payloads.append(payload)
        return payloads


def read_title(
    text: str, called: list[str], view: ButtonsInView, step: Step[Any], ctx: Ctx, journey: Journey, langs: Languages
) -> Press | Unclear | None:
    """Return the press of the button `called` so, or those that it may be, to be asked; None where it is none there.

    The open step's own button counts before another's of the same title, and alone where words are the answer.
    """
    if view.step is not None and all(one.path != view.step for one in journey.together(step)):
        return None
    options, kind = options_of(step, ctx), kind_of(step.expects)
    own = {option.payload for option in options}
    found = [p for p in called if p in own] or (called if kind.form != "words" and not kind.worded.says_all else [])
    if len(found) != 1:
        return Unclear(tuple(found), text) if found else None
    payload = found[0]
    bound = {o.payload for one in _asking(payload, step, journey) for o in options_of(one, ctx) if o.binds is not None}
    if payload not in bound or (" " in fold_words(text) and read_command(text, langs) is None):
        return Press(payload, words=text)
    rivals = tuple(option.payload for option in options if option.binds is not None)
    return None if payload in own else Unclear((payload, *rivals), text)


def _asking(payload: str, step: Step[Any], journey: Journey) -> list[Step[Any]]:
    """Return the steps that may offer a button."""
    return [step, *journey.named(payload.partition(":")[0], step.dialog)]
