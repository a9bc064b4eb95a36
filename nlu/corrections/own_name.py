"""The customer's own name put right: "it is Oksana Melnyk, not Melnik", "zjadło mi pół nazwiska, jestem Kinga Wrzosek".

Of the names in a message it is the one that is nearly the name given before, or the one that the customer introduces
as theirs. Other people's names are in many a story: they need more than a word of error.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher

from nlu.corrections.correction_words import Corrections
from nlu.entities.extract import find_names
from nlu.languages.language import Languages
from values.meaning import Correction, Expected, Expects
from values.parsing import fold_words
from values.patterns import regex
from values.slots.spans import Slot, find_span

_ALIKE = 0.6
_LEAST_WORDS, _MOST_WORDS = 2, 4  # of a name
_NAME_LIKE = regex(r"[^\W\d_][\w'’-]* +[^\W\d_]")
_WORD = regex(r"[^\W\d_][\w'’-]*")
_CALLED = regex(r"\b(?:nazwisk\w{0,2}|imi(?:e|enia|eniu)|podpisal\w{1,2}|nome|cognome|(?:sur|nach|vor)?namen?)\b")
_COMPANYS = regex(r"\b(?:firm\w{0,3}|spolk\w|aziend\w|ditt[ae]|societa|ragione|company|business|shop|gmbh)\b")
_MINE = regex(r"\b(?:moje to|i miei sono|mine (?:are|is)|meiner? (?:ist|sind))\b")
_SOMEBODY = regex(r"\b(?:to|jest|is|was|e'|e|era|ist|war)\s+(?:moj\w?|my|mi[oa]|mein\w?|nasz\w?|our)\b")
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻ][\w'’-]+"
_TWO_NAMES = regex(rf"(?<![\w'’.@-]){_CAPITAL}(?: [a-z]{{2,3}})? {_CAPITAL}(?: {_CAPITAL})?")


def read_own_name(
    text: str, said: str, expected: Expected, langs: Languages, forms: Sequence[Corrections]
) -> Correction | None:
    """Return the correction of the customer's name; `said` is the message unaccented, with the same offsets."""
    if "?" in text or _NAME_LIKE.search(text) is None or Expects.person_name not in expected.correctable:
        return None
    signs = any(words.signs.search(said) for words in forms)
    called = _CALLED.search(said) is not None
    spelt = _TWO_NAMES.search(text) is not None
    introduced = next((found.value for found in find_names(text, langs)), None) if spelt else None
    denies = not signs and any(words.not_meant.search(said) for words in forms)
    if not (signs or denies or called or introduced) or (expected.free_text and not signs):
        return None
    for slot in (slot for slot, kind in expected.correctable.items() if kind is Expects.person_name):
        value = expected.given.get(slot, "")  # what an act stands on isn't among these: that is said
        if denies and not (called or introduced or _denied(value, said, forms)):
            continue
        span = find_span(text.strip(), Slot.person_name)
        alike = _alike(span.value, fold_words(value).split()) and _SOMEBODY.search(said) is None
        told = signs and (called or _MINE.search(said) is not None) and _COMPANYS.search(said) is None
        name = span.value if span.formed and (alike or told) else introduced if signs else None
        if name is not None and fold_words(name) != fold_words(value):
            return Correction(slot, name)
    return None


def _alike(name: str, own: Sequence[str]) -> bool:
    """Return whether each word is nearly the same: a brother's name shares no more than the surname."""
    said = fold_words(name).split()
    if len(said) != len(own) or said == list(own):
        return False
    return all(
        one[0] == other[0] and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
        for one, other in zip(said, own, strict=True)
    )


def _denied(value: str, said: str, forms: Sequence[Corrections]) -> bool:
    """Return whether words of the name given before are taken back: "not Melnik"."""
    behind = (
        fold_words(said[match.end() :]).split()[:1] for words in forms for match in words.not_meant.finditer(said)
    )
    return any(word in fold_words(value).split() for words in behind for word in words)
