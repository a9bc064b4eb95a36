"""The features of a message that the classifier weighs: pieces of words, words, and words in a row.

Pieces of words carry what inflection and typing slips leave whole; pairs of words carry "not this" and "up to".
Accents, capitals and the digits of numbers tell nothing here and are folded away.
"""

from collections.abc import Sequence
from itertools import pairwise

from values.parsing import unaccent
from values.patterns import regex

_SHORTEST, _LONGEST = 2, 5
_MOST_WORDS = 80
_LONGEST_WORD = 24  # what is longer is no word of anybody's, and pieces of it would still look like some
_STEM = 5
_ADDRESS = regex(r"(?<!\S)\S+@\S+")
_LINK = regex(r"https?://\S+")
_DIGIT = regex(r"\d")
_STRETCHED = regex(r"([a-z])\1{2,}")
# A word, a number's group of digits, a question mark, or a sign that stands for a word (an emoji).
_PIECE = regex(r"[a-z]+|0+|\?|[^\w\s!-/:->@\[-`{-~\u2010-\u203a«»]")


def pieces(text: str) -> list[str]:
    """Return the words of a message and the signs that mean something, folded; the first eighty."""
    if "@" in text or "://" in text:
        text = _LINK.sub(" linkx ", _ADDRESS.sub(" mailx ", text))
    found = _PIECE.findall(_DIGIT.sub("0", _STRETCHED.sub(r"\1", unaccent(text))))[:_MOST_WORDS]
    return [piece for piece in found if len(piece) <= _LONGEST_WORD]


def of_word(word: str) -> set[str]:
    """Return the features of one word: itself between its edges, and its pieces of two to five letters."""
    edged = f"<{word}>"
    length = len(edged)
    sizes = range(_SHORTEST, min(_LONGEST, length - 1) + 1)
    return {edged, *[edged[at : at + size] for size in sizes for at in range(length - size + 1)]}


def of_neighbours(words: Sequence[str]) -> set[str]:
    """Return the features of words in a row: pairs, pairs of stems, and pairs of stems with one word between."""
    stems = [word[:_STEM] for word in words]
    return {
        *[f"{one} {other}" for one, other in pairwise(["^", *words, "$"])],
        *[f"{one}~{other}" for one, other in pairwise(stems)],
        *[f"{one}~~{other}" for one, other in zip(stems, stems[2:], strict=False)],
    }
