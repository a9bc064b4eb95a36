"""Another word in the place of one that was given: "nie Gdańsk, tylko Sopot", "12/5 instead of 12/4"."""

import re
from collections.abc import Iterator, Sequence

from nlu.corrections.correction_words import Corrections
from values.meaning import Correction, Expected
from values.parsing import fold_words

_LEAST_LETTERS = 3
_AROUND = " ,;.:!\n\"'„”«»-"


def read_replaced(text: str, said: str, expected: Expected, forms: Sequence[Corrections]) -> Correction | None:
    """Return the correction of the one answer that has the words which a message takes back.

    `said` is the message unaccented.
    """
    if "?" in text:
        return None
    for old, new in _pairs(text, said, forms):
        tried = {name: _changed(name, value, old, new) for name, value in expected.given.items()}
        whole = {name: changed for name, changed in tried.items() if changed}
        found = [name for name in whole if name in expected.correctable and name != expected.step]
        if len(found) == 1:
            return Correction(found[0], whole[found[0]])
    return None


def _pairs(text: str, said: str, forms: Sequence[Corrections]) -> Iterator[tuple[str, str]]:
    """Yield what is taken back with what is to stand there, as far as a message names both."""
    for words in forms:
        denied = words.not_meant.search(said)
        if denied is None:
            continue
        before, at = text[: denied.start()].strip(_AROUND), denied.end()
        rather = words.rather.search(said, at) or words.later_is.search(said, at)
        if rather is not None:
            new = text[rather.start("value") :]
            is_ = words.starts_is.match(said[rather.start("value") :])
            yield text[at : rather.start()].strip(_AROUND), (new[is_.end() :] if is_ else new).strip(_AROUND)
        if before:
            lead = words.lead_in.match(said)
            yield text[at:].strip(_AROUND), before[lead.end() if lead else 0 :].strip(_AROUND)


def _changed(name: str, value: str, old: str, new: str) -> str | None:
    """Return the value with the new words for the old ones; None where it hasn't those.

    A street that comes with its number takes the old one's number away.
    """
    if not old or not new:
        return None
    if fold_words(old) == fold_words(value):
        return new
    if old.isalpha() and len(old) < _LEAST_LETTERS:  # "nie o to mi chodzi" is about no "o" of "sp. z o.o."
        return None
    part = re.search(rf"(?<!\w){re.escape(old)}(?!\w)", value, re.I)
    if part is not None and name == "street" and old[-1:].isalpha() and new[-1:].isdecimal():
        return f"{value[: part.start()]}{new}"
    return f"{value[: part.start()]}{new}{value[part.end() :]}" if part is not None else None
