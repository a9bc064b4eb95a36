"""Two questions in one message: each is read by itself, and both are answered where both have an answer."""

from collections.abc import Callable

from nlu.languages.language import Languages
from nlu.questions.two import two_questions
from values.meaning import Faq, Intent, Meaning, Unclear

_ASKING = "ask_"
_OF_THE_STEP = frozenset({"ask_step", "ask_need", "ask_later", "ask_cancel", "ask_restart"})
"""Beside another question these are about what that one names."""
_ASKED = {"choose_payment_method": "ask_payment_methods"}
"""The question of whether something can be had, by the wish for it."""


def questions(
    text: str, whole: Meaning, langs: Languages, read: Callable[[str], Meaning]
) -> tuple[Meaning, Meaning | None]:
    """Return the meanings of a message's two questions; else `whole`, which is what it means, and nothing beside.

    A message that means anything but a question isn't taken apart.
    """
    if not (_is_answered(whole) or isinstance(whole, Unclear) or _is_unknown(whole)):
        return whole, None
    parts = two_questions(text, langs)
    if parts is None:
        return whole, None
    first, second = _as_question(read(parts[0])), _as_question(read(parts[1]))
    both = _is_answered(first) and _is_answered(second) and _subject(second) not in _OF_THE_STEP
    if both and _subject(first) != _subject(second):
        return first, second
    alone = next((part for part in (first, second) if isinstance(part, Faq)), None)
    vague = _is_unknown(whole) or _subject(whole) in _OF_THE_STEP
    return (alone if alone is not None and vague else whole), None


def _as_question(said: Meaning) -> Meaning:
    name = _ASKED.get(said.name) if isinstance(said, Intent) else None
    return Intent(name, said.confidence) if isinstance(said, Intent) and name is not None else said


def _is_answered(said: Meaning) -> bool:
    """Tell whether it is a question that is answered, and nothing more is done about it."""
    return isinstance(said, Faq) or (isinstance(said, Intent) and said.name.startswith(_ASKING))


def _is_unknown(said: Meaning) -> bool:
    return isinstance(said, Intent) and said.name == "out_of_scope"


def _subject(said: Meaning) -> str:
    match said:
        case Faq(entry):
            return entry
        case Intent(name):
            return name
        case _:
            return ""
