"""A correction in one sentence: "źle, mój e-mail to …", "change the street to …", "la partita IVA è sbagliata".

Recognised are a word of change or of error with the name of another answer, and the bare statement of another answer.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from nlu.answers import attempt, has_closed_form
from nlu.corrections.by_value import read_count, read_house_number, read_own_name, read_replaced
from nlu.corrections.correction_words import CorrectionForm, Corrections, Noun, also_called, load_corrections
from nlu.corrections.worded import read_worded
from nlu.entities.term_words import METHOD_VALUES
from nlu.entities.terms import find_methods
from nlu.intents.as_meant import is_nationality
from nlu.languages.brought import loose
from nlu.languages.language import Languages
from nlu.numbers.groups import runs
from nlu.tokens import is_question
from values.expected import Expected
from values.kinds import KINDS, SHAPED
from values.meaning import ACCOUNT_EMAIL, Correction, Expects
from values.parsing import fold_words, unaccent
from values.patterns import regex
from values.slots.spans import Slot, find_span, said_anew

_LONGEST = 400
_SUBJECTLESS = regex(r"will (?:pay|use|take|go)\b[^?]*$", re.I)  # "will pay by card" asks nothing
SENTENCE = regex(r"\S.*?(?:[.?!]+(?=\s|$)|\n|$)", re.S)

_STREET_TYPE = regex(r"(?:ul|al|pl|os|ulica|aleja|plac|via|viale|piazza|corso|vicolo|largo|strada|the)\.?")
_COURTESY = regex(
    r"(?<![\s,.])[\s,.]++(?:please|bitte|danke|prosz[eę]|per favore|dzi[eę]ki|thanks|grazie)[\s.!]*$", re.I
)
_NAMES = ("person_name", "company_name")
_MOST_LETTERS = 2000
_SHAPED = regex(r"[\d@]|\b(?:malp|chiocciola|at|kropka|punto|dot|punkt)")
_SAYS_HOW = regex(
    r"(?:(?:wszystko|cala reszta|reszta|everything(?: else)?|all|the rest|tutto|il resto|alles) ?)?"
    r"(?:(?:is|are|e|e'|sono|jest|sa|sie|va) ?)?"
    r"(?:fine|ok(?:ay)?|right|correct|good|dobrze|gra|w porzadku|bene|giust[oa]|corrett[oa]|zgadza(?: sie)?|nie"
    r"|no|non|not|isn't|zl[aeyi]|zle|wrong|sbagliat[oa]|incorrect)?"
)
"""Behind "all but the street" these give no street."""
_PLACES = frozenset(str(kind.expects) for kind in KINDS.values() if kind.worded.place)


class _Found(Struct, frozen=True):
    slots: tuple[str, ...]
    rest: str
    form: CorrectionForm
    words: Corrections


def read_correction(text: str, expected: Expected, langs: Languages) -> Correction | None:
    """Return the correction of another, already answered slot that a message makes, or None."""
    if len(text) > _LONGEST:
        return None
    return next((one for one in _readings(text, expected, langs) if one is not None), None)


def _readings(text: str, expected: Expected, langs: Languages) -> Iterator[Correction | None]:
    """Yield what each reader takes for a correction, the surest first."""
    said, tried = fold_letters(text), _tried(expected.called, langs)
    worded = read_worded(text, said, expected, langs)
    if worded is not None and worded.sure:
        yield worded.correction
    yield read_house_number(text, said, expected, langs)
    named = _named(text, said, expected, langs, tried)
    if named is None or named.what in _NAMES:
        own = read_own_name(text, said, expected, langs, tried)
        no_more = own is not None and (named is None or named.text is None or (own.text or "") in named.text)
        named = own if no_more else named  # "Ferretti with two t" gives no other answer than the name
    yield named
    yield read_replaced(text, said, expected, tried)
    yield from (_by_shape(text, said, expected, langs, words) for words in tried)
    yield read_count(text, said, expected, langs, tried)
    if worded is not None and (expected.expects is Expects.confirm_data or puts_right(said, langs)):
        yield worded.correction


@lru_cache(maxsize=64)
def _tried(called: tuple[tuple[str, str], ...], langs: Languages) -> tuple[Corrections, ...]:
    """Return the forms of correction that are tried, with what a seller's own answers are called."""
    nouns: tuple[Noun, ...] = tuple(((step,), loose(words.split(", "))) for step, words in called)
    return tuple(also_called(forms, nouns) for forms in correction_forms(langs))


def _named(
    text: str, said: str, expected: Expected, langs: Languages, tried: Sequence[Corrections]
) -> Correction | None:
    """Return the correction of an answer that is called by its name."""
    for words in tried:
        for form in words.forms:
            match = form.pattern.match(said)
            if match is None:
                continue
            found = _Found(words.slots(form, match), text[match.start("rest") : match.end("rest")], form, words)
            correction = _resolved(found, expected, langs)
            if correction is not None:
                return correction
    return None


def read_elsewhere(text: str, expected: Expected, langs: Languages) -> Correction | None:
    """Return the wish to change an answer that can't be changed where it is said: "change my phone" at an address."""
    said = fold_letters(text[:_LONGEST])
    for words in _tried(expected.called, langs):
        for form in words.forms:
            match = form.pattern.match(said) if not (form.bare or form.slot) else None
            slots = words.slots(form, match) if match is not None else (expected.expects,)
            known = slots[0] != ACCOUNT_EMAIL and any(slot in expected.correctable for slot in slots)
            if not known and expected.expects not in slots:
                return Correction(slots[0])
    return None


@lru_cache(maxsize=32)
def correction_forms(langs: Languages) -> tuple[Corrections, ...]:
    """Return the conversation's own forms of correction, then the shipped ones, then brought ones."""
    own, *others = (lang.corrections for lang in langs)
    return tuple(words for words in (own, load_corrections(), *others) if words is not None)


@lru_cache(maxsize=4)  # several readers look at one message in a row
def puts_right(said: str, langs: Languages) -> bool:
    """Return whether a message, unaccented, has a word beside which a value is the new one of an answer."""
    return any(words.signs.search(said) is not None for words in correction_forms(langs))


def keep_stated(text: str, langs: Languages) -> str:
    """Return the sentences that ask nothing, or ask for a change."""
    return " ".join(one.group() for one in SENTENCE.finditer(text) if not _asks(one.group(), langs))


def _asks(sentence: str, langs: Languages) -> bool:
    if _SUBJECTLESS.match(sentence) or not is_question(sentence, fold_words(sentence).split(), langs):
        return False
    return not wants_change(sentence, langs)


def wants_change(text: str, langs: Languages) -> bool:
    """Return whether a text has a verb of change."""
    return any(words.change.search(fold_letters(text)) for words in correction_forms(langs))


class _Letters(dict[int, str]):
    """Letters without their accents, each found when it is first met; one letter stands for one."""

    def __missing__(self, code: int) -> str:
        letter = "'" if chr(code) == "’" else (unaccent(chr(code)) or " ")[0]
        if len(self) < _MOST_LETTERS:
            self[code] = letter
        return letter


_LETTERS = _Letters()


def fold_letters(text: str) -> str:
    """Unaccent `text` character for character, so that offsets stay."""
    return text.lower() if text.isascii() else text.translate(_LETTERS)


def _resolved(found: _Found, expected: Expected, langs: Languages) -> Correction | None:
    slots = found.slots
    what = next((s for s in slots if s in expected.correctable and s != expected.step), None)
    own = expected.expects in slots and (found.form.bare or expected.expects not in expected.correctable)
    if what is None or own:  # what the open question asks for is its answer first
        return None
    if found.form.shown and expected.expects is not Expects.confirm_data:
        return None
    if found.form.bare and not (_stated(expected.correctable[what]) or _own_choice(what, expected)):
        return None
    value = _value(found, what, expected, langs)
    if value is not None and is_nationality(value):
        return None
    if found.form.slot == "street" and value is not None and not any(c.isdecimal() for c in value):
        return Correction(what, None)  # the town that they have moved to is no street
    if found.form.ends and _SAYS_HOW.fullmatch(fold_letters(_trimmed(found.rest))):
        return Correction(what, None)
    return None if value is None and (found.form.needs_value or found.form.ends) else Correction(what, value)


def _stated(kind: Expects) -> bool:
    """Return whether a bare "NOUN is VALUE" corrects: a city, and all that has a form of its own but a quantity."""
    return kind is Expects.city or (has_closed_form(kind) and kind is not Expects.quantity)


def _own_choice(what: str, expected: Expected) -> bool:
    """Return whether it is a seller's own choice, yes or no among them."""
    return expected.correctable[what] is Expects.choice and any(step == what for step, _words in expected.called)


def _value(found: _Found, what: str, expected: Expected, langs: Languages) -> str | None:
    """Return the new answer after the noun, normalised where its form is closed; None when only the slot is named."""
    words = found.words
    tail = _trimmed(_meant(_trimmed(found.rest), langs))
    if not tail:
        return None
    kind = expected.correctable[what]
    if has_closed_form(kind):
        return _closed_value(tail, kind, expected, langs, words)
    if what == "method":
        return next((METHOD_VALUES[one.value] for one in find_methods(tail, langs)[0]), None)
    if kind in _PLACES:
        span = find_span(tail, Slot(kind))
        tail = span.value if span.sure else tail
    introduced = words.starts_is.match(fold_letters(tail))
    if introduced is not None:
        return _trimmed(tail[introduced.end() :]) or None
    later = words.later_is.search(fold_letters(tail))
    if later is not None:
        return _trimmed(tail[later.start("value") :]) or None
    if _own_choice(what, expected):
        return tail  # its options are named by their titles
    plausible = tail[0].isupper() or any(c.isdecimal() for c in tail)
    return tail if plausible and (found.form.needs_value or len(tail.split()) <= 6) else None


def _closed_value(tail: str, kind: Expects, expected: Expected, langs: Languages, words: Corrections) -> str | None:
    """Return what a text offers as a value of a closed form: behind the words that introduce it, or anywhere."""
    later = words.later_is.search(fold_letters(tail))
    behind = tail[later.start("value") :] if later is not None else tail
    for text in dict.fromkeys((said_anew(behind), behind, tail)):
        offered = attempt(text, kind, expected, langs)
        if offered is not None and (offered.good or text == tail):
            return offered.value or _stripped(text, words)
    return None


def without_the_old(text: str, langs: Languages) -> str:
    """Drop what an answer says it is not: "Polna 1a, nie 1", "not Polna but Leśna"."""
    return _trimmed(_meant(text, langs)) if _meant(text, langs) != text else text


def _meant(text: str, langs: Languages) -> str:
    said = fold_letters(text)
    for words in correction_forms(langs):
        match = words.not_meant.search(said)
        if match is None:
            continue
        before = text[: match.start()].strip(" ,;(")
        if before and not _STREET_TYPE.fullmatch(fold_letters(before)):
            return before
        rather = words.rather.search(said, match.end())
        if not before and rather is not None:
            return text[rather.start("value") :]
    return text


def _trimmed(rest: str) -> str:
    """`rest` without courtesy and punctuation around it; the dot of an abbreviation ("sp. z o.o.") stays."""
    tail = _COURTESY.sub("", rest.strip(" ,;:!?\n\"'„”«»")).strip(" ,;:!?\"'„”«»")
    last = tail.rpartition(" ")[2]
    return tail if last.count(".") > 1 or 2 <= len(last) <= 4 else tail.rstrip(" .")


def _stripped(tail: str, words: Corrections) -> str:
    introduced = words.starts_is.match(fold_letters(tail))
    return tail[introduced.end() :].strip(" .,;!?") if introduced is not None else tail


def _by_shape(text: str, said: str, expected: Expected, langs: Languages, words: Corrections) -> Correction | None:
    """ "no, sorry, anna@example.com": a word of error and a value that only another answer can be."""
    match = words.err_value.match(said)
    if match is None:
        return None
    rest = text[match.start("rest") : match.end("rest")]
    if _SHAPED.search(fold_letters(rest)) is None and not runs(rest, langs):
        return None
    rest = _meant(rest, langs)
    own = attempt(rest, expected.expects, expected, langs)
    if (own is not None and own.good) or len(rest.split()) > 8:
        return None
    for kind in SHAPED:
        if kind.expects in expected.correctable and kind.expects is not expected.expects:
            offered = attempt(rest, kind.expects, expected, langs)
            if offered is not None and offered.good:
                return Correction(str(kind.expects), offered.value or rest.strip(" .,;!?"))
    return None
