"""Number words of several languages at once, where any of them may come: in addresses, codes, and secrets."""

from collections.abc import Mapping
from functools import lru_cache

from nlu.languages.language import Language, Languages
from values.locale import SHIPPED
from values.number_words import DIGITS_OF_WORD


def spelled(langs: Languages) -> Mapping[str, str]:
    """Every number word that may come, with its digits: the conversation's own before the others'."""
    brought = tuple(lang for lang in langs if lang.code not in SHIPPED)
    return _joined(brought, own=langs[0] in brought) if brought else DIGITS_OF_WORD


@lru_cache(maxsize=32)
def _joined(brought: tuple[Language, ...], *, own: bool) -> dict[str, str]:
    theirs = {word: digits for lang in reversed(brought) for word, digits in lang.numbers.digits.items()}
    return DIGITS_OF_WORD | theirs if own else theirs | DIGITS_OF_WORD
