"""A stored way to pay that is to be taken away or changed: "usuń zapisaną kartę", "replace the card on file"."""

from nlu.entities.terms import names_a_method
from nlu.languages.language import Languages
from nlu.tokens import is_question
from values.meaning import Expected, Intent, Press, Unclear
from values.parsing import fold_words
from values.patterns import regex

_LONGEST = 200
_STORED = regex(
    r"\b(?:zapisan\w{1,3}|zapamietan\w{1,3}|podpiet\w{1,3}|podlaczon\w{1,3}|zachowan\w{1,3}|salvat[aeio]|memorizzat[aeio]"
    r"|registrat[aeio]|collegat[aeio]|stored|saved|on file|remembered|linked|hinterlegte?\w?|gespeicherte?\w?)\b"
)
_AWAY = regex(
    r"\b(?:usun\w{0,5}|skasuj\w{0,3}|skasowac|wykasuj\w{0,3}|odepni?j\w{0,3}|odpiac|odlacz\w{0,3}|wyrzuc\w{0,3}|zapomni\w{1,4}"
    r"|togl\w{1,5}|tolga\w{0,2}|rimuov\w{1,4}|elimin\w{1,5}|cancell\w{1,4}|scolleg\w{1,4}|stacc\w{1,4}|leva\w{0,3}"
    r"|remove|delete|forget|unlink|detach|erase|take off|take away|get rid of|entfern\w{0,4}|l?oe?sch\w{0,4})\b"
)
_CHANGED = regex(
    r"\b(?:zmien\w{0,4}|podmien\w{0,4}|wymien\w{0,4}|zamien\w{0,4}|cambi\w{0,4}|sostitu\w{2,5}|aggiorn\w{1,4}"
    r"|change|update|replace|swap|ander\w{0,3}|aender\w{0,3}|ersetz\w{0,3})\b"
)
_FORGET = "forget:"
_SURE = 0.95


def about_stored(said: str) -> bool:
    """Return whether folded words wish for something to be done with what is stored."""
    return _STORED.search(said) is not None and (_AWAY.search(said) or _CHANGED.search(said)) is not None


def read_stored_way(text: str, expected: Expected, langs: Languages) -> Press | Unclear | Intent | None:
    """Return what a wish about a stored way means: a button that forgets it, or the wish for the page where one is."""
    if len(text) > _LONGEST:
        return None
    said = fold_words(text)
    if not about_stored(said) or not names_a_method(said, langs):
        return None
    away = _AWAY.search(said) is not None
    offered = any(option.payload.endswith((":saved", ":another")) for option in expected.options)
    if (offered and not away) or is_question(text, said.split(), langs):
        return None
    forgets = tuple(option.payload for option in expected.options if option.payload.startswith(_FORGET)) if away else ()
    if len(forgets) == 1:
        return Press(forgets[0])
    return Unclear(forgets, text) if forgets else Intent("choose_payment_method", _SURE, (), text)
