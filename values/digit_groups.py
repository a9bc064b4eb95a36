"""Groups of digits in a text as people write or spell them, chained where only separators stand between.

The offsets are those of the original text, whatever scripts, keycaps or zero-width signs it uses.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from values.digits import fold_char, undo_lookalikes
from values.folding import unaccent
from values.number_words import DIGITS_OF_WORD

_TOKEN = re.compile(r"[0-9][0-9OolI]*|[^\W\d_]+")
_GAP = re.compile(r"(?:[\s\W_]{1,4})?")
_FILLERS = frozenset(
    "e i a and und then potem dalej poi ehm eee eh um uh spacja spazio space kreska trattino dash".split()
)
_TIMES = {"double": 2, "triple": 3, "doppio": 2, "doppia": 2, "triplo": 3, "podwojne": 2, "podwojna": 2, "potrojne": 3}
_MOST_GAP = 4
_UNITS = frozenset("123456789")


@dataclass(frozen=True, slots=True)
class DigitSpan:
    """Digits that were written together or as one number word; `[start:end]` in the original text."""

    digits: str
    start: int
    end: int
    spelled: bool = False


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with its digits in ASCII, and for each character where it came from."""

    text: str
    origin: tuple[int, ...] | range
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original offsets of `[start:end]`, with what belongs to its last character."""
        return self.origin[start], self.origin[end] if end < len(self.text) else self.length


def fold(text: str) -> Folded:
    """Folds digits and drops zero-width signs, remembering offsets."""
    if text.isascii():
        return Folded(text, range(len(text)), len(text))
    parts: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        piece = fold_char(char)
        parts.append(piece)
        origin.extend([index] * len(piece))
    return Folded("".join(parts), tuple(origin), len(text))


def chains(folded: Folded, words: Mapping[str, str] = DIGITS_OF_WORD) -> list[list[DigitSpan]]:
    """All groups, split into chains: within one only separators and fillers stand between neighbours.

    `words` are the number words (unaccented) with their digits.
    """
    result: list[list[DigitSpan]] = []
    open_chain: list[DigitSpan] = []
    previous_end = -1
    for token, start, end in _number_tokens(folded.text, words):
        if token and open_chain and start - previous_end > _MOST_GAP:
            result.append(open_chain)
            open_chain = []
        if token:
            open_chain.append(DigitSpan(token, *folded.span(start, end), spelled=not folded.text[start].isdecimal()))
        elif start < 0 and open_chain:
            result.append(open_chain)
            open_chain = []
        previous_end = end
    return [*result, open_chain] if open_chain else result


def _number_tokens(text: str, words: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    """(digits, start, end) of numbers; ("", offset, end) of fillers; ("", -1, end) where a word breaks the chain."""
    ten: tuple[str, int, int] | None = None
    times = 1
    for match in _TOKEN.finditer(text):
        digits, start, end = _read(match, text, words)
        if ten is not None:
            if digits in _UNITS and not text[start].isdecimal() and start - ten[2] <= _MOST_GAP:
                yield ten[0][0] + digits, ten[1], end
                ten = None
                continue
            yield ten
            ten = None
        if not digits:
            word = unaccent(match.group()) if end - match.start() <= 12 else ""
            if word in _TIMES:
                times = _TIMES[word]
            yield "", start if word in _FILLERS or word in _TIMES else -1, end
            continue
        if len(digits) == 2 and digits[1] == "0" and digits[0] != "1" and not text[start].isdecimal():
            ten = (digits, start, end)
            continue
        yield digits * times, start, end
        times = 1
    if ten is not None:
        yield ten


def _read(match: re.Match[str], text: str, words: Mapping[str, str]) -> tuple[str, int, int]:
    token, start, end = match.group(), match.start(), match.end()
    if not token[0].isdecimal():
        return (words.get(unaccent(token), "") if len(token) <= 40 else ""), start, end
    if end < len(text) and text[end].isalpha():
        kept = token.rstrip("OolI")
        token, end = kept, start + len(kept)
    return undo_lookalikes(token), start, end
