"""Typing mistakes of one letter: left out, doubled, changed, swapped with its neighbour."""

from collections.abc import Iterable

_SHORTEST = 5
_LONGEST = 16


def _deletions(word: str) -> list[str]:
    # In the order of the word: a set's would differ from one process to the next, and with it what is understood.
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


class Speller:
    """Knows a vocabulary; gives for an unknown word the known one that is a single slip away."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._known = {w for w in vocabulary if w}
        self._slips: dict[str, str] = {}
        for word in sorted(w for w in self._known if _SHORTEST <= len(w) <= _LONGEST):
            for slip in _deletions(word):
                self._slips.setdefault(slip, word)

    def knows(self, word: str) -> bool:
        """Whether the folded word is in the vocabulary."""
        return word in self._known

    def repair(self, words: Iterable[str]) -> dict[str, str]:
        """Misspelled word → the known word it stands for, where there is one."""
        return {w: found for w in words if (found := self._repaired(w)) is not None}

    def _begins_well(self, word: str) -> bool:
        """Whether a word is known or inflects a known beginning: "wyłączcie" is no slip of "włączcie"."""
        return any(word[:n] in self._known for n in range(_SHORTEST, len(word) + 1))

    def _repaired(self, word: str) -> str | None:
        if not _SHORTEST <= len(word) <= _LONGEST or word.isdecimal() or self._begins_well(word):
            return None
        if word in self._slips:
            return self._slips[word]
        for shorter in _deletions(word):
            if shorter in self._known and len(shorter) >= _SHORTEST:
                return shorter
            if shorter in self._slips and self._slips[shorter][0] == word[0]:
                return self._slips[shorter]
        return None
