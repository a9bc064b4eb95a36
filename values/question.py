"""A seller's own question: what is asked and kept, without an effect of its own (`[[question]]` of a profile)."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from values.meaning import Expects
from values.parsing import Ok, Parsed, ParseRefused

QuestionKind = Literal["choice", "yes_no", "several", "number", "date", "text", "email", "phone"]
CHOSEN: tuple[QuestionKind, ...] = ("choice", "yes_no", "several")
"""Kinds whose answers are options."""
Place = Literal["account", "contact", "company", "pay", "order"]
"""Where it is asked: last with the account, the contact or the company, on the order's card, or once it is paid."""
Keep = Literal["account", "company", "order"]
"""Whose answer it is: asked once, once for each company, or for each order with the last answer offered."""
Audience = Literal["customer", "agent", "api", "events", "letter", "csv"]
AnswerValue = str | int | bool | tuple[str, ...]
"""A choice's option, the text, e-mail or number, YYYY-MM-DD; an integer; a yes or no; the options of several."""
Answers = Mapping[str, AnswerValue | None]
"""Answers by the questions' ids: without an entry while never asked, None when passed over."""

NO_ANSWERS: dict[str, AnswerValue | None] = {}  # msgspec gives each struct a copy of its own
DEFAULT_SHOW: tuple[Audience, ...] = ("customer", "agent", "api")
YES, NO = "yes", "no"
NONE = "none"
"""The option of several that excludes all others: a button beside the boxes, and a "no" in words."""


class OwnQuestion(Struct, frozen=True):
    """One question of a profile.

    `min` and `max` bound a number. `unit` is the word that it counts. `when` says by name what has to hold, each with
    the values that do. `options` are those of a choice or of several; with `mostly_one` a press on one of several
    answers at once, and one more button opens the boxes. The words are texts, `question.ID.*`.
    """

    id: str
    kind: QuestionKind
    place: Place
    keep: Keep
    required: bool = False
    options: tuple[str, ...] = ()
    mostly_one: bool = False
    min: int | None = None
    max: int | None = None
    unit: str = ""
    show: tuple[Audience, ...] = DEFAULT_SHOW
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def expects(self) -> Expects:
        """Return the kind of answer that its step takes."""
        if self.kind in CHOSEN:
            return Expects.choice
        return Expects.free_text if self.kind == "text" else Expects(self.kind)

    def shown_to(self, audience: Audience) -> bool:
        return audience in self.show


MOST_CHARS = 500
"""Of an answer in words."""


def parse_words(text: str) -> Parsed[str]:
    """Return an answer in words, blanks put right.

    Reasons: `words.question`, `words.none`, `words.too_long` (`most`).
    """
    words = " ".join(text.split())
    if words.endswith("?"):
        return ParseRefused("words.question")
    if not any(sign.isalnum() for sign in words):
        return ParseRefused("words.none")
    return Ok(words) if len(words) <= MOST_CHARS else ParseRefused("words.too_long", {"most": MOST_CHARS})


def parse_kept_answer(question: OwnQuestion, text: str) -> AnswerValue | None:
    """Return an answer as it is kept, from the words of a conversation; None for one that was passed over."""
    if not text:
        return None
    match question.kind:
        case "number" if text.removeprefix("-").isdecimal():
            return int(text)
        case "yes_no" if text in (YES, NO):
            return text == YES
        case "several":
            return tuple(text.split(","))
        case _:  # also what was answered while the question was of another kind
            return text


def write_typed_answer(value: AnswerValue | None) -> str:
    """Return a kept answer as a conversation has it."""
    match value:
        case None:
            return ""
        case bool():
            return YES if value else NO
        case tuple():
            return ",".join(value)
        case _:
            return str(value)
