"""Words without case, accents and punctuation, so that a list of words can be compared with what was typed."""

import re
import unicodedata

from values.digits import fold_digits

_SPECIAL = str.maketrans({"ł": "l", "Ł": "l", "ß": "ss", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i"})
_NOT_WORD = re.compile(r"[^0-9a-z\u0400-\u04ff]+")


def unaccent(text: str) -> str:
    """`text` in lower case without diacritics; digits in ASCII. The length may differ from the original's."""
    if text.isascii():
        return text.lower()
    low = fold_digits(text).casefold().translate(_SPECIAL)
    if low.isascii():
        return low
    return "".join(c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))


def fold_words(text: str) -> str:
    """The words of `text`, unaccented, separated by single spaces; punctuation and emoji are gone."""
    return _NOT_WORD.sub(" ", unaccent(text)).strip()
