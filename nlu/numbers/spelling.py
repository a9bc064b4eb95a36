"""Names of letters, for codes and addresses that are spelled out: "emme cinque u ics", "wu pe"."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nlu.phrase_lines import word_set
from nlu.tokens import Token, join_pairs
from values.locale import SHIPPED, Locale

_LISTED: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("letters.toml").read_text("utf-8"))
OF_TWO_WORDS = {tuple(name.split()): letter for letter, names in _LISTED["two_words"].items() for name in names}
LETTERS: Mapping[Locale, Mapping[str, str]] = {
    code: {name: letter for letter, names in _LISTED[code].items() for name in names.split()} for code in SHIPPED
}
WORDS_TOO = word_set("spelling", "words_too")
"""Names of letters that are names of people and things as well: in addresses they are letters among letters only."""


def with_letters(words: Sequence[Token]) -> Sequence[Token]:
    """Return the words with letters of two words as one: "i lunga" is a j."""
    return join_pairs(words, OF_TWO_WORDS)


def letter(word: str, letters: Mapping[str, str]) -> str:
    """Return the letter that an unaccented word names or is; empty when it is none."""
    if len(word) == 1 and word.isascii() and word.isalpha():
        return word
    return letters.get(word, "")


_AS_IN = frozenset("di come da jak od for like of as in wie".split())
_MOST_AS_IN = 2  # "as in"


def without_examples(words: Sequence[Token], letters: Mapping[str, str]) -> Sequence[Token]:
    """Return the words without those that only say which letter is meant: "S for Savona" is an S."""
    if not any(token.word in _AS_IN for token in words):
        return words
    out: list[Token] = []
    skipped = 0
    for at, token in enumerate(words):
        if at < skipped:
            continue
        out.append(token)
        if sign := letter(token.word, letters):
            skipped = _behind_example(words, at + 1, sign)
    return out


def _behind_example(words: Sequence[Token], at: int, sign: str) -> int:
    """Return the place behind "for Savona", or `at` where no such words stand."""
    for here in range(at, min(at + _MOST_AS_IN, len(words) - 1)):
        if words[here].word not in _AS_IN:
            break
        example = words[here + 1].word
        if len(example) > 1 and example.startswith(sign) and example not in _AS_IN:
            return here + 2
    return at
