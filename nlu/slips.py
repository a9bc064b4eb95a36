"""Slips of one letter inside a word, for words whose beginning and ending must stay.

They carry negation, person and tense: "zamówię" is no slip of "zamówi", nor "wyłącz" one of "włącz". A letter in place
of another makes too many other words ("un attimo", "attivo"), but in long ones.
"""

from collections.abc import Iterable
from itertools import groupby

_SHORTEST = 5
_SHORTEST_SWAPPED = 4
_LONG = 8
_ENDS = 2  # letters that stay at either end where one was added or replaced


class InnerSlips:
    """Known words, found by what is typed for them: letters swapped, doubled, missing, added; in long ones replaced."""

    def __init__(self, known: Iterable[str], kept: frozenset[str] = frozenset()) -> None:
        """Take the words to be found; `kept` are others that stand for themselves."""
        self._kept = kept
        self._known: set[str] = set()
        self._ends: set[tuple[str, str]] = set()
        self._slips: dict[str, str] = {}
        self._holes: dict[str, str] = {}
        for word in sorted(known):
            if len(word) >= _SHORTEST_SWAPPED:
                self._slips |= dict.fromkeys(_swaps(word), word)
            if len(word) >= _SHORTEST:
                self._known.add(word)
                self._ends.add((word[0], word[-1]))
                self._slips |= dict.fromkeys((_undoubled(word), *_without_one(word, 1)), word)
            if len(word) >= _LONG:
                self._holes |= dict.fromkeys(_with_hole(word), word)

    def repaired(self, word: str) -> str | None:
        """Return the known word that a typed one stands for, if it is one slip away from it."""
        if word in self._kept or len(word) < _SHORTEST_SWAPPED or not word.isalpha():
            return None
        found = self._slips.get(word)
        if found is not None or (word[0], word[-1]) not in self._ends:  # but for swaps, both ends stay
            return found
        found = self._slips.get(_undoubled(word))
        if found is None and len(word) > _SHORTEST:
            found = next((shorter for shorter in _without_one(word, _ENDS) if shorter in self._known), None)
        if found is None and len(word) >= _LONG:
            found = next((known for hole in _with_hole(word) if (known := self._holes.get(hole))), None)
        return found


def _undoubled(word: str) -> str:
    """Return the word with each run of a letter as one: "zamawiamm", "acceto"."""
    return "".join(letter for letter, _ in groupby(word))


def _without_one(word: str, kept: int) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(kept, len(word) - 1)]


def _with_hole(word: str) -> list[str]:
    return [f"{word[:i]} {word[i + 1 :]}" for i in range(_ENDS, len(word) - _ENDS)]


def _swaps(word: str) -> list[str]:
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
