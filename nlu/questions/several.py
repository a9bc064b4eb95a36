"""Several questions in one message: "ile kosztuje i czy mogę płacić przelewem?", "512 000 111, a czy dzwonicie?".

Each is read by itself, and each is answered, if only by saying that there is no answer.
"""

import re
from collections.abc import Callable, Sequence

from nlu.facts.named_choices import FoundFact
from nlu.languages.language import Languages
from nlu.questions.asking import asks
from nlu.stance.clauses import Part, parted
from nlu.tokens import is_question
from values.meaning import Answer, Consenting, Correction, Discount, Faq, Intent, Meaning, Press, Unclear
from values.parsing import fold_words
from values.patterns import regex

Read = Callable[[str], Meaning]
_LONGEST = 300
_MOST = 3
_AND = r"(?:i|a|oraz|e|ed|and|und|sowie|also|plus)\s+"
_JOINING = regex(_AND, re.I)
_BETWEEN = regex(rf"\?+\s+(?=\S)|(?:\s*[,;]\s*|\s+){_AND}|\s*[,;]\s+", re.I)
_CLAUSE = regex(r"[,;:.!]\s+")
_LEAST_WORDS = 2
_LEAST_BESIDE = 3
_ASKING = "ask_"
_OF_THE_STEP = frozenset({"ask_step", "ask_need", "ask_later", "ask_cancel", "ask_restart"})
"""Beside another question these are about what that one names."""
_TOLD = frozenset({"payment_status"})
"""Questions by the names of which something is told, and nothing done."""
_ASKED = {"choose_payment_method": "ask_payment_methods"}
"""The question of whether something can be had, by the wish for it."""


def questions(
    text: str, whole: Meaning, facts: Sequence[FoundFact], langs: Languages, read: Read
) -> tuple[Meaning, tuple[Meaning, ...]]:
    """Return what a message means first, and the questions that it asks besides.

    `whole` is what it means, with its `facts`; `read` tells what a part of it means by itself.
    """
    if isinstance(whole, Answer | Press | Correction | Discount | Consenting):
        return whole, _beside(text, facts, langs, read)
    if not (_is_answered(whole) or isinstance(whole, Unclear) or _is_unknown(whole)):
        return whole, ()
    parts = parted_questions(text, langs)
    if len(parts) < 2:
        return whole, ()
    return _each(whole, [_as_question(part, read(part)) for part in parts])


def _each(whole: Meaning, said: Sequence[Meaning]) -> tuple[Meaning, tuple[Meaning, ...]]:
    """Return the questions, the one that has an answer first; `whole` where none of them has."""
    answered = [one for one in said if _is_answered(one) and _subject(one) not in _OF_THE_STEP]
    if not answered:
        alone = next((one for one in said if _is_answered(one)), None)
        return whole if alone is None or not _is_unknown(whole) else alone, ()
    if len({_subject(one) for one in answered}) == 1 and _subject(answered[0]) == _subject(whole):
        return whole, tuple(one for one in said if _is_unanswered(one))
    others = [one for one in said if one is not answered[0] and _subject(one) != _subject(answered[0])]
    return answered[0], tuple(one for one in others if _is_answered(one) or _is_unanswered(one))


def _beside(text: str, facts: Sequence[FoundFact], langs: Languages, read: Read) -> tuple[Meaning, ...]:
    """Return the questions that stand in clauses of their own, beside an answer or what else a message gives."""
    if len(text) > _LONGEST or len(clauses := parted(text)) < 2:
        return ()
    own = [part for part in clauses if _asks(text, part, langs) and not _holds(part, facts)]
    if len(own) == len(clauses):
        return ()
    asked = [text[part.start : part.end].strip() for part in own[:_MOST]]
    said = [_as_question(one, read(one)) for one in asked]
    return tuple(one for one in said if _is_answered(one) or _is_unanswered(one))


def _asks(text: str, part: Part, langs: Languages) -> bool:
    return len(part.words) >= _LEAST_BESIDE and (part.asks or asks(text[part.start : part.end], langs))


def _holds(part: Part, facts: Sequence[FoundFact]) -> bool:
    """Return whether a fact stands in a clause, or a number, which may be one that isn't known."""
    known = any(one.start < part.end and part.start < one.end for one in facts if one.end)
    return known or any(char.isdecimal() for token in part.words for char in token.word)


def parted_questions(text: str, langs: Languages) -> tuple[str, ...]:
    """Return the questions that a message asks, each by itself; the message where it is one, or anything else."""
    found: list[str] = []
    while len(found) < _MOST - 1 and (pair := _first_of(text, langs)) is not None:
        first, text = pair
        found.append(first)
    return (*found, text)


def _first_of(text: str, langs: Languages) -> tuple[str, str] | None:
    if len(text) > _LONGEST:
        return None
    for between in _BETWEEN.finditer(text):
        first, second = text[: between.start()], text[between.end() :].rstrip(" ?")
        if (joined := _JOINING.match(second)) is not None:
            second = second[joined.end() :]
        marked = text[between.start()] == "?"
        begun = marked or asks(first, langs) or _begins(_CLAUSE.split(first)[-1], langs)
        if begun and (_begins(second, langs) or (marked and _is_marked(text) and len(second.split()) >= _LEAST_BESIDE)):
            return f"{first.strip()}?", f"{second}?"
    return None


def _is_marked(text: str) -> bool:
    return text.rstrip().endswith("?")


def _begins(text: str, langs: Languages) -> bool:
    """Return whether a part begins as a question does, and has more than its first word."""
    words = fold_words(text.replace("?", " ")).split()
    return len(words) >= _LEAST_WORDS and is_question(" ".join(words), words, langs)


def _as_question(text: str, said: Meaning) -> Meaning:
    """Return what a question means; one that has no answer has its own words with it."""
    match said:
        case Intent(name, confidence) if name in _ASKED:
            return Intent(_ASKED[name], confidence)
        case Intent("out_of_scope") if text.endswith("?") and len(text.split()) >= _LEAST_BESIDE:
            return Unclear((), text)
        case Unclear(candidates) if _is_unanswered(said):
            return Unclear(candidates, text)
        case _:
            return said


def _is_answered(said: Meaning) -> bool:
    """Tell whether it is a question that is answered, and nothing more is done about it."""
    return isinstance(said, Faq) or (isinstance(said, Intent) and (said.name.startswith(_ASKING) or said.name in _TOLD))


def _is_unanswered(said: Meaning) -> bool:
    """Tell whether it is a question that has no answer, perhaps with those that are near it."""
    return isinstance(said, Unclear) and all(one.startswith("faq:") for one in said.candidates)


def _is_unknown(said: Meaning) -> bool:
    return isinstance(said, Intent) and said.name == "out_of_scope"


def _subject(said: Meaning) -> str:
    match said:
        case Faq(entry):
            return entry
        case Intent(name):
            return name
        case Unclear(candidates):
            return candidates[0] if candidates else ""
        case _:
            return ""
