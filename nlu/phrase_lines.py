"""Lines of the tables of phrases, each of which may stand for several phrases; `phrases/binding/pl.toml` explains."""

from collections.abc import Iterable, Iterator
from itertools import product

from values.parsing import fold_words

_PARTED = "..."


def expanded(lines: Iterable[str]) -> frozenset[str]:
    """Return all phrases that lines mean, as pl.toml explains."""
    return frozenset(phrase for line in lines for phrase in _meant_by(line) if phrase)


def _meant_by(line: str) -> Iterator[str]:
    slots = [[_folded(word) for word in slot.split("/")] for slot in line.split()]
    return (" ".join(filter(None, chosen)) for chosen in product(*slots))


def _folded(word: str) -> str:
    if word == _PARTED:
        return word
    ending = "*" if word.endswith("*") else ""
    return fold_words(word.replace("_", " ")) + ending
