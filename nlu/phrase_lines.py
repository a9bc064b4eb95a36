"""Lines of the tables of phrases, each of which may stand for several phrases; `phrases/binding/pl.toml` explains."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import cast

from values.parsing import fold_words
from values.patterns import regex

_PARTED = "..."
_WISHES = Path(__file__).parent / "phrases" / "wishes.toml"


def expanded(lines: Iterable[str]) -> frozenset[str]:
    """Return all phrases that lines mean, as pl.toml explains."""
    return frozenset(phrase for line in lines for phrase in _meant_by(line) if phrase)


def wish(table: str, pattern: str) -> re.Pattern[str]:
    """Return a pattern of words of one table of `phrases/wishes.toml`: `<name>` is one of that list of it.

    `..` are up to four words between two.
    """
    spelled = re.sub(r"<(\w+)>", lambda name: rf"\b(?:{'|'.join(_wishes()[table][name[1]])})\b", pattern)
    return regex(spelled.replace("..", r" (?:\w+ ){0,4}?"))


@cache
def _wishes() -> dict[str, dict[str, list[str]]]:
    return cast("dict[str, dict[str, list[str]]]", tomllib.loads(_WISHES.read_text(encoding="utf-8")))


def _meant_by(line: str) -> Iterator[str]:
    slots = [[_folded(word) for word in slot.split("/")] for slot in line.split()]
    return (" ".join(filter(None, chosen)) for chosen in product(*slots))


def _folded(word: str) -> str:
    if word == _PARTED:
        return word
    ending = "*" if word.endswith("*") else ""
    return fold_words(word.replace("_", " ")) + ending
