"""An answer in words that is called by its name, or is a bare value: "Polna 3 is the right street", "80-832".

Which words of the message are the answer is judged by `values.slots`; here is found which answer they are.
"""

import re
from functools import cache

from msgspec import Struct

from nlu.answers import attempt
from nlu.intents.as_meant import is_nationality
from nlu.languages.language import Languages
from nlu.numbers.groups import runs
from values.expected import Expected
from values.kinds import kind_of
from values.meaning import Correction, Expects
from values.parsing import unaccent
from values.patterns import regex
from values.slots.spans import Slot, find_span, pieces, said_anew
from values.slots.word_classes import AnswerName, answer_names

_LONGEST = 160
_A_DIGIT = regex(r"\d")
_OTHER_VALUE = regex(r"@|mail|mejl|[0-9][0-9 ().-]{6,}[0-9]")


class WordedCorrection(Struct, frozen=True):
    """A correction of an answer in words; one that isn't `sure` has a whole message to be doubted."""

    correction: Correction
    sure: bool = True


def read_worded(text: str, said: str, expected: Expected, langs: Languages) -> WordedCorrection | None:
    """Return the correction of an answer in words; `said` is the message unaccented."""
    if len(text) > _LONGEST or "?" in text or kind_of(expected.expects).worded.says_all:
        return None
    named = called_kinds(said, expected)
    called = [kind for kind in named if _slot(kind, expected) is not None or kind == expected.expects]
    if len(called) == 1 and called[0] != expected.expects and _OTHER_VALUE.search(said) is None:
        return _named_value(text, called[0], expected, langs)
    bare = _bare_code(text, expected, langs) if shows_answers(expected) and not called else None
    return WordedCorrection(bare) if bare is not None else None


def told_answer(text: str, kind: Expects) -> str | None:
    """Return the answer that is asked for, where a message calls it by its name: "my name is Kuba Wilk"."""
    if kind_of(kind).form != "words" or len(text) > _LONGEST or "?" in text or kind not in called_kinds(unaccent(text)):
        return None
    span = find_span(text.strip(), Slot(kind))
    return span.value if span.sure and span.value != text.strip() else None


def shows_answers(expected: Expected) -> bool:
    """Return whether the answers are shown to be confirmed, it is asked which to change, or nothing is asked."""
    if expected.expects is Expects.confirm_data or (expected.expects is Expects.nothing and not expected.code):
        return True
    return any(option.payload == f"edit:{Expects.street}" for option in expected.options)


@cache
def _names() -> tuple[re.Pattern[str], tuple[AnswerName, ...]]:
    """Return the pattern of the names of answers in words, a group for each, and these names."""
    names = sorted((one for one in answer_names() if one.in_words or one.bare), key=lambda one: one.bare)
    told = (f"{one.called}|{one.told}" if one.told else one.called for one in names)
    return regex(rf"\b(?:{'|'.join(f'({one})' for one in told)})\b"), tuple(names)


def called_kinds(said: str, expected: Expected | None = None) -> list[Expects]:
    """Return the kinds of answers in words that a message calls by their name; a bare one is of what is beside it."""
    pattern, names = _names()
    found = [names[match.lastindex - 1] for match in pattern.finditer(said) if match.lastindex is not None]
    told = dict.fromkeys(Expects(one.of[0]) for one in found if not one.bare)
    bare = [Expects(kind) for one in found if one.bare for kind in one.of]
    if told or not bare:
        return list(told)
    if expected is None:
        return bare
    if expected.expects is Expects.confirm_data:  # the company is shown
        bare.sort()
    return [next((kind for kind in bare if _slot(kind, expected) is not None), bare[0])]


def _slot(kind: Expects | Slot, expected: Expected) -> str | None:
    """Return the answered step of a kind that may be corrected."""
    if kind in expected.correctable and kind != expected.step:
        return str(kind)
    known = expected.correctable.items()
    return next((step for step, expects in known if expects == kind and step != expected.step), None)


def _named_value(text: str, kind: Expects, expected: Expected, langs: Languages) -> WordedCorrection | None:
    span, slot = find_span(text.strip(), Slot(kind)), _slot(kind, expected)
    if slot is None or not span.formed or span.value == text.strip():
        return None
    if is_nationality(span.value):  # "our business is German"
        return None
    if span.sure and (kind is not Expects.person_name or span.value[0].isupper()):
        return WordedCorrection(Correction(slot, span.value))
    return WordedCorrection(Correction(slot, text.strip()), sure=False)


def _bare_code(text: str, expected: Expected, langs: Languages) -> Correction | None:
    """Return the correction by the one postal code that a message gives: "there's a typo in the code, it's 81-702"."""
    slot = _slot(Expects.postal_code, expected) if _A_DIGIT.search(text) or runs(text, langs) else None
    found = pieces(said_anew(text.strip()), Slot.city) if slot is not None else []
    code = _postal_code(found[0], expected, langs) if len(found) == 1 else None
    return Correction(slot, code) if slot is not None and code is not None else None


def _postal_code(text: str, expected: Expected, langs: Languages) -> str | None:
    """Return the postal code that a text is; where nothing is asked, digits alone may be some other code."""
    said = runs(text, langs)
    whole = len(said) == 1 and (said[0].start, said[0].end) == (0, len(text))
    lettered = any(c.isdecimal() for c in text) and not whole
    if not (whole or lettered) or (expected.expects is Expects.nothing and text.isdecimal()):
        return None
    read = attempt(text, Expects.postal_code, expected, langs)
    return read.value or text if read is not None and read.good else None
