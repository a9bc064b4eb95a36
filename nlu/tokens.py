"""Words of a text with their offsets, unaccented, and questions by their look."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Protocol

from msgspec import Struct

from nlu.phrase_lines import Forms, word_set
from values.card_numbers import fold_with_offsets
from values.parsing import unaccent
from values.patterns import regex

_SAYS = Forms("tokens")

_WORD = regex(r"[^\W_]+")
_ADDRESS = regex(r"[^\s@<>\"',;:()]{1,64}@[^\s@<>\"',;()]{1,190}|(?:https?://|www\.)\S{1,400}", re.I)
_LETTERS = regex(r"[^\s@]")
_MOST = 400
_LONGEST = 40
_QUESTION_STARTS = word_set("tokens", "question_starts")


class Token(Struct, frozen=True):
    """One word: unaccented, and where it stands in the original text."""

    word: str
    start: int
    end: int


@lru_cache(maxsize=4)  # several readers look at one message in a row
def tokens(text: str) -> tuple[Token, ...]:
    """Return the first few hundred words of a text."""
    if text.isascii():  # nothing to fold but the capitals
        return tuple([Token(one[0][:_LONGEST], *one.span()) for one in islice(_WORD.finditer(text.lower()), _MOST)])
    folded = fold_with_offsets(text)
    found: list[Token] = []
    for match in islice(_WORD.finditer(folded.text), _MOST):
        word = match[0][:_LONGEST]
        found.append(Token(unaccent(word) or word, *folded.span(*match.span())))
    return tuple(found)


def without_greeting(text: str) -> str:
    """Return what follows a greeting, the whole text where nothing does: "good morning, how do I turn it on?"."""
    greeting = _SAYS.greeting.match(text)
    return text if greeting is None else text[greeting.end() :]


def without_addresses(text: str) -> str:
    """Blank the e-mail and web addresses of a text, sign for sign: no method, term or code is named in one."""
    return _blanked(text) if "@" in text or "://" in text or "www." in text.lower() else text


@lru_cache(maxsize=4)  # several readers look at one message in a row
def _blanked(text: str) -> str:
    return _ADDRESS.sub(lambda match: _LETTERS.sub("_", match.group()), text)


def join_pairs(words: Sequence[Token], pairs: Mapping[tuple[str, str], str]) -> Sequence[Token]:
    """Return the words with those that make a pair of the table as one: "trattino basso" is an underscore."""
    out = list(words)
    for i in reversed(range(len(out) - 1)):
        if i + 1 < len(out) and (word := pairs.get((out[i].word, out[i + 1].word))) is not None:
            out[i : i + 2] = [Token(word, out[i].start, out[i + 1].end)]
    return out


def part_around(text: str, start: int, end: int, border: re.Pattern[str]) -> tuple[int, int]:
    """Return where the clause or sentence of a place begins and ends, between two borders or the text's ends."""
    begins = max((match.end() for match in border.finditer(text, 0, start)), default=0)
    ends = border.search(text, end)
    return begins, len(text) if ends is None else ends.start()


class Asks(Protocol):
    """A language with the words that begin its questions."""

    @property
    def questions(self) -> frozenset[str]: ...


def is_question(text: str, words: list[str], langs: Iterable[Asks] = ()) -> bool:
    """Return whether a text may ask, by its mark or its first word: "do let it renew" looks so, too.

    Whether it surely does is for `nlu.questions.asking.asks` to say.
    """
    if "?" in text or not words:
        return "?" in text
    if words[:2] == ["do", "tego"]:  # "and to that": no English question
        return False
    return words[0] in _QUESTION_STARTS or any(words[0] in lang.questions for lang in langs)
