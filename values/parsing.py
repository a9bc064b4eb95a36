"""Parts of all parsers of typed answers: the outcome, digits in ASCII, words without case and accents."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Generic, TypeVar

from msgspec import Struct, field

from values.day import Day
from values.patterns import regex

T = TypeVar("T")


def _no_params() -> Mapping[str, str | int | Day]:
    return {}


class Ok(Struct, Generic[T], frozen=True):
    """A successful parse; `value` is the normal form."""

    value: T


class Doubted(Ok[str], frozen=True):
    """An answer in words that something said may be: it is offered before it is taken.

    `formed`: it has the form of its kind, whatever stood around it.
    """

    formed: bool = True


class ParseRefused(Struct, frozen=True):
    """A refused answer.

    `reason` is a text key suffix, `params` are what its sentence may name.
    """

    reason: str
    params: Mapping[str, str | int | Day] = field(default_factory=_no_params)


Parsed = Ok[T] | ParseRefused


# Unicode's Default_Ignorable_Code_Point: signs of format, and these, which its categories don't tell.
_NEVER_SHOWN = (
    "\u034f\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff"
)
IGNORABLE = f"\u00ad\u061c\u200b-\u200f\u202a-\u202e\ufeff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a{_NEVER_SHOWN}"
"""All that is never shown (Unicode's Default_Ignorable_Code_Point), as it stands in a set of a pattern."""
_IS_IGNORABLE = regex(f"[{IGNORABLE}\u20e3]")  # and the frame of a keycap
_HYPHEN = regex("[\u2010-\u2015\u2212]")
# Nearly all letters of Latin-1 and Latin Extended-A, and marks of punctuation: `normalise_char` gives them as they are.
_PLAIN = regex("[\x00-\x7fÀ-ÖØ-öø-ıĴ-ľŁ-ňŊ-ž‘’“”„«»]*")
# One Arabic ligature is a phrase of eighteen letters: a message of them would be as long as a book.
_LONGEST_FORM = 4
_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "О": "0", "о": "0", "l": "1", "I": "1", "i": "1", "|": "1"})


@lru_cache(maxsize=1024)  # single characters: nothing of anybody's is kept
def normalise_char(char: str) -> str:
    """One character in ASCII where it is a decimal digit, a hyphen of any kind or a compatibility form of a letter.

    Superscripts, circled digits and fractions stay as they are: they are numbers, but nobody's digit.
    """
    if char.isascii():
        return char
    if _IS_IGNORABLE.match(char) is not None:
        return ""
    if char == "\u2212" or unicodedata.category(char) == "Pd":
        return "-"
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if unicodedata.category(char).startswith("N"):
        return char
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) <= _LONGEST_FORM else char


def folds_to_itself(text: str) -> bool:
    """Return whether a text is surely plain: ASCII, or with the letters and quotation marks of Europe."""
    return text.isascii() or _PLAIN.fullmatch(text) is not None


def fold_hyphens(text: str) -> str:
    """`text` with the hyphens, dashes and the minus that are pasted in ASCII; each stays in its place."""
    return _HYPHEN.sub("-", text)


def fold_digits(text: str) -> str:
    """`text` with digits of every script and hyphens in ASCII, unseen signs gone, letters in their plain form."""
    if folds_to_itself(text) or folds_to_itself(text := fold_hyphens(text)):
        return text
    return "".join(map(normalise_char, text))


def undo_lookalikes(text: str) -> str:
    """`text` with the letters that are taken for 0 and 1 put back; only for numbers that know no letters."""
    return text.translate(_LOOKALIKES)


def only_digits(text: str) -> str:
    """Return the ASCII digits of `text`, in order."""
    return "".join(c for c in text if c.isascii() and c.isdecimal())


_SPECIAL = str.maketrans({"ł": "l", "Ł": "l", "ß": "ss", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i"})
# Most texts need no more than this: the letters of Latin-1 and Latin Extended-A that lose nothing but their accent.
# Signs of ASCII stand for themselves: one that isn't in the table takes longer.
_LETTERS = (
    {code: chr(code) for code in range(0x80)}
    | _SPECIAL
    | dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")
    | {
        code: plain
        for code in range(0xC0, 0x180)
        if (plain := unicodedata.normalize("NFD", chr(code).lower())[0]).isascii() and chr(code).isalpha()
    }
)
_NOT_WORD = regex(r"[^0-9a-z\u0400-\u04ff]+")


def unaccent(text: str) -> str:
    """Return `text` in lower case without diacritics, digits in ASCII. The length may differ from the original's."""
    if text.isascii():
        return text.lower()
    quick = text.lower().translate(_LETTERS)
    if quick.isascii():
        return quick
    low = fold_digits(text).casefold().translate(_SPECIAL)
    if low.isascii():
        return low
    return "".join(c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))


@lru_cache(maxsize=512)  # the titles of buttons above all, and the last few messages, which many readers look at
def fold_words(text: str) -> str:
    """Return the words of `text`, unaccented, separated by single spaces; punctuation and emoji are gone."""
    return _NOT_WORD.sub(" ", unaccent(text)).strip()
