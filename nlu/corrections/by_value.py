"""An answer put right by its value alone: "no, 12", "nie Gdańsk, tylko Sopot", "numer domu ma być 18".

The customer's own name, too: "it is Oksana Melnyk, not Melnik". Of the names in a message it is the one that is nearly
the name given before, or that the customer introduces as theirs: others are in many a story.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from nlu.answers import attempt, numeric
from nlu.corrections.correction_words import Corrections
from nlu.entities.extract import find_names
from nlu.languages.language import Languages
from nlu.stance import Stance, stance_at
from values.expected import Expected
from values.kinds import COUNTED, kind_of
from values.meaning import Correction, Expects
from values.parsing import fold_words
from values.patterns import regex
from values.slots.spans import Slot, find_span
from values.slots.word_classes import WordClass, class_of

_MOST_WORDS, _LEAST_LETTERS, _LONGEST = 3, 3, 120
_TO = regex(r"\s*(?:(?:it|that|es|das|lo|la|je)\s+)?(?:to|na|in|auf|a|con|by)\s+")
_AROUND = " ,;.:!\n\"'„”«»-"
_NOUN = regex(
    r"\b(?:(?:numer\w{0,2}|nr)\.? (?:domu|budynku)|(?:house|building) number|number of the house"
    r"|(?:numero )?civico|numero (?:di casa|della casa)|hausnummer)\b"
)
_NUMBER = regex(r"(?<![\w/.-])[0-9]{1,4} ?[a-z]?(?: ?/ ?[0-9]{1,4}[a-z]?)?(?![\w/-])", re.I)
_WORDS = regex(r"[^\W\d_]{3,}")
_FLAT = regex(
    r"\b(?:(?:(?:numer\w{0,2}|nr)\.? )?(?:mieszkani\w+|lokal(?:u|em)?)|(?:flat|apartment)(?: number)?|apt|unit"
    r"|(?:numero (?:di |dell')?)?interno)\b"
)
_NUMBERS = regex(
    r"(?<!\w)[0-9]+ ?[a-z]?(?: ?/ ?|,? (?:m|lok|mieszk|int|interno|flat|apt|unit)\.? ?)(?P<flat>[0-9]+[a-z]?)$", re.I
)
"""The numbers of a house and a flat, at the end of a street."""
_BESIDE = regex(r"\b(?:lok|mieszk|lokal|int|interno|scala|piano|flat|apt|unit)\w*", re.I)
_ALIKE = 0.6
_NAME_LIKE = regex(r"[^\W\d_][\w'’-]* +[^\W\d_]")
_CALLED = regex(r"\b(?:nazwisk\w{0,2}|imi(?:e|enia|eniu)|podpisal\w{1,2}|nome|cognome|(?:sur|nach|vor)?namen?)\b")
_COMPANYS = regex(r"\b(?:firm\w{0,3}|spolk\w|aziend\w|ditt[ae]|societa|ragione|company|business|shop|gmbh)\b")
_MINE = regex(r"\b(?:moje to|i miei sono|mine (?:are|is)|meiner? (?:ist|sind))\b")
_SOMEBODY = regex(r"\b(?:to|jest|is|was|e'|e|era|ist|war)\s+(?:moj\w?|my|mi[oa]|mein\w?|nasz\w?|our)\b")
_CAPITAL = r"[A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻ][\w'’-]+"
_TWO_NAMES = regex(rf"(?<![\w'’.@-]){_CAPITAL}(?: [a-z]{{2,3}})? {_CAPITAL}(?: {_CAPITAL})?")


def read_count(
    text: str, said: str, expected: Expected, langs: Languages, forms: Sequence[Corrections]
) -> Correction | None:
    """Return the correction of the only number, or the only day, that was given; None where it may mean another.

    `said` is the message unaccented. Where digits of another kind are asked for, digits are tried as those.
    """
    if "?" in text or numeric(expected.expects) or kind_of(expected.expects).called_code:
        return None
    values = tuple(_values(text, said, forms))
    for kind in COUNTED if values else ():
        if kind.expects not in expected.correctable:  # all of them are looked up only where there is one
            continue
        known = expected.correctable.items()
        steps = [name for name, expects in known if expects is kind.expects and name != kind.expects]
        if len(steps) != 1 or kind.expects is expected.expects:
            continue
        for value in values:
            alone = kind.is_alone is not None and kind.is_alone(value, expected)
            offered = attempt(value, kind.expects, expected, langs) if alone else None
            own = attempt(value, expected.expects, expected, langs)
            if offered is not None and offered.good and not (own is not None and own.good):
                return Correction(steps[0], offered.value or value.strip(" .,;!"))
    return None


def _values(text: str, said: str, forms: Sequence[Corrections]) -> Iterator[str]:
    """Yield what stands behind words of error, and behind a verb of change with nothing but "to" between."""
    for words in forms:
        if (erred := words.err_value.match(said)) is not None:
            yield text[erred.start("rest") : erred.end("rest")]
        if (change := words.change.search(said)) is not None:
            to = _TO.match(said, change.end())
            if to is not None and len(fold_words(said[: change.start()]).split()) <= _MOST_WORDS:
                yield text[to.end() :]


def read_replaced(text: str, said: str, expected: Expected, forms: Sequence[Corrections]) -> Correction | None:
    """Return the correction of the one answer that has the words which a message takes back.

    `said` is the message unaccented.
    """
    if "?" in text:
        return None
    for old, new in _pairs(text, said, forms):
        words = (name for name in expected.given if kind_of(expected.correctable.get(name, Expects.nothing)).by_part)
        tried = {name: _changed(name, expected.given[name], old, new) for name in words}
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
    if old[-1:].isdecimal() and _NUMBER.fullmatch(new) is None:  # "flat 6 instead of 4"
        return None
    part = re.search(rf"(?<!\w){re.escape(old)}(?!\w)", value, re.I)
    if class_of(new.split()[0].lower()) is WordClass.type:  # a street that comes with its kind is the whole one
        return new if name == "street" and part is not None else None
    if part is not None and name == "street" and old[-1:].isalpha() and new[-1:].isdecimal():
        return f"{value[: part.start()]}{new}"
    return f"{value[: part.start()]}{new}{value[part.end() :]}" if part is not None else None


def read_house_number(text: str, said: str, expected: Expected, langs: Languages) -> Correction | None:
    """Return the street with its new number, or its flat's, where a message gives one; `said` is it unaccented."""
    numbers = [*_NUMBER.finditer(text)] if len(text) <= _LONGEST and "?" not in text else []
    nouns = (_NOUN.search(said), _FLAT.search(said)) if numbers else (None, None)
    street = expected.given.get("street") if nouns.count(None) == 1 else None
    if street is None or "street" not in expected.correctable:
        return None
    meant = [one for one in numbers if stance_at(text, *one.span(), langs) is Stance.asserted]
    put = with_flat if nouns[0] is None else with_number
    changed = put(street, meant[-1].group().strip()) if meant else None
    return Correction("street", changed) if changed is not None else None


def with_number(street: str, number: str) -> str | None:
    """Return the street with this number for its own; None where it has none.

    That of a name ("3 Maja") and that of a flat behind the house's stay.
    """
    for own in re.finditer(r"(?<!\w)[0-9]+ ?[a-zA-Z]?(?!\w)", street):
        if _WORDS.search(_BESIDE.sub("", street[own.end() :])) is None:  # no name follows
            flat = "" if "/" not in number else r"(?: ?/ ?\w+)?"
            rest = re.sub(rf"^{flat}", "", street[own.end() :]) if flat else street[own.end() :]
            return f"{street[: own.start()]}{number}{rest}"
    lone = re.match(r"[0-9]+ ?[a-zA-Z]?(?!\w)", street)
    return f"{number}{street[lone.end() :]}" if lone is not None else None


def with_flat(street: str, number: str) -> str | None:
    """Return the street with this number for its flat's; None where it has none."""
    found = _NUMBERS.search(street)
    return f"{street[: found.start('flat')]}{number}" if found is not None and number[0].isdecimal() else None


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
