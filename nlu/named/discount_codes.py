"""A discount code that the profile knows, alone in any spelling, spoken, or behind a word for it; and one taken out."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from nlu.entities.extract import extract
from nlu.languages.language import Languages
from nlu.numbers.choose import candidates
from nlu.numbers.groups import runs
from nlu.numbers.runs import may_count
from nlu.phrase_lines import Forms
from nlu.stance import Stance, is_asserted, stance_at
from values.expected import Expected
from values.kinds import kind_of
from values.meaning import Correction, Discount, Expects, Press
from values.offer import codes_by_form, normalise_code
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("discount_codes")

_LONGEST = 80
MOST_CODES = 3
"""Codes that one message may try; of more none is looked for."""
_NEAR = 3  # words behind the word for a code among which a code of mere letters is looked for
_BRIEF = 4  # words of a message of which each may be a code
_MOST_WORDS = 2 * MOST_CODES
NOT_GIVEN = frozenset({Stance.past, Stance.negated, Stance.conditional, Stance.others})
_FEW = 3  # words that may be one code with spaces
_TOKEN = regex(r"(?<![\w@.-])[A-Za-z0-9][A-Za-z0-9_\-]{1,31}(?![\w@])")
_WITH_DIGITS = regex(r"(?=.*[A-Za-z])(?=.*\d)")
_A_DIGIT = regex("[0-9]")
_ALONE = regex(r"[A-Z0-9][A-Z0-9_\-]{2,31}")
_TAX_NUMBER = regex(r"[A-Z]{2}\d{8,}|[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]")
_LONGEST_WISH = 120
TAKE_OUT = "discount:skip"


class DiscountWords(Struct, frozen=True):
    """The words of a message that may be discount codes, in capitals, whether a seller has them or not.

    `looked_up` are compared with the seller's; `counted` are those of them that are no ordinary words and no bare
    numbers. `named`: the message speaks of a code. `alone`: it is nothing but one, with digits and in capitals.
    """

    looked_up: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    named: bool = False
    alone: bool = False

    @property
    def surely(self) -> bool:
        """Return whether the message surely means to try a code, whatever else it may mean."""
        return bool(self.counted) and (self.named or self.alone)


@lru_cache(maxsize=4)  # facts, the meaning and the count of tried codes look at one message in a row
def typed_codes(text: str, langs: Languages) -> DiscountWords:
    """Find them by their form alone, so that nobody learns from it which codes there are."""
    named = _names_a_code(text, langs)
    if not named and len(text.split()) > _FEW and _A_DIGIT.search(text) is None:  # neither the shape nor the word of it
        return DiscountWords()
    words = list(_TOKEN.finditer(text))
    few = len(words) <= _FEW and len(text.split()) <= _FEW and len(text) <= _LONGEST
    alone = _alone(text, langs) if not named and few else ()
    spelled = (
        [found.value for found in extract(text, langs, "discount_code")] if named and len(text) <= _LONGEST else ()
    )
    plain = [code for code in (*_plain(text, words, langs, named=named), *alone, *spelled) if not _mixed(code)]
    shaped = [code for code in alone if _mixed(code)] or [
        word.group().upper() for word in words if (named or word.group().isupper()) and _mixed(word.group())
    ]
    shaped += [code for code in spelled if _mixed(code)]
    shaped = [code for code in shaped if not _TAX_NUMBER.fullmatch(code)]
    if shaped:  # beside one that has the look of a code, plain words that aren't in capitals are only words
        plain = [code for code in plain if code.isdecimal() or code in text]
    known = [lang.vocabulary().words for lang in langs]
    unusual = [word for word in plain if not (word.isdecimal() or any(word.casefold() in of for of in known))]
    looked_up, counted = tuple(dict.fromkeys((*shaped, *plain))), tuple(dict.fromkeys((*shaped, *unusual)))
    if len(counted) > MOST_CODES or len(looked_up) > _MOST_WORDS:
        return DiscountWords(named=named)
    return DiscountWords(looked_up, counted, named, len(words) == 1 and text.isupper() and bool(shaped))


def _mixed(code: str) -> bool:
    return _WITH_DIGITS.match(code) is not None


@lru_cache(maxsize=4)  # what may be a code by its form is compared with the seller's afterwards
def _alone(text: str, langs: Languages) -> tuple[str, ...]:
    """Return the message itself, as one code in any spelling or spoken; several words of mere letters in capitals."""
    if "@" in text:  # no number has one in it, so that it would be left in each form
        return ()
    capitals, several = text.strip().isupper(), len(text.split()) > 1
    counts = may_count(text, langs)
    if several and not capitals and not counts:  # words without a digit
        return ()
    forms = (normalise_code(text), *((_spoken_code(text, langs),) if counts else ()))
    found = (form for form in forms if _ALONE.fullmatch(form) and (_mixed(form) or capitals or not several))
    return tuple(form for form in found if form[0].isalpha() or not several)


def _plain(text: str, words: Sequence[re.Match[str]], langs: Languages, *, named: bool) -> Iterator[str]:
    """Yield words of mere letters that a message which names a code may mean by it."""
    if not named:
        return
    letters = [word for word in words if word.group().isalpha() and not _names_a_code(word.group(), langs)]
    behind = min((found.end() for cue in _cues(langs) if (found := cue.search(text)) is not None), default=0)
    near = letters if len(words) <= _BRIEF else [word for word in letters if word.start() >= behind][:_NEAR]
    for word in letters:
        if word in near or (word.group().isupper() and not text.isupper()):
            yield word.group().upper()


def read_discount(text: str, expected: Expected, langs: Languages) -> Discount | None:
    """Return a code that the profile knows: alone in any spelling, or behind a word for it."""
    if len(text) > _LONGEST or not expected.discount_codes:
        return None
    known, typed = codes_by_form(expected.discount_codes), typed_codes(text, langs)
    if known.keys().isdisjoint(typed.looked_up):
        return None
    meant = typed.looked_up if typed.named else _alone(text, langs)
    found = next((code for code in meant if code in known and code in typed.looked_up), None)
    return Discount(known[found]) if found is not None and _is_given(found, text, langs) else None


def _is_given(code: str, text: str, langs: Languages) -> bool:
    """Return whether a code that stands in a message is to be tried: not an old one, or a friend's."""
    at = text.upper().find(code)
    return at < 0 or stance_at(text, at, at + len(code), langs) not in NOT_GIVEN


def read_unknown_code(text: str, expected: Expected, langs: Languages) -> Correction | None:
    """Return a code that is called one for a discount and that the seller doesn't know: it is refused by its name."""
    if len(text) > _LONGEST or "?" in text or not expected.discount_codes or _SAYS.discount.search(text) is None:
        return None
    shaped = [code for code in typed_codes(text, langs).counted if _mixed(code)]
    return Correction(Expects.discount_code, shaped[0]) if len(shaped) == 1 and is_asserted(text, langs) else None


def _names_a_code(text: str, langs: Languages) -> bool:
    return any(cue.search(text.lower()) is not None for cue in _cues(langs))


@lru_cache(maxsize=32)
def _cues(langs: Languages) -> tuple[re.Pattern[str], ...]:
    """Return the words for a code, shipped ones and those that a seller brings."""
    return (_SAYS.code_cue, *(lang.terms.code for lang in langs if lang.terms.code is not None))


def _spoken_code(text: str, langs: Languages) -> str:
    """Join words with their numbers in digits: "start dwadzieścia" → START20."""
    out, at = "", 0
    for run in runs(text, langs):
        out += text[at : run.start] + candidates(run)[0]
        at = run.end
    return normalise_code(out + text[at:])


def read_code_taken_out(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return the press that takes the discount code out, where the seller has codes and the words say so."""
    if not expected.discount_codes or len(text) > _LONGEST_WISH or _SAYS.named.search(text) is None:
        return None
    said = fold_words(text)
    if _SAYS.other_code.search(said) is not None or (
        kind_of(expected.expects).called_code and _SAYS.called.search(said) is None
    ):
        return None
    put_out = _SAYS.puts_out.search(said) is not None and is_asserted(text, langs, polite=True)
    return Press(TAKE_OUT, words=text) if put_out or ("?" not in text and _SAYS.is_unwanted.search(said)) else None
